"""What a new workspace starts with: the action types that clients of Igni expect, and a board of points."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Workspace
from actions.models import ActionType, Leaderboard

TYPES = [
    ("transaction", "Transaction", ["value"]),
    ("event", "Event", []),
    ("sign-up", "Sign-up", []),
    ("award", "Award", ["points"]),
]


def create_defaults(workspace: Workspace, *, at: datetime) -> None:
    """Four action types, as those of verbs are made when they are first needed, and the board of all points."""
    ActionType.objects.bulk_create(
        ActionType(workspace=workspace, slug=slug, name=name, params=params, created_at=at)
        for slug, name, params in TYPES
    )
    Leaderboard.objects.create(workspace=workspace, slug="points", name="Points", created_at=at)
