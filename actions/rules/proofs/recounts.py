"""Totals and standings counted again where they are wrong; results stand."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.models import Workspace
from actions.models import Leaderboard
from actions.rules.boards.recounting import finish
from actions.rules.proofs.boards import DAY, DAYS, DAYS_THEN, standings
from actions.rules.sums import joined

DAYS_AGAIN = f"""
    INSERT INTO {DAY} (workspace_id, performer_id, day, currency, type_id, team_id, amount, actions, last_at)
    SELECT %(workspace)s, performer_id, day, currency, NULLIF(type_id, 0), NULLIF(team_id, 0), {joined("total")},
        actions, last_at FROM ({DAYS_THEN}) sums
"""


def recount_wrong(workspace: Workspace) -> dict[str, int]:
    """Under the ledger's lock: days first, then the boards that do not follow from them; how many rows were wrong."""
    days = len(_rows(DAYS.sql, workspace))
    if days:
        _rows(f"DELETE FROM {DAY} WHERE workspace_id = %(workspace)s", workspace)
        _rows(DAYS_AGAIN, workspace)
    wrong = [board for column in ("performer_id", "team_id") for board, *_ in _rows(standings(column).sql, workspace)]
    for board in Leaderboard.objects.of(workspace).filter(pk__in=set(wrong)):
        board.counted_to, board.ranked_to = 0, None
        board.save(update_fields=["counted_to", "ranked_to"])
        finish(board)
    return {"days": days, "standings": len(wrong)}


def _rows(statement: str, workspace: Workspace) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"workspace": workspace.pk})
        return cursor.fetchall() if cursor.description else []
