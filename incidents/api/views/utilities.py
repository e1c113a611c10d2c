"""Which key this is, what is served, and what is not."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.addressing import page_url
from accounts.api.schema import describe
from accounts.api.views import DialectView, UnknownPath
from incidents.api.dialect import IncidentDialect
from incidents.api.serializers.identity import IdentitySerializer


class IdentityView(DialectView):
    """Which key this is, for anybody with a valid one."""

    dialect = IncidentDialect()
    wire = {"get": {"id": "Utilities V1#Identity", "answers": IdentitySerializer}}

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
