"""What a new workspace starts with: the action types that clients of Igni expect, a rule for awards, and a board."""

from __future__ import annotations

from datetime import datetime

from accounts.callers import System
from accounts.models import Workspace
from actions.models import ActionType, Leaderboard, RuleVersion
from actions.rules.rewards import create_rule

TYPES = [
    ("transaction", "Transaction", ["value"]),
    ("event", "Event", []),
    ("sign-up", "Sign-up", []),
    ("award", "Award", ["points"]),
]


def create_defaults(workspace: Workspace, *, at: datetime) -> None:
    """
    Four action types, of which an award pays the points it names, and the board of all points.

    Types of verbs are made when they are first needed.
    """
    ActionType.objects.bulk_create(
        ActionType(workspace=workspace, slug=slug, name=name, params=params, created_at=at)
        for slug, name, params in TYPES
    )
    award = ActionType.objects.get(workspace=workspace, slug="award")
    kind = RuleVersion.Kind.VERBATIM
    create_rule(workspace, "award", "Award", actor=System(), at=at, type=award, kind=kind, places=6)
    Leaderboard.objects.create(workspace=workspace, slug="points", name="Points", created_at=at)
