"""Actions: work while an incident is open."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.columns import Hex, Rfc3339
from incidents.models.querysets import person
from incidents.models.work import Work, WorkQuerySet


class ActionQuerySet(WorkQuerySet):
    """Questions about actions."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `incidents.api.rows` reads them in this order."""
        return self.values_list(
            Hex("id"),
            Hex("incident_id"),
            "description",
            "status",
            Rfc3339("completed_at"),
            Rfc3339("created_at"),
            Rfc3339("updated_at"),
            *person("assignee"),
            *person("creator_member"),
            Hex("creator_key__uid"),
            "creator_key__name",
        )


class Action(Work):
    """Something to do while an incident is open; what remains becomes a follow-up."""

    description = models.TextField()

    objects = ActionQuerySet.as_manager()

    class Meta(Work.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.description if len(self.description) <= 100 else f"{self.description[:99]}…"
