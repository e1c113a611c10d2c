"""The operator's view of the ledger: facts and movements are read, and what may be done is a button or a form."""

from __future__ import annotations

from actions.admin.boards import CompetitionAdmin, LeaderboardAdmin, TeamAdmin, TeamMembershipAdmin
from actions.admin.facts import ActionAdmin, EntryAdmin, WalletAdmin
from actions.admin.performers import IdentityAdmin, PerformerAdmin, PerformerTagAdmin
from actions.admin.rewards import RewardRuleAdmin
from actions.admin.types import ActionTypeAdmin

__all__ = [
    "ActionAdmin",
    "ActionTypeAdmin",
    "CompetitionAdmin",
    "EntryAdmin",
    "IdentityAdmin",
    "LeaderboardAdmin",
    "PerformerAdmin",
    "PerformerTagAdmin",
    "RewardRuleAdmin",
    "TeamAdmin",
    "TeamMembershipAdmin",
    "WalletAdmin",
]
