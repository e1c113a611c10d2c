"""Competitions: planned, opened, ended and closed, with what came of them."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin import Button, WorkspaceAdmin, site, within
from accounts.callers import Actor
from actions.admin.boards.base import MOST_LINES, below, page_of, read, subjects_of, when
from actions.admin.boards.boards import CountingForm, lines_of
from actions.amounts import POINTS, decimal, millionths
from actions.models import Competition, Leaderboard, Result
from actions.rules import boards, competitions
from actions.rules.competitions import PrizeTerms

Status = Competition.Status
PRIZE = re.compile(r"\s*(\d{1,6})\s*(?:[-–]\s*(\d{1,6})\s*)?:\s*(-?[\d.]{1,30})\s*([A-Za-z.]{1,20})?\s*", re.ASCII)


class CompetitionForm(CountingForm):
    """A competition; once it is open only its name changes."""

    prizes = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        required=False,
        max_length=4000,
        help_text="A line each: a rank or ranks, what each of them wins, and in what: “1: 100 PTS”, “2-3: 25.50 EUR”.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["prizes"] = "\n".join(prize_line(prize) for prize in self.instance.prizes.all())
        if self.instance.pk and self.instance.status != Status.DRAFT:
            for name in self.fields.keys() - {"name"}:
                self.fields[name].disabled = True

    def board(self) -> Leaderboard | None:
        """Its own."""
        return self.instance.board if self.instance.pk else None

    def clean_prizes(self) -> list[PrizeTerms]:
        """What was written, line by line."""
        return [prize_terms(line) for line in self.cleaned_data["prizes"].splitlines() if line.strip()]

    def apply(self, *, actor: Actor, at: datetime) -> Competition:
        """Plan it, or say it otherwise."""
        if self.instance.pk is None:
            return competitions.create_competition(self.visitor.workspace, at=at, **self.cleaned_data)
        return competitions.edit_competition(self.instance, at=at, **self.changed())


def prize_line(prize: Any) -> str:
    """As it is written in the form."""
    ranks = f"{prize.rank_from}-{prize.rank_to}" if prize.rank_to > prize.rank_from else str(prize.rank_from)
    return f"{ranks}: {decimal(prize.amount):f} {prize.currency}"


def prize_terms(line: str) -> PrizeTerms:
    """What a line says."""
    told = PRIZE.fullmatch(line)
    if told is None or told[3].count(".") > 1 or not told[3].strip("-."):
        raise ValidationError(f"“{line.strip()[:100]}” is no prize; write “1: 100 PTS”.", code="invalid")
    first, last, amount, currency = told.groups()
    try:
        wins = millionths(Decimal(amount))
    except ValidationError as fault:
        raise ValidationError(fault.messages) from None
    return PrizeTerms(int(first), int(last or first), wins, currency or POINTS)


@admin.register(Competition, site=site)
class CompetitionAdmin(WorkspaceAdmin):
    """Competitions, their prizes, and what came of them."""

    form = CompetitionForm
    list_display = ["name", "status", "starts_at", "ends_at", "grace_days", "closed_at"]
    list_filter = [within("starts_at"), "status"]
    list_select_related = ["board"]
    search_fields = ["id", "name__istartswith"]
    fields_said = [
        "name", "starts_at", "ends_at", "grace_days", "metric", "currency", "types", "teams", "subject",
        "tie_policy", "prizes",
    ]  # fmt: skip
    readonly_fields = ["status", "standings", "results", "adjustments", "closed_at", "created_at"]
    buttons = (
        Button(
            "open", "Open now", "open", lambda row, actor, at: competitions.open_competition(row, at=at),
            lambda row: row.status == Status.DRAFT,
        ),
        Button(
            "end", "End now", "ended", lambda row, actor, at: competitions.end_competition(row, at=at),
            lambda row: row.status == Status.OPEN, danger=True,
        ),
        Button(
            "close", "Close and pay prizes", "closed", competitions.close_competition,
            lambda row: row.status == Status.CLOSING, danger=True,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fields_said
        came_of_it = ["results", "adjustments", "closed_at"] if obj.closed_at else ["standings"]
        return ["status", *self.fields_said, *came_of_it, "created_at"]

    @admin.display(description="Who is ahead")
    def standings(self, row: Competition) -> SafeString | str:
        """The first lines so far."""
        its = boards.standings(row.board, now=row.workspace.now())
        return lines_of(its.subject, its.page(1, MOST_LINES).lines)

    @admin.display(description="Result")
    def results(self, row: Competition) -> SafeString | str:
        """The first lines as they stand for ever, with what was won."""
        found = row.results.select_related("performer", "team").prefetch_related("payouts__entry")[:MOST_LINES]
        lines = [(one.rank, page_of(one.performer or one.team), read(one.score), won(one)) for one in found]
        return below(lines, "{}. {} {} {}", nothing="Nobody took part.")

    @admin.display(description="Known since")
    def adjustments(self, row: Competition) -> SafeString | str:
        """What became known after it was closed, the latest first."""
        found = competitions.adjustments(row, most=MOST_LINES)
        names = subjects_of("user", {one.performer for one in found})
        lines = [
            (page_of(one.entry or one.fact, when(one.known_at)), names[one.performer], read(one.score)) for one in found
        ]
        return below(lines, "{} {} {}", nothing="Nothing.")


def won(result: Result) -> SafeString | str:
    """The entries that paid a line."""
    paid = [
        (page_of(payout.entry, read(payout.entry.amount, payout.entry.currency)),) for payout in result.payouts.all()
    ]
    return format_html_join(", ", "– won {}", paid)
