"""Pages by the place of their first and last row, newest first, in both directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from accounts.clock import MICROSECOND
from accounts.ids import parse_ulid, ulid_text
from accounts.keyset import beyond
from actions.models import Action

SIZE = 50
ORDER = ("taken_at", "pk")
# Microseconds since the first year: never negative, and as wide for the last, so that places sort as text.
BEGINNING = datetime.min.replace(tzinfo=UTC)
DIGITS = 18


class Place(NamedTuple):
    """Where a fact stands: by when it happened, then by its id; as text it sorts alike."""

    at: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{(self.at - BEGINNING) // MICROSECOND:0{DIGITS}}-{ulid_text(self.pk)}"


def parse_place(text: str) -> Place | None:
    """The place that an address names; None when it names none."""
    digits, _, ulid = text.partition("-")
    pk = parse_ulid(ulid)
    if pk is None or len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return Place(BEGINNING + timedelta(microseconds=int(digits)), pk)
    except OverflowError:
        return None


class Page(NamedTuple):
    """Rows, newest first, and whether there are others on either side."""

    rows: list[Any]
    newer: bool
    older: bool


def page(rows: Any, before: Place | None, after: Place | None) -> Page:
    """The rows just behind a place, or just ahead of one, or the newest; `rows` ends in the columns to read."""
    if after is not None:
        found = list(rows.filter(beyond(Action, ORDER, after, ">")).order_by(*ORDER)[: SIZE + 1])
        return Page(found[:SIZE][::-1], newer=len(found) > SIZE, older=True)
    if before is not None:
        rows = rows.filter(beyond(Action, ORDER, before, "<"))
    found = list(rows.order_by("-taken_at", "-pk")[: SIZE + 1])
    return Page(found[:SIZE], newer=before is not None, older=len(found) > SIZE)
