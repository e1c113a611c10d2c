"""What other objects are made of: people, keys, pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import Body
from incidents.roles import BASE_ROLE


class UserSerializer(Body):
    """A person as other objects show her."""

    id = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField([*sorted(BASE_ROLE.values()), "unset"])
    email = serializers.CharField(required=False)
    slack_user_id = serializers.CharField(required=False)


class NamedSerializer(Body):
    """An id and a name."""

    id = serializers.CharField()
    name = serializers.CharField()


class TeamSerializer(NamedSerializer):
    """A team, once there are any."""


class TitledSerializer(Body):
    """An id and a title."""

    id = serializers.CharField()
    title = serializers.CharField()


class ActorSerializer(Body):
    """Who made something: exactly one of the four."""

    alert = TitledSerializer(required=False)
    api_key = NamedSerializer(required=False)
    user = UserSerializer(required=False)
    workflow = NamedSerializer(required=False)


@extend_schema_field({"type": "integer", "format": "int64", "maximum": 250, "default": 25})
class PageSize(serializers.IntegerField):
    """How many rows a page may hold."""


@extend_schema_field({"type": "integer", "format": "int64"})
class Int64(serializers.IntegerField):
    """A whole number that fits into 64 bits."""

    default_error_messages = {"invalid": "Must be a whole number of at most 64 bits."}

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool) or not -(2**63) <= data < 2**63:
            self.fail("invalid")
        return super().to_internal_value(data)


class PageMetaSerializer(Body):
    """The size of a page, and where the next one starts when there may be one."""

    after = serializers.CharField(required=False)
    page_size = PageSize()


class TotalPageMetaSerializer(PageMetaSerializer):
    """The same, and how many rows there are in all, where that is worth counting."""

    total_record_count = Int64(required=False)
