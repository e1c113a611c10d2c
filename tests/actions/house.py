"""What the house tests need to know of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import Member
from actions import ledger
from actions.models import Action, Performer, Team
from tests.actions.factories import GREETED
from tests.factories import NOON
from tests.strangers import World, wire_id

PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "actions.views.facts.fact": lambda world: [{"ulid": wire_id(world.first(world.alice, Action))}],
    "actions.views.performers.performer": lambda world: [{"pk": world.first(world.alice, Performer).pk}],
    "actions.views.performers.team": lambda world: [{"pk": world.first(world.alice, Team).pk}],
}
BODIES: dict[str, Callable[[World], list[tuple[dict[str, Any], set[str]]]]] = {}


@transaction.atomic
def furnish(member: Member, word: str, *, rows: int) -> None:
    """Teams, deeds, and points from an account that names what paid them."""
    for number in range(rows):
        Team.objects.create(workspace=member.workspace, name=f"{word} team {number}", created_at=NOON)
        ledger.record(GREETED, member, occurrence=number, title=f"{word} deed", actor=member, performer=member, at=NOON)
        ledger.post(member, "PTS", 5_000_000, account=f"issued:{word}", actor=member, at=NOON, reason=f"{word} reason")
