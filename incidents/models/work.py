"""Work: what actions and follow-ups have in common."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.clock import MICROSECOND
from accounts.models import Member, ULIDModel
from incidents.models.incidents import GLOBAL_ACCESS, REAL_MODES, Created, Incident, Mode, one_creator
from incidents.models.querysets import PeriodQuerySet

if TYPE_CHECKING:
    from accounts.callers import Caller


class WorkQuerySet(PeriodQuerySet):
    """Questions about work."""

    def visible_to(self, caller: Caller) -> Self:
        """Work of private incidents do not exist for a caller without global access."""
        rows = super().visible_to(caller)
        return rows if GLOBAL_ACCESS in caller.roles else rows.filter(is_private=False)

    def real(self) -> Self:
        """Work of incidents that really happened: the default of every list."""
        return self.filter(is_real=True)

    def in_mode(self, mode: str) -> Self:
        """Work of incidents of one mode."""
        return self.filter(mode=mode)

    def of_incident(self, incident: UUID) -> Self:
        """Work of one incident."""
        return self.filter(incident=incident)

    def all_of_them(self, follow_ups: bool) -> Self:
        """The same; `is_follow_up` chose the table already."""
        return self

    def in_v1_mode(self, mode: str) -> Self:
        """Work of incidents of a mode as V1 called them."""
        return self.real() if mode == "real" else self.in_mode(mode)

    def outstanding(self) -> Self:
        """Work somebody still has to do."""
        return self.filter(status=Work.Status.OUTSTANDING)


class Work(Created, ULIDModel):
    """Something to do about an incident, perhaps by somebody, done or not."""

    class Status(models.TextChoices):
        OUTSTANDING = "outstanding"
        COMPLETED = "completed"
        NOT_DOING = "not_doing", "not doing"
        DELETED = "deleted"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="%(class)ss", db_index=False)
    status = models.CharField(max_length=11, choices=Status, default=Status.OUTSTANDING)
    assignee = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)
    completions = models.PositiveIntegerField(default=0, editable=False)
    # Copied from the incident, which never changes them: a list then reads one index and no second table.
    mode = models.CharField(max_length=13, choices=Mode, editable=False)
    is_real = models.BooleanField(editable=False)
    is_private = models.BooleanField(editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["outstanding", "completed", "not_doing", "deleted"]),
                name="%(class)s_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                | Q(status__in=["outstanding", "not_doing"], completed_at__isnull=True)
                | Q(status="deleted"),
                name="%(class)s_completed_at",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["standard", "retrospective"], is_real=True)
                | (~Q(mode__in=["standard", "retrospective"]) & Q(is_real=False)),
                name="%(class)s_is_real",
            ),
            one_creator("%(class)s_creator"),
        ]
        indexes = [
            # Partial: SQLite takes a bare boolean for a condition, not for a column it could look up.
            models.Index(fields=["workspace", "id"], condition=Q(is_real=True), name="%(class)s_real"),
            models.Index(fields=["workspace", "mode", "id"], name="%(class)s_mode"),
            models.Index(fields=["workspace", "incident", "id"], name="%(class)s_incident"),
            models.Index(fields=["workspace", "updated_at", "id"], name="%(class)s_updated_at"),
            models.Index(fields=["workspace", "assignee", "id"], name="%(class)s_assignee"),
        ]

    @property
    def is_deleted(self) -> bool:
        """Whether only its tombstone is left."""
        return self.status == self.Status.DELETED

    def belong_to(self, incident: Incident) -> None:
        """Put it into an incident, with what lists need to know of that."""
        self.incident, self.workspace = incident, incident.workspace
        self.mode, self.is_private = incident.mode, incident.is_private
        self.is_real = incident.mode in REAL_MODES

    def become(self, status: str, at: datetime) -> None:
        """Move to a status; a completion counts and is dated, a tombstone keeps its date."""
        if status == self.Status.COMPLETED:
            self.completed_at, self.completions = at, self.completions + 1
        elif status != self.Status.DELETED:
            self.completed_at = None
        self.status = status

    def touch(self, at: datetime) -> None:
        """Date a change: later than the last, whatever the clock says."""
        self.updated_at = max(at, self.updated_at + MICROSECOND)
