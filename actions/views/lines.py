"""A fact as a line that people read: tuples from the database, no model is built for one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from accounts.ids import ulid_text
from accounts.pages import Visitor
from actions.models import Performer
from actions.views.paging import Place
from actions.views.sight import UNREAD, may_read

COLUMNS = (
    "pk", "seq", "taken_at", "verb", "source", "type__name", "cancelled_at", "value",
    "performer", "performer__name", "performer__email", "performer__erased_at",
    "tally__points", "detail__title", "detail__meta__private",
)  # fmt: skip


class Line(NamedTuple):
    """One fact."""

    ulid: str
    place: str
    seq: int
    taken_at: datetime
    verb: str
    source: str
    type: str
    title: str
    is_private: bool
    is_cancelled: bool
    value: int | None
    points: int
    performer: int | None
    who: str


def lines(rows: Any, visitor: Visitor) -> list[Line]:
    """The facts of a queryset, in its order."""
    return written(rows.values_list(*COLUMNS), visitor)


def written(rows: Iterable[Any], visitor: Visitor) -> list[Line]:
    """Rows of `COLUMNS` as lines."""
    return [line(visitor, *row) for row in rows]


def line(
    visitor: Visitor, pk: Any, seq: int, taken_at: datetime, verb: str, source: str, type: str,
    cancelled_at: datetime | None, value: int | None,
    performer: int | None, name: str, email: str | None, erased_at: datetime | None,
    points: int | None, title: str | None, private: object,
) -> Line:  # fmt: skip
    """One fact, its words only for whoever may read them."""
    readable = may_read(visitor, source, private)
    return Line(
        ulid=ulid_text(pk),
        place=str(Place(taken_at.astimezone(UTC), pk)),
        seq=seq,
        taken_at=taken_at,
        verb=verb,
        source=source,
        type=type,
        title=(title or "–") if readable else UNREAD,
        is_private=bool(private),
        is_cancelled=cancelled_at is not None,
        value=value if readable else None,
        points=points or 0,
        performer=performer,
        who=called(performer, name, email, erased_at),
    )


def called(pk: int | None, name: str, email: str | None, erased_at: datetime | None) -> str:
    """What people call a performer; nobody yet where none is known."""
    return str(Performer(pk=pk, name=name, email=email, erased_at=erased_at)) if pk else ""
