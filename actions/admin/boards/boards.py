"""Leaderboards: made, changed, put to rest, counted again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin import Button, RuleForm, WorkspaceAdmin, site
from accounts.callers import Actor
from actions.admin.boards.base import MOST_LINES, below, page_of, read, subjects_of
from actions.amounts import POINTS
from actions.models import ActionType, Leaderboard, Team
from actions.models.wallets import CURRENCY_LENGTH
from actions.rules import boards
from actions.rules.boards import Line

MOST_CHOICES = 500


class CountingForm(RuleForm):
    """What is counted, of whom."""

    metric = forms.ChoiceField(choices=Leaderboard.Metric.choices, initial="points")
    currency = forms.CharField(max_length=CURRENCY_LENGTH, initial=POINTS, help_text="Where points count.")
    subject = forms.ChoiceField(label="Ranks", choices=Leaderboard.Subject.choices, initial="user")
    types = forms.MultipleChoiceField(label="Action types", required=False, help_text="None means all.")
    teams = forms.ModelMultipleChoiceField(Team.objects.none(), required=False, help_text="None means everybody.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workspace, board = self.visitor.workspace, self.board()
        types = ActionType.objects.of(workspace).values_list("slug", "name")[:MOST_CHOICES]
        chosen: Any = self.fields["teams"]
        chosen.queryset = Team.objects.of(workspace)
        # What a board counts already stays to be chosen, whatever became of the type.
        slugs = dict(types) | {slug: slug for slug in (board.types if board else []) if slug not in dict(types)}
        self.fields["types"].choices = list(slugs.items())  # type: ignore[attr-defined]
        if board:
            for name in ("metric", "currency", "subject", "types"):
                self.initial[name] = getattr(board, name)
            self.initial["teams"] = list(board.teams.values_list("team", flat=True))

    def board(self) -> Leaderboard | None:
        """The board that is changed here, if there is one yet."""
        return self.instance if self.instance.pk else None


class BoardForm(CountingForm):
    """A board of its own."""

    def apply(self, *, actor: Actor, at: datetime) -> Leaderboard:
        """Make it, or change what changed."""
        if self.instance.pk is None:
            return boards.create_board(self.visitor.workspace, at=at, **self.cleaned_data)
        return boards.change_board(self.instance, at=at, **self.changed())


@admin.register(Leaderboard, site=site)
class LeaderboardAdmin(WorkspaceAdmin):
    """Boards; those of competitions are shown there."""

    form = BoardForm
    list_display = ["name", "slug", "metric", "currency", "subject", "window", "active", "state"]
    list_filter = ["active", "metric"]
    search_fields = ["id", "slug", "name__istartswith"]
    fields_said = ["name", "slug", "metric", "currency", "types", "teams", "subject", "window"]
    readonly_fields = ["active", "state", "ahead", "created_at"]
    buttons = (
        Button(
            "rest", "Put to rest", "at rest", lambda row, actor, at: boards.deactivate_board(row, at=at),
            lambda row: row.active, danger=True, many=True,
        ),
        Button(
            "wake", "Let it count", "counting", lambda row, actor, at: boards.activate_board(row, at=at),
            lambda row: not row.active, many=True,
        ),
        Button(
            "recount", "Count again", "counted again", lambda row, actor, at: boards.recount(row, at=at),
            lambda row: row.active,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields_said, *self.readonly_fields] if obj else self.fields_said

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.public()

    @admin.display(description="State")
    def state(self, row: Leaderboard) -> str:
        """Whether it is whole."""
        done = boards.progress(row)
        return f"{done} % counted again" if done is not None else "up to date" if row.active else "at rest"

    @admin.display(description="Who is ahead")
    def ahead(self, row: Leaderboard) -> SafeString | str:
        """The first lines as of now."""
        its = boards.standings(row, now=row.workspace.now())
        return lines_of(its.subject, its.page(1, MOST_LINES).lines)


def lines_of(kind: str, lines: list[Line]) -> SafeString | str:
    """Lines of a board."""
    names = subjects_of(kind, [line.subject for line in lines])
    shown = [(line.rank, page_of(names[line.subject]), read(line.score)) for line in lines if line.subject in names]
    return below(shown, "{}. {} {}", nothing="Nobody yet.")
