"""The admin of the house: for whoever administers the session's workspace, and about nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import resolve, reverse

from accounts.pages import Visitor, visitor_of

# What people come for stands first; what is set once stands last.
ORDER = ("incidents", "cadences", "analytics", "gamification", "actions", "accounts")
RECENT = 10
LOOKED_THROUGH = 60


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
        """Nothing by itself: log entries know no workspace; `recent` does."""
        return LogEntry.objects.none()

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {"recent": self.recent(request)} | (extra_context or {}))

    def recent(self, request: HttpRequest) -> list[LogEntry]:
        """What this person changed lately, as far as the rows lie in this workspace."""
        entries = LogEntry.objects.filter(user=request.user.pk).select_related("content_type")[:LOOKED_THROUGH]
        found = list(entries)
        seen = self.seen_rows(request, found)
        return [entry for entry in found if (entry.content_type_id, entry.object_id) in seen][:RECENT]

    def seen_rows(self, request: HttpRequest, entries: list[LogEntry]) -> set[tuple[int | None, str | None]]:
        """Which of the rows that entries tell of may be seen here; one query per noun."""
        ids: dict[Any, set[str]] = {}
        for entry in entries:
            ids.setdefault(entry.content_type, set()).add(unquote(entry.object_id or ""))
        seen: set[tuple[int | None, str | None]] = set()
        for kind, keys in ids.items():
            model = kind.model_class() if kind else None
            if model is not None and self.is_registered(model):
                rows = self.get_model_admin(model).get_queryset(request).filter(pk__in=keys)
                seen |= {(kind.pk, str(pk)) for pk in rows.values_list("pk", flat=True)}
        return seen


site = HouseSite()
