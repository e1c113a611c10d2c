"""Ranks that stay: what everybody was when a day, a week, a month, a quarter or a year was over."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from actions.models import Leaderboard
from actions.rules.boards.ladders import RANKED, STANDING
from actions.rules.boards.windows import KINDS, before
from actions.rules.numbers import hold_numbers


def rank_ended_windows(board: Leaderboard, today: date) -> None:
    """Keep the ranks of the windows that ended last, unless that was done today or is not known yet."""
    if board.counted_to is None and (board.ranked_to is None or board.ranked_to < today):
        _rank(board, today)


@transaction.atomic
def _rank(board: Leaderboard, today: date) -> None:
    # As everything that writes standings: nobody waits for anybody with half of them locked.
    hold_numbers(board.workspace_id)
    ranked_to = Leaderboard.objects.values_list("ranked_to", flat=True).get(pk=board.pk)
    if ranked_to is None or ranked_to < today:
        for window in _ended(ranked_to, today):
            _keep_ranks(board, window)
        Leaderboard.objects.filter(pk=board.pk).update(ranked_to=today)
    board.ranked_to = max(today, ranked_to or today)


def _ended(since: date | None, today: date) -> Iterator[str]:
    """The last window of each kind, where it was not over when ranks were last kept."""
    for word in KINDS:
        last = before(word, today, ZoneInfo("UTC"))
        if last and last.end and (since is None or last.end > since):
            yield last.name


def _keep_ranks(board: Leaderboard, window: str) -> None:
    """Of performers and of teams, each in one statement."""
    values: dict[str, Any] = {"workspace": board.workspace_id, "board": board.pk, "window": window}
    with connection.cursor() as cursor:
        for condition in RANKED.values():
            cursor.execute(
                f"""
                UPDATE {STANDING} SET final_rank = ranked.place FROM (
                    SELECT id, RANK() OVER (ORDER BY score DESC) AS place FROM {STANDING}
                    WHERE workspace_id = %(workspace)s AND board_id = %(board)s AND "window" = %(window)s
                    AND {condition} AND NOT (score = 0)
                ) ranked WHERE {STANDING}.id = ranked.id
                """,
                values,
            )


def keep_ranks_everywhere(now: datetime) -> int:
    """Do so for every board whose workspace has begun another day, by its own clock; how many there were."""
    boards = Leaderboard.objects.public().active().filter(counted_to__isnull=True).select_related("workspace")
    done = 0
    for board in boards.order_by("workspace", "pk"):
        clock = board.workspace
        today = (clock.clock_stopped_at or now + clock.clock_ahead).astimezone(clock.zone).date()
        if board.ranked_to is None or board.ranked_to < today:
            _rank(board, today)
            done += 1
    return done
