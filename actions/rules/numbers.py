"""
The numbers of the ledger, and what must be known when one is drawn.

Written as SQL because every completion anywhere comes through here: the ORM takes longer to compose these
statements than the databases take to answer them.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from accounts.models import Counter
from actions.models import Action, ActionType, Performer, TeamMembership

NAME = "ledger"
# Another number with each change of a workspace's reward rules.
RULES = "reward rules"
COUNTER, ACTION, TYPE, PERFORMER, MEMBERSHIP = (
    model._meta.db_table for model in (Counter, Action, ActionType, Performer, TeamMembership)
)
SAME = f"SELECT 1 FROM {ACTION} WHERE workspace_id = %s AND source = %s AND source_id = %s"

DRAW = f"UPDATE {COUNTER} SET value = value + 1 WHERE workspace_id = %s AND name = '{NAME}' RETURNING value"
HOLD = f"UPDATE {COUNTER} SET value = value WHERE workspace_id = %s AND name = '{NAME}' RETURNING value"
GROUND = f"""
    SELECT last.created_at, EXISTS ({SAME}),
        (SELECT team_id FROM {MEMBERSHIP} WHERE workspace_id = %s AND performer_id = %s AND since <= %s
            AND (until IS NULL OR until > %s) ORDER BY since DESC LIMIT 1),
        (SELECT value FROM {COUNTER} WHERE workspace_id = %s AND name = '{RULES}')
    FROM {COUNTER} c LEFT JOIN {ACTION} last ON last.workspace_id = c.workspace_id
        AND last.seq = (SELECT MAX(seq) FROM {ACTION} WHERE workspace_id = %s)
    WHERE c.workspace_id = %s AND c.name = '{NAME}'
"""
KNOWN = f"""
    SELECT EXISTS ({SAME}), (SELECT id FROM {TYPE} WHERE workspace_id = %s AND slug = %s),
        (SELECT id FROM {PERFORMER} WHERE workspace_id = %s AND member_id = %s)
"""


class Known(NamedTuple):
    """Whether the fact is there already, and the keys of its type and its performer as far as they are."""

    recorded: bool
    type: int | None
    performer: int | None


class Ground(NamedTuple):
    """What a fact stands on: the last one, whether it is there already, whose team it was, and which rules price it."""

    last: datetime | None
    taken: bool
    team: int | None
    rules: int | None


def _ask(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return next(iter(cursor.fetchall()), None)


def look_up(workspace: int, source: str, source_id: str, slug: str, member: int | None) -> Known:
    """All that must be known before the counter is locked, in one statement."""
    return Known(*_ask(KNOWN, workspace, source, source_id, workspace, slug, workspace, member))


def draw_number(workspace: int) -> int:
    """The next number; until the caller's transaction ends nobody else writes to this ledger."""
    drawn = _ask(DRAW, workspace)
    return drawn[0] if drawn else Counter.draw(workspace, NAME)


def hold_numbers(workspace: int) -> int:
    """The last number drawn; as with drawing one, nobody else writes to this ledger until the transaction ends."""
    held = _ask(HOLD, workspace)
    return held[0] if held else Counter.lock(workspace, NAME)


def give_back_number(workspace: int) -> None:
    """The number just drawn was not needed; nobody has drawn another since."""
    Counter.objects.of(workspace).filter(name=NAME).update(value=F("value") - 1)


def ground_of(action: Action, *, at: datetime) -> Ground:
    """What a fact will stand on; final once its number is drawn."""
    here, key = action.workspace_id, (action.source, action.source_id)
    # What is yet to happen is done for the team she is in now.
    moment = connection.ops.adapt_datetimefield_value(min(action.taken_at, at))
    performer = action.performer_id
    found = _ask(GROUND, here, *key, here, performer, moment, moment, here, here, here)
    last, taken, team, rules = found
    # Both answer in UTC; SQLite does not say so.
    return Ground(last and last.replace(tzinfo=UTC), bool(taken), team, rules)
