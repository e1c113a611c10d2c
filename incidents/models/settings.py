"""What a workspace calls its severities, statuses, types, roles and timestamps."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.clock import MICROSECOND
from accounts.models import ULIDModel


class Setting(ULIDModel):
    """A noun that a workspace sets up for itself."""

    name = models.CharField(max_length=50)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

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


class IncidentTimestamp(ULIDModel):
    """A moment in the life of every incident; most are stamped when it first gets there."""

    name = models.CharField(max_length=50)
    rank = models.BigIntegerField()
    # What stamps it: `reported`, `accepted`, `resolved`, … or nothing, for those that people set.
    stamped_by = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["workspace", "rank"], name="incident_timestamp_rank")]

    def __str__(self) -> str:
        return self.name
