"""What other objects may show once a workspace has it: custom fields, debriefs, durations, issues elsewhere, teams."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import Body, Text
from incidents.api.serializers.common import Int64, NamedSerializer

FIELD_TYPES = ["single_select", "multi_select", "text", "link", "numeric"]
_PROVIDERS = """
    asana azure_devops click_up freshservice linear jira salesforce jira_server github gitlab service_now shortcut
    notion
"""
PROVIDERS = _PROVIDERS.split()


class IssueV1Serializer(Body):
    """An issue in somebody else's tracker, as V1 has it."""

    provider = serializers.ChoiceField(PROVIDERS, required=False)
    issue_name = serializers.CharField(required=False)
    issue_permalink = serializers.CharField(required=False)


class IssueSerializer(Body):
    """An issue in somebody else's tracker."""

    provider = serializers.ChoiceField(PROVIDERS)
    issue_name = serializers.CharField()
    issue_permalink = serializers.CharField()


class RankedSerializer(NamedSerializer):
    """A priority or a category of follow-ups."""

    rank = Int64()
    description = serializers.CharField(required=False)


class DebriefSerializer(Body):
    """A meeting about an incident."""

    id = serializers.CharField()
    start_at = serializers.DateTimeField()
    end_at = serializers.DateTimeField()


class DurationSerializer(Body):
    """How long something took."""

    duration_metric = NamedSerializer()
    status = serializers.ChoiceField(["success", "timestamps_missing", "calculating", "invalid_timestamps"])
    value_seconds = Int64(required=False)


@extend_schema_field({"type": "integer", "format": "int64", "default": 1000})
class SortKey(serializers.IntegerField):
    """Where an option stands among the others."""


class OptionSerializer(Body):
    """An option of a custom field."""

    id = serializers.CharField()
    custom_field_id = serializers.CharField()
    value = serializers.CharField()
    sort_key = SortKey()


class CustomFieldSerializer(Body):
    """A custom field."""

    id = serializers.CharField()
    name = serializers.CharField(max_length=50)
    description = serializers.CharField()
    field_type = serializers.ChoiceField(FIELD_TYPES)
    options = OptionSerializer(many=True)


class CatalogEntrySerializer(NamedSerializer):
    """An entry of the catalog."""

    aliases = serializers.ListField(child=serializers.CharField(), required=False)
    external_id = serializers.CharField(required=False)


class CustomFieldValueSerializer(Body):
    """A value of a custom field; exactly one of these."""

    value_catalog_entry = CatalogEntrySerializer(required=False)
    value_link = serializers.CharField(required=False)
    value_numeric = serializers.CharField(required=False)
    value_option = OptionSerializer(required=False)
    value_text = serializers.CharField(required=False)


class CustomFieldEntrySerializer(Body):
    """A custom field and its values."""

    custom_field = CustomFieldSerializer()
    values = CustomFieldValueSerializer(many=True)


class GivenValueSerializer(Body):
    """A value of a custom field, as clients give it."""

    id = Text(required=False)
    value_catalog_entry_id = Text(required=False)
    value_link = Text(required=False)
    value_numeric = Text(required=False)
    value_option_id = Text(required=False)
    value_text = Text(required=False)
    value_timestamp = Text(required=False)


class SetCustomFieldSerializer(Body):
    """A custom field and its values; no workspace has any yet."""

    custom_field_id = Text()
    values = GivenValueSerializer(many=True)

    def validate_custom_field_id(self, value: str) -> str:
        """Whatever is given names nothing."""
        raise serializers.ValidationError("There is no such custom field.", code="invalid")
