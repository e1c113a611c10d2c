"""What a new workspace starts with: the action types that clients of Igni expect."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Workspace
from actions.models import ActionType

TYPES = [
    ("transaction", "Transaction", ["value"]),
    ("event", "Event", []),
    ("sign-up", "Sign-up", []),
    ("award", "Award", ["points"]),
]


def create_defaults(workspace: Workspace, *, at: datetime) -> None:
    """Four action types; those of verbs are made when they are first needed."""
    ActionType.objects.bulk_create(
        ActionType(workspace=workspace, slug=slug, name=name, params=params, created_at=at)
        for slug, name, params in TYPES
    )
