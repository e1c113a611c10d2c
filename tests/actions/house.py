"""What the house tests need to know of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.models import Member
from actions import ledger
from actions.models import Action, Competition, Leaderboard, Performer, Team
from actions.rules.banning import tag_performer
from actions.rules.people import add_identity
from tests.actions.boards import make_games
from tests.actions.factories import GREETED, make_performer
from tests.factories import NOON
from tests.strangers import World, wire_id

PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "actions.views.facts.fact": lambda world: [{"ulid": wire_id(world.first(world.alice, Action))}],
    "actions.views.boards.leaderboard": lambda world: [{"slug": hers(world, Leaderboard).slug}],
    "actions.views.boards.competition": lambda world: [{"pk": hers(world, Competition).pk}],
    "actions.views.performers.performer": lambda world: [{"pk": world.first(world.alice, Performer).pk}],
    "actions.views.performers.team": lambda world: [{"pk": world.first(world.alice, Team).pk}],
}
BODIES: dict[str, Callable[[World], list[tuple[dict[str, Any], set[str]]]]] = {}


def hers(world: World, noun: type[Model]) -> Any:
    """A row of Alice's."""
    return world.first(world.alice, noun)


@transaction.atomic
def furnish(member: Member, word: str, *, rows: int) -> None:
    """Teams, boards, competitions, deeds, and points from an account that names what paid them."""
    performer = make_performer(member)
    add_identity(performer, "crm", word, trust="admin", actor=member, at=NOON)
    tag_performer(performer, word, actor=member, at=NOON)
    for number in range(rows):
        make_games(member, f"{word} {number}")
        ledger.record(GREETED, member, occurrence=number, title=f"{word} deed", actor=member, performer=member, at=NOON)
        ledger.post(member, "PTS", 5_000_000, account=f"issued:{word}", actor=member, at=NOON, reason=f"{word} reason")
