"""A clock on its way to a later time, with everything that falls due before it gets there."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models.workspace import WorkspaceModel, WorkspaceQuerySet

UNDER_WAY = Q(ended_at__isnull=True)


class ClockRunQuerySet(WorkspaceQuerySet):
    """Questions about clocks on their way."""

    def under_way(self) -> Self:
        """Not there yet; at most one in a workspace."""
        return self.filter(UNDER_WAY)

    def stuck(self, since: datetime) -> Self:
        """Not there yet, and not a step further since a time of the machine."""
        rows = self.under_way().alias(last=Coalesce("moved_at", "requested_at"))
        return rows.filter(last__lt=since)


class ClockRun(WorkspaceModel):
    """Somebody asked for a later time; `since` and `to` are the workspace's, all other times the machine's."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    since = models.DateTimeField()
    to = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    steps = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=254)
    requested_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ClockRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace"], condition=UNDER_WAY, name="clock_run_one_at_a_time"),
            models.CheckConstraint(
                condition=UNDER_WAY & Q(state__in=["requested", "running"])
                | ~UNDER_WAY & Q(state__in=["done", "failed"]),
                name="clock_run_ended_or_not",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "id"], name="clock_run_latest")]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.to:%Y-%m-%d %H:%M}"

    @property
    def is_under_way(self) -> bool:
        """Whether it still moves."""
        return self.ended_at is None
