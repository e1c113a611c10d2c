"""The workspace itself and its clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.base import WorkspaceAdmin
from accounts.admin.buttons import Button
from accounts.admin.forms import RuleForm
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.models import ClockRun, Workspace
from accounts.models.member import member_workspaces
from accounts.rules import create_workspace, forward_clock, run_clock, stop_clock


class NewWorkspaceForm(RuleForm):
    """What a workspace begins with."""

    def apply(self, *, actor: Actor, at: datetime) -> Workspace:
        """Found it, with every app's defaults."""
        facts = self.cleaned_data
        return create_workspace(facts["slug"], name=facts["name"], time_zone=facts["time_zone"], at=at)


def may_go_on(row: Workspace) -> bool:
    """Whether a clock stands, and is not on its way already."""
    return row.clock_stopped_at is not None and not ClockRun.objects.of(row).under_way().exists()


def forward(name: str, by: timedelta) -> Button:
    """A button that forwards a clock that stands, once what falls due on the way is done."""
    return Button(
        name.replace(" ", "-"), f"Forward by {name}", f"on its way forward by {name}",
        lambda row, actor, at: forward_clock(row, by=by, actor=actor), offered=may_go_on,
    )  # fmt: skip


@admin.register(Workspace, site=site)
class WorkspaceNounAdmin(WorkspaceAdmin):
    """The session's workspace; a superuser sees all and may add one."""

    list_display = ["name", "slug", "time_zone", "clock"]
    search_fields = ["slug", "name__istartswith"]
    readonly_fields = ["slug", "clock", "way", "created_at"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "time_zone", "language", "created_at"]}),
        ("Clock", {"fields": ["clock", "way"]}),
    ]
    add_fieldsets = [(None, {"fields": ["slug", "name", "time_zone"]})]
    buttons = (
        Button(
            "stop", "Stop the clock", "standing still", lambda row, actor, at: stop_clock(row),
            offered=lambda row: row.clock_stopped_at is None,
        ),
        Button(
            "run", "Let the clock run", "running", lambda row, actor, at: run_clock(row),
            offered=lambda row: row.clock_stopped_at is not None,
        ),
        forward("an hour", timedelta(hours=1)),
        forward("a day", timedelta(days=1)),
        forward("a week", timedelta(weeks=1)),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Tenants have no tenant: hers is the one of the session, a superuser's are all."""
        visitor = self.visitor(request)
        rows = member_workspaces(visitor.user)
        return rows.order_by("slug") if visitor.user.is_superuser else rows.filter(pk=visitor.workspace.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.visitor(request).user.is_superuser

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        forms = {} if obj else {"form": NewWorkspaceForm}
        return super().get_form(request, obj, change=change, **forms, **kwargs)

    @admin.display(description="Clock")
    def clock(self, row: Workspace) -> str:
        """Where it stands, or how far ahead it runs."""
        if row.clock_stopped_at:
            return f"stopped at {row.clock_stopped_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"runs {row.clock_ahead} ahead" if row.clock_ahead else "runs with the real time"

    @admin.display(description="Last forwarded")
    def way(self, row: Workspace) -> str:
        """Where it is on its way to or went, and what came of that."""
        last = ClockRun.objects.of(row).first()
        if last is None:
            return "never"
        where = f"{last.since:%Y-%m-%d %H:%M:%S} to {last.to:%Y-%m-%d %H:%M:%S} UTC, by {last.actor_name}"
        return f"{where}: {last.state}, {last.steps} things done, {last.failures} of them failed. {last.error}"
