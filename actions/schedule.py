"""What falls due in the ledger: periods close, boards are counted again, and windows end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts import due
from accounts.callers import System
from accounts.models import Workspace
from actions.models import Competition, Leaderboard
from actions.rules import competitions
from actions.rules.boards import ranking, recounting
from actions.rules.competitions import planning
from actions.rules.settlements import SETTLE, settle_periods


@due.job(SETTLE)
def settle(workspace: Workspace, key: str, *, at: datetime, part: int = 0) -> None:
    """Post what closes at the time that is the key; what is too much for one transaction comes right after."""
    until = datetime.fromisoformat(key)
    if settle_periods(workspace, until=until, at=at):
        due.plan(SETTLE, workspace, key, until, part=part + 1)


@due.job(recounting.JOB)
def recount_board(workspace: Workspace, key: str, *, at: datetime, **turn: Any) -> None:
    """The next performers of a board that is counted again; the payload only tells one turn from another."""
    for board in Leaderboard.objects.of(workspace).filter(pk=key.partition(":")[0]):
        recounting.recount_some(board, key, at=at)


@due.chore("actions.keep_ranks", every=timedelta(minutes=5))
def keep_ranks(now: datetime) -> int:
    """Ranks of the windows that ended, wherever another day began."""
    return ranking.keep_ranks_everywhere(now)


@due.job(planning.OPEN)
def open_competition(workspace: Workspace, key: str, *, at: datetime) -> None:
    """A competition starts."""
    for competition in Competition.objects.of(workspace).filter(pk=key, status=Competition.Status.DRAFT):
        competitions.open_competition(competition, at=at)


@due.job(planning.END)
def end_competition(workspace: Workspace, key: str, *, at: datetime) -> None:
    """A competition ends, and takes late news for some days."""
    for competition in Competition.objects.of(workspace).filter(pk=key, status=Competition.Status.OPEN):
        competitions.end_competition(competition, at=at)


@due.job(planning.CLOSE)
def close_competition(workspace: Workspace, key: str, *, at: datetime) -> None:
    """The days of grace are over."""
    for competition in Competition.objects.of(workspace).filter(pk=key, status=Competition.Status.CLOSING):
        competitions.close_competition(competition, actor=System(), at=at)
