"""What falls due in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts import due
from accounts.models import Workspace
from actions.models import Leaderboard
from actions.rules.boards import ranking, recounting


@due.job(recounting.JOB)
def recount_board(workspace: Workspace, key: str, *, at: datetime, **begun: Any) -> None:
    """The next performers of a board that is counted again; the payload only tells one turn from another."""
    for board in Leaderboard.objects.of(workspace).filter(pk=key):
        recounting.recount_some(board, at=at)


@due.chore("actions.keep_ranks", every=timedelta(minutes=5))
def keep_ranks(now: datetime) -> int:
    """Ranks of the windows that ended, wherever another day began."""
    return ranking.keep_ranks_everywhere(now)
