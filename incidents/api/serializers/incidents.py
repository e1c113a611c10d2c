"""Incidents and their updates, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.filters import Misunderstood, read_time
from accounts.api.serializers import Body, RowId, Text, Word
from accounts.ids import parse_ulid
from accounts.models import Member
from incidents.api.serializers.common import (
    ActorSerializer,
    Int64,
    PageMetaSerializer,
    TotalPageMetaSerializer,
    UserSerializer,
)
from incidents.api.serializers.later import (
    CustomFieldEntrySerializer,
    DebriefSerializer,
    DurationSerializer,
    IssueSerializer,
    SetCustomFieldSerializer,
)
from incidents.api.serializers.settings import (
    RoleSerializer,
    SeveritySerializer,
    StatusSerializer,
    TimestampSerializer,
    TypeSerializer,
)
from incidents.models import (
    Incident,
    IncidentRole,
    IncidentStatus,
    IncidentTimestamp,
    IncidentType,
    Mode,
    Severity,
    Visibility,
)

MODES = [Mode.STANDARD, Mode.RETROSPECTIVE, Mode.TEST, Mode.TUTORIAL]


class EmbeddedRoleSerializer(RoleSerializer):
    """A role in an incident."""

    required = serializers.BooleanField(required=False)  # type: ignore[assignment]


class RoleAssignmentSerializer(Body):
    """A role, and who has it."""

    role = EmbeddedRoleSerializer()
    assignee = UserSerializer(required=False)


class TimestampValueSerializer(Body):
    """A moment."""

    value = serializers.DateTimeField(required=False)


class TimestampWithValueSerializer(Body):
    """A timestamp, and when it was."""

    incident_timestamp = TimestampSerializer()
    value = TimestampValueSerializer(required=False)


class IncidentSerializer(Body):
    """An incident."""

    id = serializers.CharField()
    reference = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(required=False)
    visibility = serializers.ChoiceField(Visibility.values)
    mode = serializers.ChoiceField(MODES)
    creator = ActorSerializer()
    incident_status = StatusSerializer()
    severity = SeveritySerializer(required=False)
    incident_type = TypeSerializer(required=False)
    incident_role_assignments = RoleAssignmentSerializer(many=True)
    incident_timestamp_values = TimestampWithValueSerializer(many=True, required=False)
    custom_field_entries = CustomFieldEntrySerializer(many=True)
    team_ids = serializers.ListField(child=serializers.CharField())
    has_debrief = serializers.BooleanField(required=False)
    debriefs = DebriefSerializer(many=True, required=False)
    duration_metrics = DurationSerializer(many=True, required=False)
    external_issue_reference = IssueSerializer(required=False)
    call_url = serializers.CharField(required=False)
    slack_team_id = serializers.CharField()
    slack_channel_id = serializers.CharField()
    slack_channel_name = serializers.CharField(required=False)
    slack_channel_url = serializers.CharField(required=False)
    ms_teams_channel_url = serializers.CharField(required=False)
    postmortem_document_ids = serializers.ListField(child=serializers.CharField(), required=False)
    postmortem_document_url = serializers.CharField(required=False)
    workload_minutes_late = serializers.FloatField(required=False)
    workload_minutes_sleeping = serializers.FloatField(required=False)
    workload_minutes_total = serializers.FloatField(required=False)
    workload_minutes_working = serializers.FloatField(required=False)
    permalink = serializers.CharField(required=False)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    last_activity_at = serializers.DateTimeField()


class IncidentPageSerializer(Body):
    """A page of incidents."""

    incidents = IncidentSerializer(many=True)
    pagination_meta = TotalPageMetaSerializer(required=False)


class IncidentResultSerializer(Body):
    """One incident."""

    incident = IncidentSerializer()


class UserReferenceSerializer(Body):
    """Somebody, by one of three names."""

    id = Text(required=False)
    email = Text(required=False)
    slack_user_id = Text(required=False)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        people = Member.objects.of_app("incidents").active().visible_to(self.context["request"].user)
        lookups = {
            "id": lambda text: people.filter(uid=parse_ulid(text)),
            "email": people.with_email,
            "slack_user_id": people.with_slack_user_id,
        }
        for name, lookup in lookups.items():
            if name in found:
                member = lookup(found[name]).first()
                if member is None:
                    raise serializers.ValidationError({name: ["There is no such user."]}, code="invalid")
                return member
        raise serializers.ValidationError("Give an id, an e-mail address or a Slack user id.", code="invalid")


class AssignRoleSerializer(Body):
    """A role for somebody; without an assignee nobody has it."""

    incident_role_id = RowId(source="role", queryset=IncidentRole.objects.all())
    assignee = UserReferenceSerializer(required=False, allow_null=True)


@extend_schema_field({"type": "string", "format": "date-time"})
class Moment(serializers.Field[Any, Any, Any, Any]):
    """A time as clients write it."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return read_time(data if isinstance(data, str) else "")[0]
        except Misunderstood as wrong:
            raise serializers.ValidationError(f"This {wrong}.", code="invalid") from wrong


