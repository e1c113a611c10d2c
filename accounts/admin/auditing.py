"""Every change in the admin is written down, with what stood there before; and shown on the row's own history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from accounts.admin.site import HouseSite
from accounts.models import AuditEntry
from accounts.models.audit import row_key
from accounts.pages import write_down
from accounts.rules.audit import Change, difference, differences

if TYPE_CHECKING:
    from django.contrib import admin

    AdminBase = admin.ModelAdmin[Any]
else:
    AdminBase = object

MOST_SHOWN = 200


def entered(form: Any) -> Iterator[Change]:
    """What a form changed: what it showed first, and what was entered."""
    for name in form.changed_data:
        known = name in form.fields and name in form.cleaned_data
        yield difference(name, *((shown_first(form, name), form.cleaned_data[name]) if known else ("", "")))


def shown_first(form: Any, name: str) -> object:
    """What stood in a field; of a related row its name, not its key."""
    field, value = form.fields[name], form.get_initial_for_field(form.fields[name], name)
    if isinstance(field, forms.ModelChoiceField) and value and not isinstance(value, list):
        return field.queryset.model._base_manager.filter(pk=value).first() if field.queryset is not None else value
    return value


def entered_below(formset: Any) -> Iterator[Change]:
    """What was changed of the rows below a row."""
    for row, names in formset.changed_objects:
        yield f"{row._meta.verbose_name} {row}", "", f"changed {', '.join(names)}"
    for row in formset.new_objects:
        yield str(row._meta.verbose_name), "", str(row)
    for row in formset.deleted_objects:
        yield str(row._meta.verbose_name), str(row), ""


class Audited(AdminBase):
    """A ModelAdmin whose changes leave an audit entry each, whoever writes the row."""

    admin_site: HouseSite
    object_history_template = "admin/history.html"

    def note(self, request: HttpRequest, row: Model, deed: str, changes: Iterable[Change] = ()) -> None:
        """Write it down, in the transaction that did it."""
        visitor = self.admin_site.visitor(request)
        write_down(request, visitor, row, deed, changes)

    def note_press(self, request: HttpRequest, before: Any, row: Any, deed: str) -> None:
        """Somebody pressed a button: what changed is read from the row, if there is one left."""
        after = before._meta.model._base_manager.filter(pk=before.pk).first()
        self.note(request, row, deed, differences(before, after) if after else ())

    # What Django calls, which keeps a log of its own that knows no workspace and no values.

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        below = (change for formset in formsets or () for change in entered_below(formset))
        return [*entered(form), *below]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.note(request, obj, "added", message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message:
            self.note(request, obj, "changed", message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self.note(request, row, "deleted")

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What people did to a row, the latest first."""
        row = self.get_object(request, object_id)
        if row is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return gone
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        entries = AuditEntry.objects.of(self.admin_site.visitor(request).workspace).about(row)[: MOST_SHOWN + 1]
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "subtitle": None,
            "object": row,
            "opts": self.opts,
            "entries": list(entries)[:MOST_SHOWN],
            "more": len(entries) > MOST_SHOWN,
            "key": row_key(row),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
        }
        return TemplateResponse(request, self.object_history_template, context | (extra_context or {}))
