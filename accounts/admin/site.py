"""The admin of the house: for whoever administers the session's workspace, and about nothing else."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import resolve, reverse

from accounts.admin.state import state_of
from accounts.models import AuditEntry
from accounts.pages import Visitor, visitor_of

# What people come for stands first; what is set once stands last.
ORDER = ("incidents", "cadences", "analytics", "gamification", "actions", "accounts")
RECENT = 10


class HouseSite(AdminSite):
    """One workspace at a time, the session's; a superuser may enter each."""

    site_title = "Acta"
    site_header = "Acta"
    index_title = "Admin"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Rows end by rules, which leave a trace.
        self.disable_action("delete_selected")

    def visitor(self, request: HttpRequest) -> Visitor:
        """Who is here; asked only behind `has_permission`."""
        visitor = visitor_of(request)
        if visitor is None:
            raise PermissionDenied("You belong to no workspace.")
        return visitor

    def has_permission(self, request: HttpRequest) -> bool:
        visitor = visitor_of(request)
        return visitor is not None and visitor.may_administer

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To the one login page; whoever is signed in and still stands here may not enter."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied("The admin is for owners and admins of a workspace.")
        return redirect(f"{reverse('login')}?{request.GET.urlencode()}")

    def get_urls(self) -> list[Any]:
        # `view_on_site` would look up any row of any table by its number.
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def catch_all_view(self, request: HttpRequest, url: str) -> HttpResponse:
        """Pages redirect to their slash although APIs never do."""
        if url.endswith("/") or "url" in resolve(f"{request.path_info}/").kwargs:
            raise Http404("There is no such page.")
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Apps as people look for them, nouns in the order in which they were registered."""
        apps = self._build_app_dict(request, app_label)
        return sorted(apps.values(), key=lambda app: ORDER.index(app["app_label"]))

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """Nothing: Django's own log knows no workspace; `recent` reads the audit."""
        return LogEntry.objects.none()

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        known = {"recent": self.recent(request)} | state_of(self.visitor(request).workspace)
        return super().index(request, known | (extra_context or {}))

    def recent(self, request: HttpRequest) -> list[AuditEntry]:
        """What this person changed lately in this workspace; rows that have a page here are led to."""
        visitor = self.visitor(request)
        entries = list(AuditEntry.objects.of(visitor.workspace).by_login(visitor.user.email)[:RECENT])
        for entry in entries:
            entry.page = self.page_of(entry)
        return entries

    def page_of(self, entry: AuditEntry) -> str:
        """Where the row of an audit entry is shown; empty where it is not."""
        try:
            model = apps.get_model(entry.noun)
        except (LookupError, ValueError):
            return ""
        if not entry.row_id or not self.is_registered(model):
            return ""
        return reverse(f"admin:{entry.noun.replace('.', '_')}_change", args=[quote(entry.row_id)])


site = HouseSite()
