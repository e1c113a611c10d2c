"""What falls due: when, how often it was tried, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts import due
from accounts.admin.base import ReadOnlyAdmin
from accounts.admin.buttons import Button
from accounts.admin.lists import within
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.due.registry import jobs
from accounts.models import Due


class JobFilter(admin.SimpleListFilter):
    """The jobs there are; a query for those that are planned would read the whole table."""

    title = "job"
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(jobs)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(job=self.value()) if self.value() else queryset


def try_again(row: Due, *, actor: Actor, at: datetime) -> Due:
    """The worker looks at it again at once."""
    return due.try_again(row)


@admin.register(Due, site=site)
class DueAdmin(ReadOnlyAdmin):
    """Scheduled things, the earliest first; the worker does them."""

    list_display = ["due_at", "job", "key", "state", "attempts", "held_until", "ended_at"]
    list_display_links = ["due_at", "job"]
    list_filter = ["state", JobFilter, within("due_at")]
    search_fields = ["id", "key__istartswith"]
    search_help_text = "An id, or how a key begins."
    fields = ["job", "key", "due_at", "payload", "state", "attempts", "held_until", "error", "ended_at"]
    buttons = (
        Button(
            "try-again", "Try again now", "to be tried again now", try_again, many=True,
            offered=lambda row: row.state == Due.State.FAILED or (row.state == Due.State.WAITING and row.attempts > 0),
        ),
    )  # fmt: skip

    def may_press(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
