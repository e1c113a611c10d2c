"""Pages of the ledger: what was done, who did it, and who is ahead."""

from __future__ import annotations

from actions.views.boards import competition, leaderboard, leaderboards
from actions.views.exports import export
from actions.views.facts import fact
from actions.views.feed import feed, front, news
from actions.views.performers import performer, team
from actions.views.welcome import welcome

__all__ = [
    "competition",
    "export",
    "fact",
    "feed",
    "front",
    "leaderboard",
    "leaderboards",
    "news",
    "performer",
    "team",
    "welcome",
]
