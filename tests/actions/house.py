"""What the house tests need to know of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import Member
from actions import ledger
from tests.actions.boards import make_games
from tests.factories import NOON
from tests.strangers import World

PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {}
BODIES: dict[str, Callable[[World], list[tuple[dict[str, Any], set[str]]]]] = {}


@transaction.atomic
def furnish(member: Member, word: str, *, rows: int) -> None:
    """Points, from an account that names what paid them; teams, boards and competitions."""
    for number in range(rows):
        make_games(member, f"{word} {number}")
        ledger.post(member, "PTS", 5_000_000, account=f"issued:{word}", actor=member, at=NOON, reason=f"{word} reason")
