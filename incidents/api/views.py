"""incident.io's endpoints."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.addressing import page_url
from accounts.api.lists import AfterPageMixin, RowViewSet, StreamMixin
from accounts.api.schema import describe
from accounts.api.views import DialectView, UnknownPath
from accounts.ids import parse_ulid
from incidents import rules
from incidents.api import rows
from incidents.api import serializers as wire
from incidents.api.dialect import IncidentDialect
from incidents.api.filters import ActionFilterV2, ActionFilterV3
from incidents.models import Action


class ActionViewSet(RowViewSet):
    """Actions, the same rows in every version."""

    dialect = IncidentDialect()
    queryset = Action.objects.all()
    noun, collection = "action", "actions"
    write_row = staticmethod(rows.action)
    scopes = {
        "list": "actions.view",
        "retrieve": "actions.view",
        "create": "actions.create",
        "update": "actions.update",
        "destroy": "actions.destroy",
    }

    def retrieve(self, request: Request, pk: str) -> Response:
        """One action, its tombstone too."""
        return Response(self.one(parse_ulid(pk)))

    def create(self, request: Request) -> Response:
        """Note something to do."""
        caller, body = self.caller, self.body()
        action = rules.create_action(**body, actor=caller.actor, at=caller.workspace.tick())
        return Response(self.one(action.pk), status=201)

    def update(self, request: Request, pk: str) -> Response:
        """Describe, assign, complete, reopen or decline an action."""
        action, caller, body = self.get_object(), self.caller, self.body()
        rules.update_action(action, **body, actor=caller.actor, at=caller.workspace.tick())
        return Response(self.one(action.pk))

    def destroy(self, request: Request, pk: str) -> Response:
        """Leave only a tombstone."""
        caller = self.caller
        rules.delete_action(self.get_object(), actor=caller.actor, at=caller.workspace.tick())
        return Response(status=204)


def described(version: str, listing: Any) -> dict[str, dict[str, Any]]:
    """What OpenAPI says of the five operations of a version."""
    name = f"Actions {version.upper()}"
    return {
        "list": {"id": f"{name}#List", "answers": listing},
        "retrieve": {"id": f"{name}#Show", "answers": wire.ActionResultSerializer},
        "create": {
            "id": f"{name}#Create",
            "reads": wire.CreateActionSerializer,
            "answers": wire.ActionResultSerializer,
            "status": 201,
        },
        "update": {
            "id": f"{name}#Update",
            "reads": wire.UpdateActionSerializer,
            "answers": wire.ActionResultSerializer,
        },
        "destroy": {"id": f"{name}#Delete", "status": 204},
    }


class ActionV2ViewSet(StreamMixin, ActionViewSet):
    """Actions V2: everything at once; upstream switches it off on 31 December 2026, here it stays."""

    filterset_class = ActionFilterV2
    sunset = "Thu, 31 Dec 2026 00:00:00 GMT"
    wire = described("v2", wire.ActionListSerializer)


class ActionV3ViewSet(AfterPageMixin, ActionViewSet):
    """Actions V3: pages and time ranges."""

    filterset_class = ActionFilterV3
    wire = described("v3", wire.ActionPageSerializer)


class IdentityView(DialectView):
    """Which key this is, for anybody with a valid one."""

    dialect = IncidentDialect()
    wire = {"get": {"id": "Utilities V1#Identity", "answers": wire.IdentitySerializer}}

    def get(self, request: Request) -> Response:
        """Name, roles and where to find the dashboard."""
        caller = self.caller
        identity = {
            "name": str(caller.key or caller.member),
            "roles": sorted(caller.roles),
            "dashboard_url": page_url(request, "/"),
            "teams": [],
            "team_roles": [],
        }
        return Response({"identity": identity})


class DescriptionView(DialectView):
    """What this server serves, in OpenAPI."""

    dialect = IncidentDialect()
    wire = {"get": {"id": "Utilities V1#OpenAPIV3", "answers": OpenApiTypes.BINARY}}

    def get(self, request: Request) -> Response:
        """The document."""
        return Response(describe("incidents"))


class Unknown(UnknownPath):
    """An unknown path, refused as incident.io refuses."""

    dialect = IncidentDialect()
