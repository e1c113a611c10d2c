"""Who is ahead, for those who do not know boards by row."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Workspace
from actions.models import Leaderboard
from actions.rules import boards


def standings(workspace: Workspace | int, board: str, *, at: datetime, window: str | None = None) -> boards.Standings:
    """The board of a slug as of a time, in its own window unless another is named."""
    found = Leaderboard.objects.of(workspace).active().get(slug=board)
    return boards.standings(found, now=at, window=window)
