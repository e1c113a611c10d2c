"""The ledger's nouns: who did what, what it moved, what follows from it, and the seal on what was done."""

from __future__ import annotations

from actions.models.acts import Acted, ActorKind
from actions.models.boards import BoardTeam, DailyTotal, Leaderboard, LeaderboardQuerySet, Standing
from actions.models.competitions import Competition, CompetitionQuerySet, Payout, Prize, Result
from actions.models.facts import Action, ActionQuerySet, ActionType, Assignment, Detail, Tally
from actions.models.performers import Identity, Performer, PerformerQuerySet, PerformerTag
from actions.models.rewards import RewardRule, RewardRuleQuerySet, RuleVersion, RuleVersionQuerySet
from actions.models.seals import Seal
from actions.models.teams import Team, TeamMembership, TeamMembershipQuerySet
from actions.models.wallets import CounterAccount, Entry, EntryQuerySet, Wallet

__all__ = [
    "Acted",
    "Action",
    "ActionQuerySet",
    "ActionType",
    "ActorKind",
    "Assignment",
    "BoardTeam",
    "Competition",
    "CompetitionQuerySet",
    "CounterAccount",
    "DailyTotal",
    "Detail",
    "Entry",
    "EntryQuerySet",
    "Identity",
    "Leaderboard",
    "LeaderboardQuerySet",
    "Payout",
    "Performer",
    "PerformerQuerySet",
    "PerformerTag",
    "Prize",
    "Result",
    "RewardRule",
    "RewardRuleQuerySet",
    "RuleVersion",
    "RuleVersionQuerySet",
    "Seal",
    "Standing",
    "Tally",
    "Team",
    "TeamMembership",
    "TeamMembershipQuerySet",
    "Wallet",
]
