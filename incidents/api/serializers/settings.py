"""Severities, statuses, types, roles, timestamps and users, field by field."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Body, Text, Word
from incidents.api.serializers.common import Int64, PageMetaSerializer, UserSerializer
from incidents.models import IncidentRole, IncidentStatus, IncidentType


class SettingSerializer(Body):
    """What every setting shows."""

    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class SeveritySerializer(SettingSerializer):
    """A severity."""

    name = serializers.CharField(max_length=50)
    rank = Int64()


class StatusSerializer(SettingSerializer):
    """A status."""

    rank = Int64()
    category = serializers.ChoiceField(IncidentStatus.Category.values)


class TypeSerializer(SettingSerializer):
    """A type."""

    is_default = serializers.BooleanField()
    private_incidents_only = serializers.BooleanField()
    create_in_triage = serializers.ChoiceField(IncidentType.CreateInTriage.values)


class OwnedTypeSerializer(TypeSerializer):
    """A type, and whose it is."""

    owning_team_ids = serializers.ListField(child=serializers.CharField(), required=False)


class RoleSerializer(SettingSerializer):
    """A role."""

    name = serializers.CharField(min_length=1)
    description = serializers.CharField(min_length=1)
    shortform = serializers.CharField()
    instructions = serializers.CharField()
    role_type = serializers.ChoiceField(IncidentRole.RoleType.values)


class TimestampSerializer(Body):
    """A timestamp."""

    id = serializers.CharField()
    name = serializers.CharField()
    rank = Int64()


class SeverityListSerializer(Body):
    """All severities."""

    severities = SeveritySerializer(many=True)


class SeverityResultSerializer(Body):
    """One severity."""

    severity = SeveritySerializer()


class StatusListSerializer(Body):
    """All statuses."""

    incident_statuses = StatusSerializer(many=True)


class StatusResultSerializer(Body):
    """One status."""

    incident_status = StatusSerializer()


class TypeListSerializer(Body):
    """All types."""

    incident_types = OwnedTypeSerializer(many=True)


class TypeResultSerializer(Body):
    """One type."""

    incident_type = OwnedTypeSerializer()


class RoleListSerializer(Body):
    """All roles."""

    incident_roles = RoleSerializer(many=True)


class RoleResultSerializer(Body):
    """One role."""

    incident_role = RoleSerializer()


class TimestampListSerializer(Body):
    """All timestamps."""

    incident_timestamps = TimestampSerializer(many=True)


class TimestampResultSerializer(Body):
    """One timestamp."""

    incident_timestamp = TimestampSerializer()


class WriteSeveritySerializer(Body):
    """The body that creates or updates a severity."""

    name = Text(max_length=50)
    description = Text(allow_blank=True)
    rank = Int64(required=False)


class UpdateStatusSerializer(Body):
    """The body that updates a status; its category stays."""

    name = Text(max_length=50)
    description = Text(allow_blank=True)
    rank = Int64(required=False)


class CreateStatusSerializer(UpdateStatusSerializer):
    """The body that creates a status."""

    category = Word(["live", "learning", "closed"])


class WriteRoleSerializer(Body):
    """The body that creates or updates a role."""

    name = Text(max_length=50, min_length=1)
    shortform = Text(max_length=50, allow_blank=True)
    description = Text(min_length=1)
    instructions = Text(allow_blank=True)


class BaseRoleSerializer(Body):
    """A role in the organisation."""

    id = serializers.CharField()
    name = serializers.CharField()
    slug = serializers.CharField()
    description = serializers.CharField(required=False)


class SeatsSerializer(Body):
    """What a person pays for."""

    on_call = serializers.ChoiceField(["full_access", "viewer_only", "none"])
    response = serializers.ChoiceField(["full_access", "viewer_only", "none"])


class UserWithRolesSerializer(UserSerializer):
    """A person in the list of people."""

    base_role = BaseRoleSerializer()
    custom_roles = BaseRoleSerializer(many=True)
    seats = SeatsSerializer()
    is_active = serializers.BooleanField()


class UserListSerializer(Body):
    """A page of people."""

    users = UserWithRolesSerializer(many=True)
    pagination_meta = PageMetaSerializer()


class UserResultSerializer(Body):
    """One person."""

    user = UserWithRolesSerializer()
