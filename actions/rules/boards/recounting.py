"""
A board counted again from the daily totals: at once where there is little, else some performers at a time.

While that lasts the board counts what is done by those whose turn was; the others' turn brings it. All of it happens
under the ledger's lock, so nothing is counted twice or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import due
from actions.models import Action, DailyTotal, Entry, Leaderboard, Standing
from actions.rules.boards.adhoc import cut_days
from actions.rules.boards.counting import count_standings
from actions.rules.boards.moves import Move, moves
from actions.rules.boards.scoring import Scorer, board_as_it_counts
from actions.rules.boards.windows import custom
from actions.rules.numbers import hold_numbers

JOB = "actions.recount"
# So many rows are counted at once, or deleted; and so many performers at a time.
SMALL, PERFORMERS, CHUNK = 5000, 200, 1000


@transaction.atomic
def recount(board: Leaderboard, *, at: datetime) -> Leaderboard:
    """Forget what a board says and count it again; `counted_to` is set while that is not done."""
    hold_numbers(board.workspace_id)
    board.counted_to, board.ranked_to = 0, None
    _note(board)
    if _is_small(board):
        finish(board)
    else:
        # A key of its own: the row of an earlier job may be locked by a worker that waits for the ledger.
        due.plan(JOB, board.workspace_id, f"{board.pk}:{at.isoformat()}", at)
    return board


def recount_some(board: Leaderboard, key: str, *, at: datetime) -> None:
    """The next turn, and a plan for the one after it, under the same key."""
    if _step(board):
        left = Standing.objects.of(board.workspace_id).filter(board=board).count() if board.counted_to == 0 else 0
        due.plan(JOB, board.workspace_id, key, at, counted_to=board.counted_to, left=left)


@transaction.atomic
def finish(board: Leaderboard) -> None:
    """All turns that are left, now."""
    while _step(board):
        continue


def progress(board: Leaderboard) -> int | None:
    """How many of a hundred performers were counted again; None when all are."""
    if board.counted_to is None:
        return None
    rows = DailyTotal.objects.of(board.workspace_id).order_by().values("performer").distinct()
    everybody = rows.count()
    return 100 * rows.filter(performer__lte=board.counted_to).count() // everybody if everybody else 0


@transaction.atomic
def _step(board: Leaderboard) -> bool:
    """Delete some of the old, or count some anew; whether more is left."""
    hold_numbers(board.workspace_id)
    board.counted_to = Leaderboard.objects.values_list("counted_to", flat=True).get(pk=board.pk)
    if board.counted_to is None:
        return False
    if board.counted_to == 0 and _forget(board):
        return True
    performers = list(_following(board)[:PERFORMERS])
    scorer = board_as_it_counts(board.workspace_id, board.pk)
    scorer.counted_to = None
    for some in _chunks(_moves_of(board, scorer, performers)):
        count_standings(board.workspace_id, [scorer], some)
    board.counted_to = performers[-1] if len(performers) == PERFORMERS else None
    _note(board)
    return board.counted_to is not None


def _note(board: Leaderboard) -> None:
    board.save(update_fields=["counted_to", "ranked_to"])


def _is_small(board: Leaderboard) -> bool:
    rows = DailyTotal.objects.of(board.workspace_id)[: SMALL + 1].count()
    return rows <= SMALL and Standing.objects.of(board.workspace_id).filter(board=board)[: SMALL + 1].count() <= SMALL


def _forget(board: Leaderboard) -> int:
    """Before anybody is counted again, all a board has is old."""
    rows = Standing.objects.of(board.workspace_id).filter(board=board).order_by()
    return int(Standing.objects.filter(pk__in=rows.values("pk")[:SMALL])._raw_delete("default"))


def _following(board: Leaderboard) -> Any:
    rows = DailyTotal.objects.of(board.workspace_id).filter(performer__gt=board.counted_to or 0)
    return rows.order_by("performer").values_list("performer", flat=True).distinct()


def _chunks(found: Iterator[Move]) -> Iterator[list[Move]]:
    some: list[Move] = []
    for move in found:
        some.append(move)
        if len(some) == CHUNK:
            yield some
            some = []
    yield some


def _moves_of(board: Leaderboard, scorer: Scorer, performers: list[int]) -> Iterator[Move]:
    """All that some performers did: of a competition only what lies in its run."""
    days = DailyTotal.objects.of(board.workspace_id).filter(performer__in=performers).order_by()
    if scorer.since and scorer.until:
        zone = board.workspace.zone
        run = custom(scorer.since, scorer.until, zone)
        days = days.filter(day__gte=run.first, day__lt=run.end)
        for day, since, until in cut_days(run, zone):
            days = days.exclude(day=day)
            yield from _moves_on(board, performers, day, since, until)
    columns = "performer", "team", "type", "currency", "amount", "actions", "day", "last_at"
    for row in days.values_list(*columns).iterator(chunk_size=CHUNK):
        yield Move(*row)


def _moves_on(board: Leaderboard, performers: list[int], day: Any, since: datetime, until: datetime) -> list[Move]:
    """Facts and entries of a day that a competition cuts."""
    its = {"performer__in": performers, "day": day}
    taken = {"taken_at__gte": since, "taken_at__lt": until}
    facts = Action.objects.of(board.workspace_id).filter(**its, **taken).select_related("tally")
    entries = Entry.objects.of(board.workspace_id).posted().filter(**its, currency=board.currency)
    entries = entries.filter(effective_at__gte=since, effective_at__lt=until)
    return moves(board.workspace_id, [(fact, int(not fact.is_cancelled)) for fact in facts], list(entries))
