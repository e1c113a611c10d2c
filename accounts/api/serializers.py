"""Fields that read what a client wrote and nothing else: no coercion, no other workspace."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.ids import parse_ulid


class Body(serializers.Serializer[Any]):
    """The base of everything sent or answered; a typed name for DRF's own."""


@extend_schema_field({"type": "integer", "format": "int64"})
class Whole(serializers.IntegerField):
    """A whole number, declared as wide as the vendors declare theirs."""


class Text(serializers.CharField):
    """A string, kept as written; blank means nothing but white space."""

    default_error_messages = {"invalid": "Must be a string."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, str) and not data.strip() and not self.allow_blank:
            self.fail("blank")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(data)


class Word(serializers.ChoiceField):
    """One of a closed set of strings."""

    default_error_messages = {"invalid_choice": "Must be one of the documented values."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "string"})
class RowId(serializers.Field[Any, Any, Any, Any]):
    """A row named by its ULID, looked for only among those the caller may see."""

    default_error_messages = {
        "invalid": "Must be an id.",
        "unknown": "There is no such {noun}.",
    }

    def __init__(self, *, queryset: Any, column: str = "pk", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queryset, self.column = queryset, column

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        uid = parse_ulid(data)
        rows = self.queryset.all().visible_to(self.context["request"].user)
        row = rows.filter(**{self.column: uid}).first() if uid else None
        if row is None:
            self.fail("unknown", noun=rows.model._meta.verbose_name)
        return row

    def to_representation(self, value: Any) -> str:
        return str(value.ulid)
