"""Incidents and their updates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.addressing import page_url
from accounts.api.filters import FilterSet
from accounts.api.lists import AfterPageMixin, Rows, RowViewSet
from accounts.errors import Conflict
from accounts.ids import parse_ulid
from accounts.sketches import count_to, page, sketch
from incidents import rules
from incidents.api.dialect import IncidentDialect
from incidents.api.filters import IncidentFilter, UpdateFilter
from incidents.api.rows import incidents as written
from incidents.api.serializers import incidents as wire
from incidents.models import Incident, IncidentRole, IncidentUpdate
from incidents.models.incidents import GLOBAL_ACCESS

WORTH_COUNTING = 10_000
NUMBER_LENGTH = 15
# What each property of an edit needs; a call URL that replaces another needs to destroy that too.
EDIT_SCOPES = {
    "name": "incidents.update_name",
    "slack_channel_name": "incidents.update_name",
    "summary": "incidents.update_summary",
    "severity": "incidents.update_severity",
    "status": "incidents.update_status",
    "timestamps": "incidents.update_timestamps",
    "roles": "incidents.update_role_assignments",
    "call_url": "incident_calls.create",
}


def key_of(data: Any) -> str:
    """The idempotency key of a body, if it can be one."""
    key = data.get("idempotency_key") if isinstance(data, dict) else None
    return key if isinstance(key, str) and "\x00" not in key else ""


class IncidentViewSet(AfterPageMixin, RowViewSet):
    """Incidents V2."""

    dialect = IncidentDialect()
    queryset = Incident.objects.all()
    noun, collection = "incident", "incidents"
    filterset_class = IncidentFilter
    scopes = {
        "list": "incidents.view",
        "retrieve": "incidents.view",
        "create": "incidents.create",
        "edit": "incidents.view",
    }
    wire = {
        "list": {"id": "Incidents V2#List", "answers": wire.IncidentPageSerializer},
        "retrieve": {"id": "Incidents V2#Show", "answers": wire.IncidentResultSerializer},
        "create": {
            "id": "Incidents V2#Create",
            "reads": wire.CreateIncidentSerializer,
            "answers": wire.IncidentResultSerializer,
        },
        "edit": {
            "id": "Incidents V2#Edit",
            "reads": wire.EditIncidentSerializer,
            # Each property needs a scope of its own.
            "scoped": False,
            "answers": wire.IncidentResultSerializer,
        },
    }

    def written(self, rows: Rows) -> list[dict[str, Any]]:
        return written.incidents(rows, self.caller.workspace_id, page_url(self.request, "/").rstrip("/"))

    def filtered(self, request: Request) -> tuple[Any, FilterSet]:
        filters = IncidentFilter(request.query_params)
        filters.know_roles(IncidentRole.objects.visible_to(self.caller))
        return filters.apply(self.rows()), filters

    def oldest_first(self, filters: FilterSet) -> bool:
        return isinstance(filters, IncidentFilter) and filters.oldest_first()

    def more_meta(self, rows: Any) -> dict[str, Any]:
        """How many there are in all, where that is worth counting."""
        count = count_to(rows, WORTH_COUNTING + 1)
        return {"total_record_count": count} if count <= WORTH_COUNTING else {}

    def find(self, text: str) -> UUID:
        """An incident by its ULID or by the number of its reference."""
        if text.isascii() and text.isdigit() and len(text) <= NUMBER_LENGTH:
            pk = self.get_queryset().filter(number=int(text)).values_list("pk", flat=True).first()
        else:
            pk = parse_ulid(text)
        if pk is None:
            raise NotFound("There is no such incident.")
        return UUID(int=pk.int)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One incident."""
        return Response(self.one(self.find(pk)))

    def create(self, request: Request) -> Response:
        """Open an incident, or answer with the one the same key opened."""
        first = self.opened(request.data)
        if first is None:
            first = rules.open_incident(self.caller.workspace, **self.body(), **self.doing())
        self.refuse_hidden(first)
        mine = page(sketch(Incident.objects.all()).of(self.caller.workspace).filter(pk=first.pk), 1)
        return Response({self.noun: self.written(mine)[0]})

    def opened(self, data: Any) -> Incident | None:
        """What a key opened before, whatever else the body says now."""
        key = key_of(data)
        return rules.find_opened(self.caller.workspace, key) if key else None

    def refuse_hidden(self, incident: Incident) -> None:
        """A key without global access sees the private incident it opened, and no other's."""
        shown = not incident.is_private or GLOBAL_ACCESS in self.caller.roles
        if not shown and incident.creator != self.caller.actor:
            raise Conflict("idempotency_key_taken", "This idempotency key was used for another incident.")

    def edit(self, request: Request, pk: str) -> Response:
        """Change what is given; the right to do so is asked for each property."""
        self.kwargs["pk"] = self.find(pk)
        incident = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if incident is None:
            raise NotFound("There is no such incident.")
        facts = self.body()["incident"]
        self.check_rights(incident, facts)
        rules.edit_incident(incident, **facts, **self.doing())
        return Response(self.one(incident.pk))

    def check_rights(self, incident: Incident, facts: dict[str, Any]) -> None:
        """Each changed property has its own scope."""
        needed = {EDIT_SCOPES[name] for name in facts}
        if "call_url" in facts and incident.call_url:
            needed.add("incident_calls.destroy")
        missing = sorted(scope for scope in needed if not self.caller.allows(scope))
        if missing:
            raise PermissionDenied(f"This needs {', '.join(missing)}.")

    def wire_names(self) -> dict[str, tuple[str, ...]]:
        """Rules speak of the incident's own fields, which an edit has one level down."""
        fields: Any = wire.EditedIncidentSerializer().fields
        above = ("incident",) if self.action == "edit" else ()
        return {field.source: (*above, name) for name, field in fields.items() if field.source != name}


class IncidentUpdateViewSet(AfterPageMixin, RowViewSet):
    """Incident updates V2."""

    dialect = IncidentDialect()
    queryset = IncidentUpdate.objects.all()
    noun, collection = "incident_update", "incident_updates"
    filterset_class = UpdateFilter
    scopes = {"list": "incidents.view", "create": "incident_updates.create"}
    wire = {
        "list": {"id": "Incident Updates V2#List", "answers": wire.IncidentUpdatePageSerializer},
        "create": {
            "id": "Incident Updates V2#Create",
            "reads": wire.CreateIncidentUpdateSerializer,
            "answers": wire.IncidentUpdateResultSerializer,
            "status": 201,
        },
    }

    def written(self, rows: Rows) -> list[dict[str, Any]]:
        return written.updates(rows, self.caller.workspace_id)

    def oldest_first(self, filters: FilterSet) -> bool:
        return False

    def create(self, request: Request) -> Response:
        """Tell how it stands, perhaps with a new status or severity, or answer with what the same key told."""
        if first := self.told(request.data):
            return Response(self.one(first.pk), status=201)
        facts = self.body()
        for name, scope in [("status", "incidents.update_status"), ("severity", "incidents.update_severity")]:
            if name in facts and not self.caller.allows(scope):
                raise PermissionDenied(f"This needs the scope {scope}.")
        update = rules.post_update(facts.pop("incident"), **facts, **self.doing())
        return Response(self.one(update.pk), status=201)

    def told(self, data: Any) -> IncidentUpdate | None:
        """What a key told before, whatever else the body says now."""
        key = key_of(data)
        found = rules.find_update(self.caller.workspace, key) if key else None
        if found and not self.get_queryset().filter(pk=found.pk).exists():
            raise Conflict("idempotency_key_taken", "This idempotency key was used for another update.")
        return found
