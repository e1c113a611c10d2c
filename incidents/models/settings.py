"""What a workspace calls its severities, statuses, types, roles and timestamps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.clock import MICROSECOND
from accounts.columns import Hex, Rfc3339
from accounts.models import ULIDModel, WorkspaceQuerySet


class SettingQuerySet(WorkspaceQuerySet):
    """Settings, as lists and incidents show them."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees; `incidents.api.rows` reads them in this order."""
        columns: list[Any] = [Hex("id"), "name", "description", Rfc3339("created_at"), Rfc3339("updated_at")]
        return self.values_list(*columns, *self.model.SHOWN)


class Setting(ULIDModel):
    """A noun that a workspace sets up for itself."""

    name = models.CharField(max_length=50)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = SettingQuerySet.as_manager()

    # What clients see of it beside name, description and dates.
    SHOWN: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def touch(self, at: datetime) -> None:
        """Date a change: later than the last, whatever the clock says."""
        self.updated_at = max(at, self.updated_at + MICROSECOND)


class Severity(Setting):
    """How bad it is; a lower rank is less severe."""

    rank = models.BigIntegerField()

    SHOWN = ("rank",)

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "severities"
        constraints = [models.UniqueConstraint(fields=["workspace", "rank"], name="severity_rank")]


class IncidentStatus(Setting):
    """Where an incident stands, in one of eight categories that decide what may follow."""

    class Category(models.TextChoices):
        TRIAGE = "triage"
        LIVE = "live"
        LEARNING = "learning"
        CLOSED = "closed"
        PAUSED = "paused"
        DECLINED = "declined"
        MERGED = "merged"
        CANCELED = "canceled"

    category = models.CharField(max_length=8, choices=Category)
    rank = models.BigIntegerField()
    # The first of a category that is no workspace's own: it cannot be changed or deleted.
    built_in = models.BooleanField(default=False, editable=False)

    SHOWN = ("rank", "category")

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "incident statuses"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "category", "rank"], name="incident_status_rank"),
            models.CheckConstraint(
                condition=Q(
                    category__in=[
                        "triage", "live", "learning", "closed", "paused", "declined", "merged", "canceled",
                    ]
                ),
                name="incident_status_category_known",
            ),
        ]  # fmt: skip


class IncidentType(Setting):
    """A kind of incident and what holds for all of that kind."""

    class CreateInTriage(models.TextChoices):
        ALWAYS = "always"
        OPTIONAL = "optional"

    is_default = models.BooleanField(default=False)
    private_incidents_only = models.BooleanField(default=False)
    create_in_triage = models.CharField(max_length=8, choices=CreateInTriage, default=CreateInTriage.OPTIONAL)

    SHOWN = ("is_default", "private_incidents_only", "create_in_triage")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="incident_type_name"),
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_default=True), name="incident_type_one_default"
            ),
            models.CheckConstraint(
                condition=Q(create_in_triage__in=["always", "optional"]), name="incident_type_triage_known"
            ),
        ]


class IncidentRole(Setting):
    """What somebody does in an incident."""

    class RoleType(models.TextChoices):
        LEAD = "lead"
        REPORTER = "reporter"
        CUSTOM = "custom"

    shortform = models.CharField(max_length=50, blank=True)
    instructions = models.TextField(blank=True)
    role_type = models.CharField(max_length=8, choices=RoleType, default=RoleType.CUSTOM, editable=False)

    SHOWN = ("shortform", "instructions", "role_type")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="incident_role_name"),
            models.UniqueConstraint(
                fields=["workspace", "shortform"], condition=~Q(shortform=""), name="incident_role_shortform"
            ),
            models.UniqueConstraint(
                fields=["workspace", "role_type"], condition=~Q(role_type="custom"), name="incident_role_one_of_type"
            ),
            models.CheckConstraint(
                condition=Q(role_type__in=["lead", "reporter", "custom"]), name="incident_role_type_known"
            ),
        ]


class TimestampQuerySet(WorkspaceQuerySet):
    """Timestamps, as lists and incidents show them."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees; `incidents.api.rows` reads them in this order."""
        return self.values_list(Hex("id"), "name", "rank")


class IncidentTimestamp(ULIDModel):
    """A moment in the life of every incident; most are stamped when it first gets there."""

    name = models.CharField(max_length=50)
    rank = models.BigIntegerField()
    # What stamps it: `reported`, `accepted`, `resolved`, … or nothing, for those that people set.
    stamped_by = models.CharField(max_length=20, blank=True, editable=False)

    objects = TimestampQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["workspace", "rank"], name="incident_timestamp_rank")]

    def __str__(self) -> str:
        return self.name
