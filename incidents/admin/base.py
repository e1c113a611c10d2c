"""What the admin of every noun of incidents has in common."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin import WorkspaceAdmin
from incidents.roles import ROLES_OF_MEMBER


class IncidentsAdmin(WorkspaceAdmin):
    """A noun of incidents; private ones exist only for some roles, and whoever acts is a member."""

    roles = ROLES_OF_MEMBER
    # Columns of a new row, where they are not those of an old one.
    add_fields: tuple[str, ...] = ()

    def is_member(self, request: HttpRequest) -> bool:
        """Whether there is somebody who can be written down as the one who did it."""
        return self.admin_site.has_permission(request) and self.visitor(request).member is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_member(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_member(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.add_fields if self.add_fields and obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """People write INC-7 and mean the number."""
        text = search_term.strip()
        return super().get_search_results(request, queryset, text[4:] if text[:4].upper() == "INC-" else text)

    @admin.display(description="Incident", ordering="incident")
    def of_incident(self, row: Any) -> str:
        """Where it belongs."""
        where = reverse("admin:incidents_incident_change", args=[row.incident_id])
        return format_html('<a href="{}">{}</a>', where, row.incident)

    @admin.display(description="Created by")
    def creator(self, row: Any) -> str:
        """The member or the key."""
        return str(row.creator)

    @admin.display(description="ULID")
    def ulid(self, row: Any) -> str:
        """Its id as clients read it."""
        return str(row.ulid)


class LookedAtAdmin(IncidentsAdmin):
    """A noun without rules for people."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
