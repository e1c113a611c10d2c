"""Who is ahead: leaderboards, competitions, and the list of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.pages import Visitor, for_people_of
from actions.models import Competition, Leaderboard, Performer, Team
from actions.models.boards import WINDOWS
from actions.rules.boards import Line, Standings, standings
from actions.rules.boards.windows import CUSTOM, beginning
from actions.views.filters import Day
from actions.views.performers import one_of

SIZE = 50
# Nobody reads further; whoever wants all of it has the API.
LAST_PAGE = 200
NEIGHBOURS = 2
LISTED = 100


@dataclass(frozen=True)
class Place:
    """A line of a board, with the name of whom it is about."""

    line: Line
    name: str
    subject: str
    is_mine: bool

    @property
    def rose(self) -> int:
        """Ranks she rose since the window before; nothing where that is not known."""
        return max(self.line.delta or 0, 0)

    @property
    def fell(self) -> int:
        """Ranks she fell."""
        return max(-(self.line.delta or 0), 0)


class Asked(forms.Form):
    """Which span of time, and which page of it."""

    window = forms.ChoiceField(choices=[(word, word) for word in (*WINDOWS, CUSTOM)], required=False)
    since = Day(label="From", required=False)
    until = Day(label="To", required=False)
    page = forms.IntegerField(min_value=1, max_value=LAST_PAGE, required=False)

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        since, until = facts.get("since"), facts.get("until")
        if facts.get("window") == CUSTOM and not (since or until):
            self.add_error("since", "Name a first day, or a last.")
        if since and until and since > until:
            self.add_error("until", "It ends before it begins.")
        return facts

    def span(self, board: Leaderboard) -> dict[str, Any]:
        """The window, as boards are asked for one; with days of its own."""
        facts, zone = self.cleaned_data, board.workspace.zone
        if facts["window"] != CUSTOM:
            return {"window": facts["window"] or None}
        ends = {"since": facts["since"], "until": facts["until"] and facts["until"] + timedelta(days=1)}
        return {"window": CUSTOM} | {name: beginning(day, zone) for name, day in ends.items() if day}


def named(lines: list[Line], subject: str, mine: int | None) -> list[Place]:
    """Lines with names, looked up at once."""
    model = Team if subject == Leaderboard.Subject.TEAM else Performer
    names = {row.pk: str(row) for row in model.objects.filter(pk__in=[line.subject for line in lines])}
    return [Place(line, names.get(line.subject, "–"), subject, line.subject == mine) for line in lines]


def own_subject(visitor: Visitor, subject: str) -> int | None:
    """Whom the visitor looks for on a board: herself, or her team."""
    me = Performer.objects.of_member(visitor.member).first() if visitor.member else None
    if me is None or subject == Leaderboard.Subject.USER:
        return me.pk if me else None
    stay = me.memberships.current().first()
    return stay.team_id if stay else None


def board_context(visitor: Visitor, board: Leaderboard, form: Asked, **asked: Any) -> dict[str, Any]:
    """What a page of a board shows: its lines, and where the visitor stands if she is on another page."""
    said: Standings = standings(board, now=visitor.workspace.now(), **asked)
    number = form.cleaned_data["page"] or 1
    page, mine = said.page(number, SIZE), own_subject(visitor, said.subject)
    lines = named(page.lines, page.subject, mine)
    elsewhere = mine is not None and not any(place.is_mine for place in lines)
    around = said.around(mine, NEIGHBOURS) if elsewhere and mine is not None else None
    near = [*around.above, around.line, *around.below] if around else []
    return {
        "visitor": visitor,
        "zone": visitor.workspace.zone,
        "board": board,
        "form": form,
        "span": page.span,
        "last_day": page.span.end and page.span.end - timedelta(days=1),
        "places": lines,
        "near": named(near, page.subject, mine),
        "page": number,
        "following": number + 1 if page.more and number < LAST_PAGE else None,
        "previous": number - 1 if number > 1 else None,
        "in_points": board.metric == Leaderboard.Metric.POINTS,
    }


@require_safe
@for_people_of("actions")
def leaderboards(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every board and every competition."""
    rows = Leaderboard.objects.of(visitor.workspace).active().public().order_by("name", "pk")
    races = Competition.objects.of(visitor.workspace).exclude(status=Competition.Status.DRAFT)
    context = {"boards": rows[:LISTED], "competitions": races[:LISTED], "zone": visitor.workspace.zone}
    return render(request, "actions/leaderboards.html", context)


@require_safe
@for_people_of("actions")
def leaderboard(request: HttpRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """One board, in its own window or another."""
    rows = Leaderboard.objects.of(visitor.workspace).public().select_related("workspace")
    board: Leaderboard | None = rows.filter(slug=slug, active=True).first()
    if board is None:
        raise Http404("There is no such leaderboard.")
    form = Asked(request.GET)
    if not form.is_valid():
        context = {"board": board, "form": form, "windows": WINDOWS, "zone": visitor.workspace.zone}
        return render(request, "actions/leaderboard.html", context, status=400)
    context = board_context(visitor, board, form, **form.span(board))
    window = form.cleaned_data["window"] or board.window
    return render(request, "actions/leaderboard.html", context | {"windows": WINDOWS, "window": window})


@require_safe
@for_people_of("actions")
def competition(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    """A competition: when, for what, and how it stands or ended."""
    rows = Competition.objects.of(visitor.workspace).exclude(status=Competition.Status.DRAFT)
    row: Competition = one_of(rows.select_related("board__workspace", "workspace"), pk)
    form = Asked({"page": request.GET.get("page", "")})
    if not form.is_valid():
        raise Http404("There is no such page of it.")
    context = board_context(visitor, row.board, form)
    context |= {"competition": row, "prizes": row.prizes.order_by("rank_from")[:LISTED]}
    return render(request, "actions/competition.html", context)
