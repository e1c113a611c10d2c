"""Follow-ups: work that remains after an incident."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.columns import Hex, Rfc3339
from incidents.models.querysets import person
from incidents.models.work import Work, WorkQuerySet


class FollowUpQuerySet(WorkQuerySet):
    """Questions about follow-ups."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `incidents.api.rows` reads them in this order."""
        return self.values_list(
            Hex("id"),
            Hex("incident_id"),
            "title",
            "description",
            "status",
            "labels",
            Rfc3339("completed_at"),
            Rfc3339("created_at"),
            Rfc3339("updated_at"),
            *person("assignee"),
            *person("creator_member"),
            Hex("creator_key__uid"),
            "creator_key__name",
        )


class FollowUp(Work):
    """Something to do after an incident, so that it does not happen again."""

    title = models.CharField(max_length=1000)
    description = models.TextField(blank=True)
    labels = models.JSONField(default=list, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta(Work.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.title if len(self.title) <= 100 else f"{self.title[:99]}…"
