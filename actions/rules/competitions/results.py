"""The result of a competition: every line as it stood, in one statement."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from django.db import connection

from actions.models import Competition, Result
from actions.rules.boards.ladders import COLUMNS, Ladder
from actions.rules.boards.windows import RUN

RESULT = Result._meta.db_table


def freeze(competition: Competition) -> None:
    """Write down who stood where; nobody writes to the ledger meanwhile."""
    about = competition.board.subject
    ladder = Ladder(competition.workspace_id, competition.board_id, RUN, about)
    other = COLUMNS["team" if about == "user" else "user"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {RESULT} (workspace_id, competition_id, {COLUMNS[about]}, {other}, score, actions, attained_at,
                place, rank, dense_rank)
            SELECT %(workspace)s, %(competition)s, subject, NULL, score, actions, attained_at,
                ROW_NUMBER() OVER (ORDER BY score DESC, attained_at, subject),
                RANK() OVER (ORDER BY score DESC), DENSE_RANK() OVER (ORDER BY score DESC)
            FROM {ladder.ranked} lines
            """,
            ladder.values | {"competition": competition.pk},
        )
