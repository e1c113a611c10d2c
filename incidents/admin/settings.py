"""What a workspace calls its severities, statuses, roles, types and moments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import Button, RuleForm, site
from accounts.callers import Actor
from incidents import rules
from incidents.admin.base import IncidentsAdmin, LookedAtAdmin
from incidents.models import IncidentRole, IncidentStatus, IncidentTimestamp, IncidentType, Setting, Severity


def delete(row: Setting, *, actor: Actor, at: datetime) -> None:
    """Remove what no incident uses; the row on the page keeps its key, to be spoken of."""
    rules.delete_setting(type(row).objects.get(pk=row.pk))


class SettingForm(RuleForm):
    """A setting, by the pair of rules of its noun."""

    create: Any
    update: Any

    def apply(self, *, actor: Actor, at: datetime) -> Setting:
        """Make it, or change what changed."""
        if self.instance.pk is None:
            made: Setting = self.create(self.visitor.workspace, at=at, **self.cleaned_data)
            return made
        changed: Setting = self.update(self.instance, at=at, **self.changed())
        return changed


class SeverityForm(SettingForm):
    """How bad it can be."""

    create, update = staticmethod(rules.create_severity), staticmethod(rules.update_severity)


class StatusForm(SettingForm):
    """Where an incident can stand."""

    create, update = staticmethod(rules.create_status), staticmethod(rules.update_status)


class RoleForm(SettingForm):
    """What somebody can do in an incident."""

    create, update = staticmethod(rules.create_role), staticmethod(rules.update_role)


class SettingAdmin(IncidentsAdmin):
    """A setting, which can go while nothing uses it."""

    search_fields = ["id", "name__istartswith"]
    buttons = (Button("delete", "Delete", "deleted", delete, danger=True),)


@admin.register(Severity, site=site)
class SeverityAdmin(SettingAdmin):
    """How bad incidents can be here."""

    form = SeverityForm
    list_display = ["name", "rank", "description"]
    fields = ["name", "rank", "description"]


@admin.register(IncidentStatus, site=site)
class IncidentStatusAdmin(SettingAdmin):
    """Where incidents can stand here; what is built in stays as it is."""

    form = StatusForm
    list_display = ["name", "category", "rank", "built_in", "description"]
    list_filter = ["category"]
    fields = ["name", "category", "rank", "description"]
    readonly_fields = ["category"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.built_in)


@admin.register(IncidentRole, site=site)
class IncidentRoleAdmin(SettingAdmin):
    """What people do in incidents here."""

    form = RoleForm
    list_display = ["name", "shortform", "role_type", "description"]
    fields = ["name", "shortform", "description", "instructions"]


@admin.register(IncidentType, site=site)
class IncidentTypeAdmin(LookedAtAdmin):
    """Kinds of incidents."""

    list_display = ["name", "is_default", "private_incidents_only", "create_in_triage", "description"]
    search_fields = ["id", "name__istartswith"]
    fields = ["name", "description", "is_default", "private_incidents_only", "create_in_triage"]


@admin.register(IncidentTimestamp, site=site)
class IncidentTimestampAdmin(LookedAtAdmin):
    """Moments in the life of incidents."""

    list_display = ["name", "rank", "stamped_by"]
    search_fields = ["id", "name__istartswith"]
    fields = ["name", "rank", "stamped_by"]