class SetTimestampSerializer(Body):
    """A timestamp and its value; without one it is cleared."""

    incident_timestamp_id = RowId(source="timestamp", queryset=IncidentTimestamp.objects.all())
    value = Moment(required=False, allow_null=True)


class IncidentFieldsSerializer(Body):
    """What may be said of an incident at any time."""

    custom_field_entries = SetCustomFieldSerializer(many=True, required=False, write_only=True)
    incident_role_assignments = AssignRoleSerializer(many=True, required=False, source="roles")
    incident_status_id = RowId(source="status", queryset=IncidentStatus.objects.all(), required=False)
    incident_timestamp_values = SetTimestampSerializer(many=True, required=False, source="timestamps")
    name = Text(required=False, max_length=500)
    severity_id = RowId(source="severity", queryset=Severity.objects.all(), required=False)
    slack_channel_name_override = Text(required=False, max_length=200, source="slack_channel_name")
    summary = Text(required=False, allow_blank=True)

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """Roles and timestamps as rules take them."""
        facts = dict(attrs)
        facts.pop("custom_field_entries", None)
        if "roles" in facts:
            facts["roles"] = {given["role"]: given.get("assignee") for given in facts["roles"]}
        if "timestamps" in facts:
            facts["timestamps"] = {given["timestamp"]: given.get("value") for given in facts["timestamps"]}
        return facts


class RetrospectiveSerializer(Body):
    """What is known of an incident that is already over."""

    external_id = Int64(required=False)
    postmortem_document_url = Text(required=False, max_length=2000)
    slack_channel_id = Text(required=False, max_length=100)

    def validate_external_id(self, value: int) -> int:
        """References are counted here; one from elsewhere cannot be taken over."""
        raise serializers.ValidationError("References are given here; leave this out.", code="invalid")


class CreateIncidentSerializer(IncidentFieldsSerializer):
    """The body that creates an incident."""

    idempotency_key = Text(max_length=255)
    incident_type_id = RowId(source="type", queryset=IncidentType.objects.all(), required=False)
    mode = Word(MODES, required=False)
    retrospective_incident_options = RetrospectiveSerializer(required=False)
    slack_team_id = Text(required=False, max_length=100)
    visibility = Word(Visibility.values)

    def validate(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of the past joins the rest."""
        facts = super().validate(attrs)
        return {**facts, **facts.pop("retrospective_incident_options", {})}


class EditedIncidentSerializer(IncidentFieldsSerializer):
    """What changes."""

    call_url = Text(required=False, max_length=2000, allow_blank=True)


class EditIncidentSerializer(Body):
    """The body that edits an incident; only what is given changes."""

    incident = EditedIncidentSerializer()
    notify_incident_channel = serializers.BooleanField()


class IncidentUpdateSerializer(Body):
    """An update."""

    id = serializers.CharField()
    incident_id = serializers.CharField()
    new_incident_status = StatusSerializer()
    new_severity = SeveritySerializer(required=False)
    message = serializers.CharField(required=False)
    merged_into_incident_id = serializers.CharField(required=False)
    updater = ActorSerializer()
    created_at = serializers.DateTimeField()


class IncidentUpdatePageSerializer(Body):
    """A page of updates."""

    incident_updates = IncidentUpdateSerializer(many=True)
    pagination_meta = PageMetaSerializer(required=False)


class IncidentUpdateResultSerializer(Body):
    """One update."""

    incident_update = IncidentUpdateSerializer()


class CreateIncidentUpdateSerializer(Body):
    """The body that tells how it stands."""

    incident_id = RowId(source="incident", queryset=Incident.objects.select_related("workspace"))
    idempotency_key = Text(max_length=255)
    message = Text(required=False, allow_blank=True)
    to_incident_status_id = RowId(source="status", queryset=IncidentStatus.objects.all(), required=False)
    to_severity_id = RowId(source="severity", queryset=Severity.objects.all(), required=False)
