"""Incidents and what was told about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin import RuleForm, site, within
from accounts.callers import Actor
from incidents import rules
from incidents.admin.base import IncidentsAdmin, LookedAtAdmin
from incidents.models import Incident, IncidentUpdate


class IncidentForm(RuleForm):
    """What is known of an incident."""

    def apply(self, *, actor: Actor, at: datetime) -> Incident:
        """Open it, or edit it; an administrator may make moves that are not among the documented ones."""
        if self.instance.pk is None:
            return rules.open_incident(self.visitor.workspace, actor=actor, at=at, **self.cleaned_data)
        return rules.edit_incident(self.instance, actor=actor, at=at, forced=True, **self.changed())


@admin.register(Incident, site=site)
class IncidentAdmin(IncidentsAdmin):
    """Incidents are opened and edited here; what is done about them is their actions."""

    form = IncidentForm
    list_display = ["reference", "name", "status", "severity", "mode", "visibility", "created_at"]
    list_display_links = ["reference", "name"]
    list_filter = [within("id"), "status", "severity", "type", "mode", "visibility"]
    search_fields = ["number", "id", "name__istartswith"]
    search_help_text = "A reference like INC-7, an id, or how the name begins."
    add_fields = ("name", "summary", "severity", "status", "type", "mode", "visibility")
    fields = [
        "reference", "name", "summary", "status", "severity", "call_url", "type", "mode", "visibility",
        "people", "creator", "created_at", "updated_at", "last_activity_at", "ulid",
    ]  # fmt: skip
    readonly_fields = [
        "reference", "type", "mode", "visibility", "people", "creator",
        "created_at", "updated_at", "last_activity_at", "ulid",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("status", "severity", "type", "creator_member", "creator_key")

    def view_on_site(self, obj: Incident) -> str:
        """Its own page."""
        return reverse("incidents:incident", args=[obj.number])

    @admin.display(description="Reference", ordering="number")
    def reference(self, row: Incident) -> str:
        """As people say it."""
        return row.reference

    @admin.display(description="People")
    def people(self, row: Incident) -> str:
        """Who has which role."""
        held = row.role_assignments.select_related("role", "assignee").order_by("role")
        return ", ".join(map(str, held)) or "–"


@admin.register(IncidentUpdate, site=site)
class IncidentUpdateAdmin(LookedAtAdmin):
    """What was told, and when an incident moved."""

    list_display = ["__str__", "of_incident", "status", "severity", "created_at"]
    list_filter = [within("id"), "status", "severity"]
    search_fields = ["id", "incident__number"]
    search_help_text = "An id, or an incident like INC-7."
    fields = ["of_incident", "message", "status", "severity", "creator", "created_at", "ulid"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("incident", "status", "severity", "creator_member", "creator_key")
