"""Severities, statuses, types, roles, timestamps and users."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.lists import AfterPageMixin
from accounts.ids import parse_ulid
from accounts.models import Member
from accounts.sketches import page, sketch
from incidents import rules
from incidents.api.filters import UserFilter
from incidents.api.rows import people, settings
from incidents.api.serializers import settings as wire
from incidents.api.views.base import NounViewSet, described
from incidents.models import IncidentRole, IncidentStatus, IncidentTimestamp, IncidentType, Severity

MOST = 10_000
SETTINGS = "organisation_settings.update"
LIFECYCLES = "incident_lifecycles.update"


def writing(view: str, change: str) -> dict[str, str | None]:
    """The scopes of a setting: one to look, one to change."""
    return {"list": view, "retrieve": view, "create": change, "update": change, "destroy": change}


class SettingViewSet(NounViewSet):
    """What a workspace sets up: few rows, all at once."""

    def list(self, request: Request) -> Response:
        """All of them, by rank where they have one."""
        return Response({self.collection: sorted(self.written(page(self.rows(), MOST)), key=settings.by_rank)})

    def remove(self, row: Any) -> None:
        """Remove what no incident uses."""
        rules.delete_setting(row)


class SeverityViewSet(SettingViewSet):
    """Severities V1."""

    queryset = Severity.objects.select_related("workspace")
    noun, collection, deleted = "severity", "severities", 202
    write_row = staticmethod(settings.severity)
    scopes = writing("severities.view", SETTINGS)
    wire = described(
        "Severities V1",
        listing=wire.SeverityListSerializer,
        result=wire.SeverityResultSerializer,
        create=wire.WriteSeveritySerializer,
        update=wire.WriteSeveritySerializer,
        deleted=202,
    )

    def make(self, **facts: Any) -> Severity:
        """A new severity."""
        return rules.create_severity(self.caller.workspace, at=self.caller.workspace.tick(), **facts)

    def change(self, row: Severity, **facts: Any) -> None:
        """Call it otherwise, or move it."""
        rules.update_severity(row, at=self.caller.workspace.tick(), **facts)


class StatusViewSet(SettingViewSet):
    """Incident statuses V1."""

    queryset = IncidentStatus.objects.select_related("workspace")
    noun, collection, deleted = "incident_status", "incident_statuses", 202
    write_row = staticmethod(settings.status)
    scopes = writing("incident_statuses.view", LIFECYCLES)
    wire = described(
        "Incident Statuses V1",
        listing=wire.StatusListSerializer,
        result=wire.StatusResultSerializer,
        create=wire.CreateStatusSerializer,
        update=wire.UpdateStatusSerializer,
        deleted=202,
    )

    def make(self, **facts: Any) -> IncidentStatus:
        """A new status."""
        return rules.create_status(self.caller.workspace, at=self.caller.workspace.tick(), **facts)

    def change(self, row: IncidentStatus, **facts: Any) -> None:
        """Call it otherwise, or move it within its category."""
        rules.update_status(row, at=self.caller.workspace.tick(), **facts)


class TypeViewSet(SettingViewSet):
    """Incident types V1, to read."""

    queryset = IncidentType.objects.all()
    noun, collection = "incident_type", "incident_types"
    write_row = staticmethod(settings.incident_type)
    scopes = {"list": "incident_types.view", "retrieve": "incident_types.view"}
    wire = described("Incident Types V1", listing=wire.TypeListSerializer, result=wire.TypeResultSerializer)


class RoleViewSet(SettingViewSet):
    """Incident roles V2."""

    queryset = IncidentRole.objects.select_related("workspace")
    noun, collection = "incident_role", "incident_roles"
    write_row = staticmethod(settings.role)
    scopes = writing("incident_roles.view", SETTINGS)
    wire = described(
        "Incident Roles V2",
        listing=wire.RoleListSerializer,
        result=wire.RoleResultSerializer,
        create=wire.WriteRoleSerializer,
        update=wire.WriteRoleSerializer,
    )

    def make(self, **facts: Any) -> IncidentRole:
        """A new role."""
        return rules.create_role(self.caller.workspace, at=self.caller.workspace.tick(), **facts)

    def change(self, row: IncidentRole, **facts: Any) -> None:
        """Call it otherwise."""
        rules.update_role(row, at=self.caller.workspace.tick(), **facts)


class TimestampViewSet(SettingViewSet):
    """Incident timestamps V2, to read, with any valid key."""

    queryset = IncidentTimestamp.objects.all()
    noun, collection = "incident_timestamp", "incident_timestamps"
    write_row = staticmethod(settings.timestamp)
    wire = described(
        "Incident Timestamps V2", listing=wire.TimestampListSerializer, result=wire.TimestampResultSerializer
    )


class UserViewSet(AfterPageMixin, NounViewSet):
    """Users V2, to read: the people who use incidents."""

    queryset = Member.objects.all()
    noun, collection, column = "user", "users", "uid"
    filterset_class = UserFilter
    write_row = staticmethod(people.user)
    scopes = {"list": "users.view", "retrieve": "users.view"}
    wire = described("Users V2", listing=wire.UserListSerializer, result=wire.UserResultSerializer)

    def rows(self) -> Any:
        """Everybody who uses this app, whether she is still there or not."""
        return sketch(Member.objects.all()).visible_to(self.caller).of_app("incidents")

    def retrieve(self, request: Request, pk: str) -> Response:
        """One person."""
        return Response(self.one(parse_ulid(pk)))
