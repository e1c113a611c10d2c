"""Boards and what they say, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Member
from actions.models import Action, DailyTotal, Entry, Leaderboard, Performer, Standing, Tally, Team, TeamMembership
from actions.rules.boards.counting import count
from tests.factories import NOON

UNIT = 1_000_000


def make_board(member: Member, slug: str = "board", **facts: Any) -> Leaderboard:
    """A board that nothing was counted for yet."""
    return Leaderboard.objects.create(workspace=member.workspace, slug=slug, name=slug, created_at=NOON, **facts)


def make_team(member: Member, name: str, *performers: Performer, since: datetime = NOON) -> Team:
    """A team whose members joined long ago."""
    team = Team.objects.create(workspace=member.workspace, name=name, created_at=since)
    for performer in performers:
        TeamMembership.objects.create(workspace=member.workspace, team=team, performer=performer, since=since)
    return team


def count_fact(fact: Action, sign: int = 1, *, team: Team | None = None) -> None:
    """A fact holds, or does not any more."""
    Tally.objects.filter(pk=fact.pk).update(team=team)
    count(fact.workspace_id, facts=[(Action.objects.get(pk=fact.pk), sign)])


def count_entries(*entries: Entry) -> None:
    """Entries were posted."""
    count(entries[0].workspace_id, entries=list(Entry.objects.filter(pk__in=[entry.pk for entry in entries])))


def scores(board: Leaderboard, **where: Any) -> dict[tuple[str, str], tuple[int, int]]:
    """Score and number of actions by window and subject."""
    rows: Iterable[Standing] = Standing.objects.filter(board=board, **where).select_related("performer", "team")
    return {(row.window, str(row.performer or row.team)): (row.score // UNIT, row.actions) for row in rows}


def days(member: Member) -> set[tuple[str, str, str, str, int, int]]:
    """Daily totals: day, currency, type, team, amount, actions."""
    rows = DailyTotal.objects.of(member.workspace).select_related("type", "team")
    return {
        (
            row.day.isoformat(),
            row.currency,
            row.type.slug if row.type else "",
            str(row.team or ""),
            row.amount // UNIT,
            row.actions,
        )
        for row in rows
    }
