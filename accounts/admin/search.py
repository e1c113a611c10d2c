"""Search that both databases answer alike, from an index: exact values and beginnings, never a pattern inside."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from accounts.models.member import fold_email


def found(queryset: QuerySet[Any], names: list[str] | tuple[str, ...], text: str) -> QuerySet[Any]:
    """Rows one of whose columns is the text, or begins with it where the name ends in `__istartswith`."""
    text = text.strip()
    if not text:
        return queryset
    if "\x00" in text:
        return queryset.none()
    wanted = Q(pk__in=[])
    for name in names:
        wanted |= matching(queryset.model, name, text)
    return queryset.filter(wanted)


def matching(model: type[Model], name: str, text: str) -> Q:
    """What one column asks; a text that cannot be one of its values asks for nothing."""
    if name.endswith("__istartswith"):
        return Q(**{name: text})
    if name.endswith("email"):
        return Q(**{name: fold_email(text)})
    try:
        value = column(model, name).to_python(text)
    except ValidationError:
        return Q(pk__in=[])
    return Q(**{name: value})


def column(model: type[Model], path: str) -> Any:
    """The column at the end of a path like `wallet__performer__email`."""
    *parents, last = path.split("__")
    for parent in parents:
        model = model._meta.get_field(parent).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)
