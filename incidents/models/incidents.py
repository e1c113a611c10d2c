"""Incidents."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.clock import MICROSECOND
from accounts.columns import Hex, Rfc3339
from accounts.models import Key, Member, ULIDModel, WorkspaceModel, WorkspaceQuerySet
from incidents.models.querysets import PeriodQuerySet, person
from incidents.models.settings import IncidentRole, IncidentStatus, IncidentTimestamp, IncidentType, Severity

if TYPE_CHECKING:
    from accounts.callers import Actor, Caller

GLOBAL_ACCESS = "global_access"


class Mode(models.TextChoices):
    """What an incident is for; tests and tutorials are left out of lists unless asked for."""

    STANDARD = "standard"
    RETROSPECTIVE = "retrospective"
    TEST = "test"
    TUTORIAL = "tutorial"
    STREAM = "stream"


class Visibility(models.TextChoices):
    """Who may know of an incident."""

    PUBLIC = "public"
    PRIVATE = "private"


REAL_MODES = (Mode.STANDARD, Mode.RETROSPECTIVE)


class Created(models.Model):
    """Who made a row: a member or a key, never both."""

    creator_member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, editable=False, related_name="+", db_index=False
    )
    creator_key = models.ForeignKey(
        Key, models.PROTECT, null=True, blank=True, editable=False, related_name="+", db_index=False
    )

    class Meta:
        abstract = True

    @property
    def creator(self) -> Member | Key | None:
        """Who made it."""
        return self.creator_member or self.creator_key

    def created_by(self, actor: Actor) -> None:
        """Remember who made it."""
        self.creator_key = actor if isinstance(actor, Key) else None
        self.creator_member = actor if isinstance(actor, Member) else None


def one_creator(name: str) -> models.CheckConstraint:
    """A row was made by a member or by a key."""
    by_member = Q(creator_member__isnull=False, creator_key__isnull=True)
    by_key = Q(creator_member__isnull=True, creator_key__isnull=False)
    return models.CheckConstraint(condition=by_member | by_key, name=name)


# Left out where they are empty.
OPTIONAL_TEXTS = ("summary", "call_url", "slack_channel_name", "postmortem_document_url")


class IncidentQuerySet(PeriodQuerySet):
    """Questions about incidents."""

    def visible_to(self, caller: Caller) -> Self:
        """Private incidents do not exist for a caller without global access."""
        rows = super().visible_to(caller)
        return rows if GLOBAL_ACCESS in caller.roles else rows.filter(visibility=Visibility.PUBLIC)

    def newest(self) -> Self:
        """The latest first."""
        return self.order_by("-id")

    def real(self) -> Self:
        """Those that really happened: the default of every list."""
        return self.filter(mode__in=REAL_MODES)

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `incidents.api.rows` reads them in this order."""
        return self.values_list(
            Hex("id"),
            "number",
            "name",
            "visibility",
            "mode",
            Rfc3339("created_at"),
            Rfc3339("updated_at"),
            Rfc3339("last_activity_at"),
            Hex("status_id"),
            Hex("severity_id"),
            Hex("type_id"),
            "slack_team_id",
            "slack_channel_id",
            *OPTIONAL_TEXTS,
            *person("creator_member"),
            Hex("creator_key__uid"),
            "creator_key__name",
        )


