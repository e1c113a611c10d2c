"""The five operations most nouns of incident.io have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.lists import RowViewSet
from accounts.ids import parse_ulid
from incidents.api.dialect import IncidentDialect


class NounViewSet(RowViewSet):
    """List, show, create, update, delete; the rules are what a subclass names."""

    dialect = IncidentDialect()
    created: ClassVar[int] = 201
    deleted: ClassVar[int] = 204
    # The rules of nouns that are written: each takes what the client sent.
    make: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[[Any], None]

    def retrieve(self, request: Request, pk: str) -> Response:
        """One, its tombstone too where it leaves one."""
        return Response(self.one(parse_ulid(pk)))

    def create(self, request: Request) -> Response:
        """A new one."""
        return Response(self.one(self.make(**self.body()).pk), status=self.created)

    def update(self, request: Request, pk: str) -> Response:
        """What is given changes."""
        row = self.get_object()
        self.change(row, **self.body())
        return Response(self.one(row.pk))

    def destroy(self, request: Request, pk: str) -> Response:
        """Gone, or as good as gone."""
        self.remove(self.get_object())
        return Response(status=self.deleted)


def described(title: str, *, listing: Any, result: Any, **bodies: Any) -> dict[str, dict[str, Any]]:
    """What OpenAPI says of the operations of a noun; `bodies` are `create`, `update`, `created` and `deleted`."""
    found: dict[str, dict[str, Any]] = {
        "list": {"id": f"{title}#List", "answers": listing},
        "retrieve": {"id": f"{title}#Show", "answers": result},
    }
    if "create" in bodies:
        found["create"] = {
            "id": f"{title}#Create",
            "reads": bodies["create"],
            "answers": result,
            "status": bodies.get("created", 201),
        }
    if "update" in bodies:
        found["update"] = {"id": f"{title}#Update", "reads": bodies["update"], "answers": result}
        found["destroy"] = {"id": f"{title}#Delete", "status": bodies.get("deleted", 204)}
    return found
