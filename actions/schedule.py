"""What falls due in the ledger: periods close, boards are counted again, and windows end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts import due
from accounts.models import Workspace
from actions.models import Leaderboard
from actions.rules.boards import ranking, recounting
from actions.rules.settlements import SETTLE, settle_periods


@due.job(SETTLE)
def settle(workspace: Workspace, key: str, *, at: datetime, part: int = 0) -> None:
    """Post what closes at the time that is the key; what is too much for one transaction comes right after."""
    until = datetime.fromisoformat(key)
    if settle_periods(workspace, until=until, at=at):
        due.plan(SETTLE, workspace, key, until, part=part + 1)


@due.job(recounting.JOB)
def recount_board(workspace: Workspace, key: str, *, at: datetime, **begun: Any) -> None:
    """The next performers of a board that is counted again; the payload only tells one turn from another."""
    for board in Leaderboard.objects.of(workspace).filter(pk=key):
        recounting.recount_some(board, at=at)


@due.chore("actions.keep_ranks", every=timedelta(minutes=5))
def keep_ranks(now: datetime) -> int:
    """Ranks of the windows that ended, wherever another day began."""
    return ranking.keep_ranks_everywhere(now)
