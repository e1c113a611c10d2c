"""Work: what actions and follow-ups have in common."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.clock import MICROSECOND, Period
from accounts.columns import Hex
from accounts.ids import first_ulid, last_ulid
from accounts.models import Member, ULIDModel, WorkspaceQuerySet
from incidents.models.incidents import GLOBAL_ACCESS, REAL_MODES, Created, Incident, Mode, one_creator

if TYPE_CHECKING:
    from accounts.callers import Caller


FEW = 5000


def person(path: str) -> tuple[Any, ...]:
    return (
        Hex(f"{path}__uid"),
        f"{path}__name",
        f"{path}__role",
        f"{path}__email",
        f"{path}__slack_user_id",
    )


class WorkQuerySet(WorkspaceQuerySet):
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

    def created_at(self, period: Period) -> Self:
        """Work created in a period; the id begins with that time, so this is a range of ids."""
        rows = self
        if period.since:
            rows = rows.filter(pk__gte=first_ulid(period.since))
        if period.until:
            rows = rows.filter(pk__lte=last_ulid(period.until))
        return rows

    def updated_at(self, period: Period) -> Self:
        """Work last changed in a period."""
        rows = self
        if period.since:
            rows = rows.filter(updated_at__gte=period.since)
        if period.until:
            rows = rows.filter(updated_at__lte=period.until)
        return rows

    def few_first(self) -> Self:
        """
        The same rows: when they are few they are looked up before they are put in order.

        Lists are ordered by id, and a sync would walk the whole table by it to find what changed an hour ago.
        """
        if self.order_by("updated_at")[: FEW + 1].count() > FEW:
            return self
        return self.filter(pk__in=self.order_by().values("pk"))

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
            models.Index(fields=["workspace", "is_real", "id"], name="%(class)s_real"),
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
