"""The operator's view of teams, leaderboards and competitions."""

from __future__ import annotations

from actions.admin.boards.boards import LeaderboardAdmin
from actions.admin.boards.competitions import CompetitionAdmin
from actions.admin.boards.teams import TeamAdmin, TeamMembershipAdmin

__all__ = ["CompetitionAdmin", "LeaderboardAdmin", "TeamAdmin", "TeamMembershipAdmin"]
