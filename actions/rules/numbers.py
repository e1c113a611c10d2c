"""
The numbers of the ledger, and what must be known when one is drawn.

Written as SQL because every completion anywhere comes through here: the ORM takes longer to compose these three
statements than the databases take to answer them.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from accounts.models import Counter
from actions.models import Action, ActionType, Performer

NAME = "ledger"
COUNTER, ACTION, TYPE, PERFORMER = (m._meta.db_table for m in (Counter, Action, ActionType, Performer))
SAME = f"SELECT 1 FROM {ACTION} WHERE workspace_id = %s AND source = %s AND source_id = %s"

DRAW = f"UPDATE {COUNTER} SET value = value + 1 WHERE workspace_id = %s AND name = '{NAME}' RETURNING value"
LAST = f"SELECT created_at, EXISTS ({SAME}) FROM {ACTION} WHERE workspace_id = %s ORDER BY seq DESC LIMIT 1"
KNOWN = f"""
    SELECT EXISTS ({SAME}), (SELECT id FROM {TYPE} WHERE workspace_id = %s AND slug = %s),
        (SELECT id FROM {PERFORMER} WHERE workspace_id = %s AND member_id = %s)
"""


class Known(NamedTuple):
    """Whether the fact is there already, and the keys of its type and its performer as far as they are."""

    recorded: bool
    type: int | None
    performer: int | None


def _ask(statement: str, *values: str | int | None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return next(iter(cursor.fetchall()), None)


def look_up(workspace: int, source: str, source_id: str, slug: str, member: int | None) -> Known:
    """All that must be known before the counter is locked, in one statement."""
    return Known(*_ask(KNOWN, workspace, source, source_id, workspace, slug, workspace, member))


def draw_number(workspace: int) -> int:
    """The next number; until the caller's transaction ends nobody else draws one."""
    drawn = _ask(DRAW, workspace)
    return drawn[0] if drawn else Counter.draw(workspace, NAME)


def give_back_number(workspace: int) -> None:
    """The number just drawn was not needed; nobody has drawn another since."""
    Counter.objects.of(workspace).filter(name=NAME).update(value=F("value") - 1)


def last_recorded(workspace: int, source: str, source_id: str) -> tuple[datetime | None, bool]:
    """When the last fact was recorded, and whether one has this natural key; final once a number is drawn."""
    at, taken = _ask(LAST, workspace, source, source_id, workspace) or (None, False)
    # Both answer in UTC; SQLite does not say so.
    return at and at.replace(tzinfo=UTC), bool(taken)
