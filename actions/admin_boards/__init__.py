"""The operator's view of teams, leaderboards and competitions."""

from __future__ import annotations

from actions.admin_boards.boards import LeaderboardAdmin
from actions.admin_boards.competitions import CompetitionAdmin
from actions.admin_boards.teams import TeamAdmin, TeamMembershipAdmin

__all__ = ["CompetitionAdmin", "LeaderboardAdmin", "TeamAdmin", "TeamMembershipAdmin"]