class Incident(Created, ULIDModel):
    """Something that went wrong, its people and what is being done about it."""

    number = models.PositiveBigIntegerField(editable=False)
    name = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    mode = models.CharField(max_length=13, choices=Mode, default=Mode.STANDARD)
    visibility = models.CharField(max_length=7, choices=Visibility, default=Visibility.PUBLIC)
    status = models.ForeignKey(IncidentStatus, models.PROTECT, related_name="+", db_index=False)
    severity = models.ForeignKey(Severity, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", db_index=False)
    call_url = models.CharField(max_length=2000, blank=True)
    slack_team_id = models.CharField(max_length=100, blank=True)
    slack_channel_id = models.CharField(max_length=100, blank=True)
    slack_channel_name = models.CharField(max_length=200, blank=True)
    postmortem_document_url = models.CharField(max_length=2000, blank=True)
    idempotency_key = models.CharField(max_length=255, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    last_activity_at = models.DateTimeField(editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="incident_number"),
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="incident_idempotency_key"),
            models.CheckConstraint(
                condition=Q(mode__in=["standard", "retrospective", "test", "tutorial", "stream"]),
                name="incident_mode_known",
            ),
            models.CheckConstraint(condition=Q(visibility__in=["public", "private"]), name="incident_visibility_known"),
            one_creator("incident_creator"),
        ]
        indexes = [
            models.Index(fields=["workspace", "id"], name="incident_id"),
            models.Index(fields=["workspace", "status", "id"], name="incident_status"),
            models.Index(fields=["workspace", "severity", "id"], name="incident_severity"),
            models.Index(fields=["workspace", "type", "id"], name="incident_type"),
            models.Index(fields=["workspace", "mode", "id"], name="incident_mode"),
            models.Index(fields=["workspace", "updated_at", "id"], name="incident_updated_at"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def reference(self) -> str:
        """Its number as people say it."""
        return f"INC-{self.number}"

    @property
    def is_private(self) -> bool:
        """Whether only some may know of it."""
        return self.visibility == Visibility.PRIVATE

    def touch(self, at: datetime) -> None:
        """Date a change: later than the last, whatever the clock says."""
        self.updated_at = max(at, self.updated_at + MICROSECOND)
        self.last_activity_at = max(self.last_activity_at, self.updated_at)


class RoleAssignmentQuerySet(WorkspaceQuerySet):
    """Questions about who has which role."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns an incident shows; `incidents.api.rows` reads them in this order."""
        return self.values_list(Hex("incident_id"), Hex("role_id"), *person("assignee"))


class RoleAssignment(WorkspaceModel):
    """Who has a role in an incident."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="role_assignments", db_index=False)
    role = models.ForeignKey(IncidentRole, models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "incident", "role"], name="role_assignment_once")]
        indexes = [models.Index(fields=["workspace", "role", "assignee", "incident"], name="role_assignment_who")]

    def __str__(self) -> str:
        return f"{self.role}: {self.assignee}"


class TimestampValueQuerySet(WorkspaceQuerySet):
    """Questions about when what was."""

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns an incident shows; `incidents.api.rows` reads them in this order."""
        return self.values_list(Hex("incident_id"), Hex("timestamp_id"), Rfc3339("value"))


class TimestampValue(WorkspaceModel):
    """When an incident got somewhere."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timestamp_values", db_index=False)
    timestamp = models.ForeignKey(IncidentTimestamp, models.PROTECT, related_name="+", db_index=False)
    value = models.DateTimeField()

    objects = TimestampValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "incident", "timestamp"], name="timestamp_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.timestamp}: {self.value:%Y-%m-%d %H:%M:%S}Z"


class IncidentUpdateQuerySet(WorkspaceQuerySet):
    """Questions about updates."""

    def visible_to(self, caller: Caller) -> Self:
        """Updates of private incidents do not exist for a caller without global access."""
        rows = super().visible_to(caller)
        if GLOBAL_ACCESS in caller.roles:
            return rows
        return rows.filter(incident__visibility=Visibility.PUBLIC)

    def of_incident(self, incident: UUID) -> Self:
        """Updates of one incident."""
        return self.filter(incident=incident)

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `incidents.api.rows` reads them in this order."""
        return self.values_list(
            Hex("id"),
            Hex("incident_id"),
            Hex("status_id"),
            Hex("severity_id"),
            "message",
            Rfc3339("created_at"),
            *person("creator_member"),
            Hex("creator_key__uid"),
            "creator_key__name",
        )


class IncidentUpdate(Created, ULIDModel):
    """A status or severity that changed, or a message to everybody."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="updates", db_index=False)
    status = models.ForeignKey(IncidentStatus, models.PROTECT, related_name="+", db_index=False)
    severity = models.ForeignKey(Severity, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    message = models.TextField(blank=True)
    idempotency_key = models.CharField(max_length=255, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = IncidentUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="incident_update_idempotency_key"),
            one_creator("incident_update_creator"),
        ]
        indexes = [
            models.Index(fields=["workspace", "id"], name="incident_update_id"),
            models.Index(fields=["workspace", "incident", "id"], name="incident_update_incident"),
        ]

    def __str__(self) -> str:
        return self.message or f"{self.incident.reference}: {self.status}"
