"""Teams, and who is in which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin import Button, RuleForm, WorkspaceAdmin, site, within
from accounts.callers import Actor
from actions.admin.boards.base import MOST_LINES, below, page_of, when
from actions.models import Team, TeamMembership
from actions.rules import teams


class TeamForm(RuleForm):
    """What a team is called."""

    def apply(self, *, actor: Actor, at: datetime) -> Team:
        """Make it, or call it otherwise."""
        if self.instance.pk is None:
            return teams.create_team(self.visitor.workspace, name=self.cleaned_data["name"], at=at)
        return teams.rename_team(self.instance, name=self.cleaned_data["name"])


@admin.register(Team, site=site)
class TeamAdmin(WorkspaceAdmin):
    """Teams, with who is in them and who was."""

    form = TeamForm
    list_display = ["name", "created_at"]
    search_fields = ["id", "name__istartswith"]
    readonly_fields = ["members", "former_members", "created_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", *self.readonly_fields] if obj else ["name"]

    @admin.display(description="Members")
    def members(self, row: Team) -> SafeString | str:
        """Who is in it, the latest first."""
        return self._stays(row, current=True)

    @admin.display(description="Were in it")
    def former_members(self, row: Team) -> SafeString | str:
        """Who left, the latest first."""
        return self._stays(row, current=False)

    def _stays(self, row: Team, *, current: bool) -> SafeString | str:
        stays = row.memberships.filter(until__isnull=current).select_related("performer")[:MOST_LINES]
        lines = [(page_of(stay, stay.performer), when(stay.since), when(stay.until)) for stay in stays]
        return below(lines, "{} {} – {}")


class MembershipForm(RuleForm):
    """Who joins which team, now."""

    def apply(self, *, actor: Actor, at: datetime) -> TeamMembership:
        """She leaves the one she is in."""
        return teams.join_team(self.cleaned_data["performer"], self.cleaned_data["team"], at=at)


@admin.register(TeamMembership, site=site)
class TeamMembershipAdmin(WorkspaceAdmin):
    """Who is in which team, and was; to add one is to join."""

    form = MembershipForm
    list_display = ["performer", "team", "since", "until"]
    list_filter = [within("since"), ("until", admin.EmptyFieldListFilter)]
    list_select_related = ["performer", "team"]
    search_fields = ["performer__email", "performer__name__istartswith", "team__name__istartswith"]
    autocomplete_fields = ["performer", "team"]
    fields = ["performer", "team"]
    buttons = (
        Button(
            "leave", "Let her leave", "over",
            lambda row, actor, at: teams.leave_team(row.performer, at=at),
            lambda row: row.until is None, danger=True, many=True,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields, "since", "until"] if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)
