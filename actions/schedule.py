"""What falls due in the ledger: periods close, and what was held for them is posted."""

from __future__ import annotations

from datetime import datetime

from accounts import due
from accounts.models import Workspace
from actions.rules.settlements import SETTLE, settle_periods


@due.job(SETTLE)
def settle(workspace: Workspace, key: str, *, at: datetime, part: int = 0) -> None:
    """Post what closes at the time that is the key; what is too much for one transaction comes right after."""
    until = datetime.fromisoformat(key)
    if settle_periods(workspace, until=until, at=at):
        due.plan(SETTLE, workspace, key, until, part=part + 1)
