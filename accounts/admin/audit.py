"""The audit: what people changed by hand, to be searched, narrowed and taken away as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html

from accounts.admin.base import ReadOnlyAdmin
from accounts.admin.lists import PeriodFilter
from accounts.admin.site import site
from accounts.clock import real_now
from accounts.columns import rfc3339
from accounts.exporting import FORMATS
from accounts.models import AuditEntry

CHUNK = 1000
COLUMNS = ("id", "at", "login", "noun", "row_id", "row", "deed", "changes", "address", "request_id")


class RealPeriod(PeriodFilter):
    """The last days by the machine's clock, as the audit is."""

    column: ClassVar[str] = "at"

    def now(self) -> datetime:
        return real_now()


class NounFilter(admin.SimpleListFilter):
    """The nouns there are in the admin; a query for those that were changed would read the whole table."""

    title = "noun"
    parameter_name = "noun"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        nouns = [model._meta for model in model_admin.admin_site._registry]
        return sorted((noun.label_lower, f"{noun.app_label} · {noun.verbose_name}") for noun in nouns)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(noun=self.value()) if self.value() else queryset


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What people changed, the latest first; nobody changes this."""

    list_display = ["at", "login", "noun", "changed_row", "deed"]
    list_filter = [RealPeriod, NounFilter, "member"]
    search_fields = ["row_id", "request_id", "login__istartswith", "row__istartswith"]
    search_help_text = "An id, a request, or how a login or a row begins."
    fields = ["at", "login", "noun", "changed_row", "deed", "what_changed", "address", "request_id"]
    change_list_template = "admin/accounts/auditentry/change_list.html"

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/<slug:form>/", export, name="accounts_auditentry_export"), *super().get_urls()]

    def export_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """What the list shows as it is narrowed, all of it; oldest first."""
        if form not in FORMATS:
            raise Http404("There is no such format.")
        rows: Any = self.get_changelist_instance(request).get_queryset(request)
        media_type, write = FORMATS[form]
        name = f"{self.visitor(request).workspace.slug}-audit-{real_now():%Y-%m-%d}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return StreamingHttpResponse(write(COLUMNS, records(rows)), content_type=media_type, headers=headers)

    @admin.display(description="Row", ordering="row")
    def changed_row(self, row: AuditEntry) -> str:
        """As it was called then, leading to it where it has a page."""
        page = self.admin_site.page_of(row)
        return format_html('<a href="{}">{}</a>', page, row.row) if page else row.row

    @admin.display(description="What changed")
    def what_changed(self, row: AuditEntry) -> str:
        """Each column, before and after."""
        return render_to_string("admin/changes.html", {"entry": row})


def records(rows: Any) -> Iterator[list[dict[str, Any]]]:
    """Audit entries as records, by key, so that a file of any length takes the same memory."""
    values = rows.order_by("pk").values(*COLUMNS)
    chunk = list(values[:CHUNK])
    while chunk:
        yield [{**record, "at": rfc3339(record["at"]), "changes": told(record["changes"])} for record in chunk]
        chunk = list(values.filter(pk__gt=chunk[-1]["id"])[:CHUNK]) if len(chunk) == CHUNK else []


def told(changes: list[Any]) -> dict[str, Any]:
    """Changes by name."""
    return {name: {"before": before, "after": after} for name, before, after in changes}
