"""Who did it: a performer, and a team."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.pages import Visitor, for_people_of
from actions.models import Action, DailyTotal, Performer, Team, TeamMembership, Wallet
from actions.views.lines import lines
from actions.views.plots import of_performer, plot

RECENT = 20
# A page of people; a larger team has its board.
MOST_MEMBERS = 200


def one_of(rows: Any, pk: int) -> Any:
    """A row of this workspace."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404("There is nobody and nothing of that number here.")
    return row


@require_safe
@for_people_of("actions")
def performer(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    """Somebody: what she has, what she did lately, and her points over time."""
    rows = Performer.objects.of(visitor.workspace).select_related("member", "enroller")
    row: Performer = one_of(rows, pk)
    totals = of_performer(visitor.workspace, row.pk)
    stays = TeamMembership.objects.of(visitor.workspace).filter(performer=row).current().select_related("team")
    facts = Action.objects.by_performer(row).newest()[:RECENT]
    context = {
        "visitor": visitor,
        "zone": visitor.workspace.zone,
        "performer": row,
        "done": totals.filter(currency="").aggregate(sum=Sum("actions"))["sum"] or 0,
        "wallets": Wallet.objects.of(visitor.workspace).filter(performer=row).order_by("currency"),
        "stay": stays.first(),
        "plot": plot(totals, today(visitor)),
        "lines": lines(facts, visitor),
    }
    return render(request, "actions/performer.html", context)


def today(visitor: Visitor) -> Any:
    """The day it is in the workspace."""
    return visitor.workspace.now().astimezone(visitor.workspace.zone).date()


@require_safe
@for_people_of("actions")
def team(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    """A team: who is in it, and what its people earned for it."""
    row: Team = one_of(Team.objects.of(visitor.workspace), pk)
    stays = TeamMembership.objects.of(visitor.workspace).filter(team=row)
    # By those who were ever in it: totals are indexed by performer.
    totals = DailyTotal.objects.of(visitor.workspace).filter(
        team=row, performer__in=stays.order_by().values("performer")
    )
    context = {
        "visitor": visitor,
        "zone": visitor.workspace.zone,
        "team": row,
        "stays": stays.current().select_related("performer").order_by("performer__name", "performer")[:MOST_MEMBERS],
        "plot": plot(totals, today(visitor)),
    }
    return render(request, "actions/team.html", context)
