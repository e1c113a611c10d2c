"""The nouns of analytics: an action here is a saved question asked of captured events."""

from __future__ import annotations

from django.db import models
from django.utils.crypto import get_random_string

from accounts.models import WorkspaceModel


def new_project_token() -> str:
    """A token as PostHog's clients know it; it stands in web pages and is no secret."""
    return f"phc_{get_random_string(43)}"


class Project(WorkspaceModel):
    """Where events are captured into; its public token says into which."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    api_token = models.CharField(max_length=47, unique=True, default=new_project_token, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["workspace", "id"], name="project_id")]

    def __str__(self) -> str:
        return self.name
