"""The operator's view of incidents and of the actions taken while they are open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin import Button, RuleForm, WorkspaceAdmin, WorkspaceForm, site, within
from accounts.callers import Actor
from incidents import rules
from incidents.api.roles import ROLES_OF_MEMBER
from incidents.models import Action, Incident, IncidentStatus, Severity

Status = Action.Status


class IncidentsAdmin(WorkspaceAdmin):
    """A noun of incidents; private ones exist only for some roles."""

    roles = ROLES_OF_MEMBER

    def is_member(self, request: HttpRequest) -> bool:
        """Whether there is somebody who can be written down as the one who did it."""
        return self.admin_site.has_permission(request) and self.visitor(request).member is not None

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """People write INC-7 and mean the number."""
        text = search_term.strip()
        return super().get_search_results(request, queryset, text[4:] if text[:4].upper() == "INC-" else text)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_member(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_member(request)


class NewIncidentForm(RuleForm):
    """What an incident begins with."""

    def apply(self, *, actor: Actor, at: datetime) -> Incident:
        """Open it."""
        return rules.open_incident(self.visitor.workspace, actor=actor, at=at, **self.cleaned_data)


@admin.register(Incident, site=site)
class IncidentAdmin(IncidentsAdmin):
    """Incidents are opened here and followed; what is done about them are their actions."""

    form = NewIncidentForm
    list_display = ["reference", "name", "status", "severity", "mode", "visibility", "created_at"]
    list_display_links = ["reference", "name"]
    list_filter = [within("id"), "status", "severity", "mode", "visibility"]
    search_fields = ["number", "id", "name__istartswith"]
    search_help_text = "A reference like INC-7, an id, or how the name begins."
    add_fields = ["name", "summary", "severity", "status", "mode", "visibility"]
    fields = [
        "reference", "name", "summary", "status", "severity", "mode", "visibility", "creator",
        "created_at", "updated_at", "last_activity_at", "ulid",
    ]  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not yet: no rule changes an incident."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else self.add_fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("status", "severity", "creator_member", "creator_key")

    def view_on_site(self, obj: Incident) -> str:
        """Its own page."""
        return reverse("incidents:incident", args=[obj.number])

    @admin.display(description="Reference", ordering="number")
    def reference(self, row: Incident) -> str:
        """As people say it."""
        return row.reference

    @admin.display(description="Opened by")
    def creator(self, row: Incident) -> str:
        """The member or the key."""
        return str(row.creator)

    @admin.display(description="ULID")
    def ulid(self, row: Incident) -> str:
        """Its id as clients read it."""
        return row.ulid


class ActionForm(RuleForm):
    """What is to be done, and by whom."""

    def apply(self, *, actor: Actor, at: datetime) -> Action:
        """Note it, or change what changed."""
        if self.instance.pk is None:
            return rules.create_action(**self.cleaned_data, actor=actor, at=at)
        return rules.update_action(self.instance, **self.changed(), actor=actor, at=at)


@admin.register(Action, site=site)
class ActionAdmin(IncidentsAdmin):
    """Actions; a deleted one is a tombstone and never changes."""

    form = ActionForm
    list_display = ["__str__", "of_incident", "status", "assignee", "completed_at", "created_at"]
    list_filter = [within("id"), "status", "assignee", "mode"]
    search_fields = ["id", "incident__number", "description__istartswith"]
    search_help_text = "An id, an incident like INC-7, or how the description begins."
    autocomplete_fields = ["incident", "assignee"]
    add_fields = ["incident", "description", "assignee"]
    fields = [
        "of_incident", "description", "assignee", "status", "completed_at",
        "creator", "created_at", "updated_at", "ulid",
    ]  # fmt: skip
    readonly_fields = ["of_incident", "status", "completed_at", "creator", "created_at", "updated_at", "ulid"]
    buttons = (
        Button(
            "complete", "Complete", "completed", rules.complete_action, many=True,
            offered=lambda row: row.status in (Status.OUTSTANDING, Status.NOT_DOING),
        ),
        Button(
            "reopen", "Reopen", "outstanding again", rules.reopen_action, many=True,
            offered=lambda row: row.status in (Status.COMPLETED, Status.NOT_DOING),
        ),
        Button(
            "decline", "Not doing", "not being done", rules.decline_action, many=True,
            offered=lambda row: row.status in (Status.COMPLETED, Status.OUTSTANDING),
        ),
        Button(
            "delete", "Delete", "deleted", rules.delete_action, danger=True, many=True,
            offered=lambda row: not row.is_deleted,
        ),
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else self.add_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("incident", "assignee", "creator_member", "creator_key")

    @admin.display(description="Incident", ordering="incident")
    def of_incident(self, row: Action) -> str:
        """Where it is done."""
        where = reverse("admin:incidents_incident_change", args=[row.incident_id])
        return format_html('<a href="{}">{}</a>', where, row.incident)

    @admin.display(description="Created by")
    def creator(self, row: Action) -> str:
        """The member or the key."""
        return str(row.creator)

    @admin.display(description="ULID")
    def ulid(self, row: Action) -> str:
        """Its id as clients read it."""
        return row.ulid


@admin.register(Severity, site=site)
class SeverityAdmin(IncidentsAdmin):
    """How bad incidents can be here."""

    form = WorkspaceForm
    list_display = ["name", "rank", "description"]
    search_fields = ["id", "name__istartswith"]
    fields = ["name", "rank", "description"]


@admin.register(IncidentStatus, site=site)
class IncidentStatusAdmin(IncidentsAdmin):
    """Where incidents can stand here."""

    form = WorkspaceForm
    list_display = ["name", "category", "rank", "description"]
    list_filter = ["category"]
    search_fields = ["id", "name__istartswith"]
    fields = ["name", "category", "rank", "description"]
