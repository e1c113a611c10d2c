"""OpenAPI of a dialect: its filters, its errors, its scopes, from the same declarations that serve."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from accounts.api.filters import Filter

if TYPE_CHECKING:
    from accounts.api.views import DialectView


class DialectSchema(AutoSchema):
    """Describes a `DialectView` by its own `wire` table: what each action reads, answers and is called."""

    view: DialectView  # type: ignore[override]

    def _operation(self) -> dict[str, Any]:
        name = getattr(self.view, "action", None) or self.method.lower()
        found: dict[str, Any] = getattr(self.view, "wire", {}).get(name, {})
        return found

    def get_operation_id(self) -> str:
        """The vendor's name where the view gives one."""
        return str(self._operation().get("id") or super().get_operation_id())

    def get_tags(self) -> list[str]:
        """The vendor's group: what stands before the hash."""
        name, sharp, _ = self.get_operation_id().partition("#")
        return [name] if sharp else super().get_tags()

    def map_parsers(self) -> list[Any]:
        """Bodies are JSON, whatever they call themselves."""
        return ["application/json"]

    def get_request_serializer(self) -> Any:
        """The body it reads."""
        return self._operation().get("reads")

    def get_response_serializers(self) -> Any:
        """The body it answers, and the envelope for every refusal."""
        operation = self._operation()
        refused = self.view.dialect.error_serializer
        good = {operation.get("status", 200): operation.get("answers") or OpenApiResponse(description="Done.")}
        return good | dict.fromkeys(self.view.dialect.error_statuses, refused)

    def get_override_parameters(self) -> list[Any]:
        """The filters of a list, in the vendor's order."""
        if getattr(self.view, "action", None) != "list" or not hasattr(self.view, "filterset_class"):
            return []
        return [parameter_of(chosen) for chosen in self.view.filterset_class.filters.values()]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation, with the scope it needs, unless it needs others with it."""
        operation = super().get_operation(*args, **kwargs)
        scope = self.view.scopes.get(getattr(self.view, "action", None) or "")
        if operation is not None and scope and self._operation().get("scoped", True):
            operation["x-rbac-scopes"] = [scope]
        return operation

    def is_deprecated(self) -> bool:
        """Whether upstream says so."""
        return bool(self.view.sunset)

    def _is_list_view(self, serializer: Any = None) -> bool:
        # Vendors' lists are objects with the rows inside; nothing is to be wrapped.
        return False


def enums_in_place(result: Any, **_: Any) -> Any:
    """A document whose enums stay where they are said; drawn out they would need names, which vendors do not give."""
    if isinstance(result, list):
        return [enums_in_place(part) for part in result]
    if not isinstance(result, dict):
        return result
    return {name: enums_in_place(part) for name, part in result.items() if name != "x-spec-enum-id"}


def parameter_of(chosen: Filter) -> OpenApiParameter:
    """A filter as OpenAPI has it."""
    deep = chosen.schema.get("type") == "object"
    return OpenApiParameter(
        chosen.name,
        type=dict(chosen.schema),
        location=OpenApiParameter.QUERY,
        style="deepObject" if deep else None,
        explode=True if deep else None,
    )


def describe(app: str) -> dict[str, Any]:
    """The OpenAPI document of an app, whatever door it is asked for at."""
    generator: Any = SchemaGenerator(urlconf=f"{app}.api.urls")  # type: ignore[no-untyped-call]
    document: dict[str, Any] = generator.get_schema(request=None, public=True)
    finish = getattr(import_module(f"{app}.api.urls"), "described", None)
    return finish(document) if finish else document


def root_of(app: str) -> str:
    """What stands before every path that the document of an app names."""
    return str(getattr(import_module(f"{app}.api.urls"), "ROOT", ""))
