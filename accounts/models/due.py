"""What falls due: one row a thing, found by whichever worker looks first."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Value

from accounts.models.clocks import ClockRun
from accounts.models.workspace import WorkspaceModel, WorkspaceQuerySet

RUNS = Q(workspace__clock_stopped_at__isnull=True)
# Said without a parameter, so that every database sees which partial index it may use.
WAITING = Q(ended_at__isnull=True)


class DueQuerySet(WorkspaceQuerySet):
    """Questions about what is due; `now` is the machine's time, each workspace's own follows from it."""

    def waiting(self) -> Self:
        """Not done, and not given up."""
        return self.filter(WAITING)

    def free(self, now: datetime) -> Self:
        """Waiting, leased to nobody, and not pausing after a failure."""
        return self.waiting().filter(Q(held_until__isnull=True) | Q(held_until__lte=now))

    def in_time(self, now: datetime) -> Self:
        """Due by the real time; of clocks that run, this misses only what they are ahead."""
        return self.filter(RUNS, due_at__lte=now)

    def due(self, now: datetime) -> Self:
        """Due by each workspace's own clock, unless that is on its way: then its run decides what comes next."""
        runs = ClockRun.objects.under_way().filter(workspace=OuterRef("workspace"))
        return self.filter(
            RUNS & Q(due_at__lte=ahead(now, "workspace__clock_ahead"))
            | Q(due_at__lte=F("workspace__clock_stopped_at")),
            ~Exists(runs),
        )

    def late(self, now: datetime) -> Self:
        """What nobody has tried yet although its running clock says so at a time in the past."""
        return self.waiting().filter(attempts=0).in_time(now)


def ahead(now: datetime, column: str) -> Any:
    """What a clock shows that is ahead by a column."""
    return ExpressionWrapper(F(column) + Value(now, output_field=models.DateTimeField()), models.DateTimeField())


class Due(WorkspaceModel):
    """A thing to do at a time of its workspace; planning it again moves it, so it is there once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    job = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    # By the machine's clock: the end of a lease while there is a token, else of a pause after a failure.
    held_until = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = "scheduled thing"
        ordering = ["due_at", "id"]
        indexes = [
            # Workers look across workspaces.
            models.Index(fields=["due_at", "id"], condition=WAITING, name="due_next"),
            models.Index(fields=["workspace", "due_at", "id"], condition=WAITING, name="due_next_of"),
            models.Index(fields=["workspace", "id"], condition=Q(state="failed"), name="due_failed"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="due_ended"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "job", "key"], name="due_once"),
            models.CheckConstraint(
                condition=WAITING & Q(state="waiting") | ~WAITING & Q(state__in=["done", "failed"]),
                name="due_ended_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.key}"

    def is_leased(self, now: datetime) -> bool:
        """Whether a worker has it in hand."""
        return bool(self.token) and self.held_until is not None and self.held_until > now
