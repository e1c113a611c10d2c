"""What a new workspace starts with: one project to capture into."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Workspace
from analytics.models import Project


def create_defaults(workspace: Workspace, *, at: datetime) -> None:
    """The project that PostHog gives every new organisation."""
    Project.objects.create(workspace=workspace, name="Default project", created_at=at)
