"""What the house tests need to know of webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import Member
from accounts.rules.audit import note_change
from tests.accounts.factories import make_attempt, make_due, make_endpoint, make_message
from tests.factories import NOON
from tests.strangers import World

PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {}
BODIES: dict[str, Callable[[World], list[tuple[dict[str, Any], set[str]]]]] = {}


def furnish(member: Member, word: str, *, rows: int) -> None:
    """Endpoints that are told everything, and an attempt at each."""
    for number in range(rows):
        endpoint, _ = make_endpoint(member, f"https://{word.lower()}.example/{number}")
        make_attempt(member, make_message(member, endpoint), response=f"{word} answer")
        make_due(member, f"{word} {number}")
        note_change(
            member.workspace, "accounts.key", f"{word} key", "revoked", login="x@example.org", member=member, at=NOON
        )
