"""Boards and what they say; facts and entries written past the ledger, so that a test counts them itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import slugify

from accounts.callers import System
from accounts.ids import new_ulid
from accounts.models import Member
from actions.models import (
    Action,
    ActionType,
    CounterAccount,
    DailyTotal,
    Entry,
    Leaderboard,
    Performer,
    Standing,
    Tally,
    Team,
    TeamMembership,
    Wallet,
)
from actions.models.facts import worth
from actions.rules import boards
from actions.rules.boards import create_board
from actions.rules.competitions import PrizeTerms, create_competition, open_competition
from actions.rules.performers import new_referral_code
from actions.rules.teams import create_team, join_team
from tests.factories import NOON

UNIT = 1_000_000


def make_board(member: Member, slug: str = "board", **facts: Any) -> Leaderboard:
    """A board that nothing was counted for yet."""
    return Leaderboard.objects.create(workspace=member.workspace, slug=slug, created_at=NOON, **{"name": slug} | facts)


def make_stranger(member: Member, name: str, **facts: Any) -> Performer:
    """Somebody outside."""
    told = {"name": name, "referral_code": new_referral_code(), "created_at": NOON} | facts
    return Performer.objects.create(workspace=member.workspace, **told)


def make_team(member: Member, name: str, *performers: Performer, since: datetime = NOON) -> Team:
    """A team and who is in it from when on."""
    team = Team.objects.create(workspace=member.workspace, name=name, created_at=since)
    for performer in performers:
        TeamMembership.objects.create(workspace=member.workspace, team=team, performer=performer, since=since)
    return team


def make_type(member: Member, slug: str) -> ActionType:
    """A type of actions."""
    made, _ = ActionType.objects.get_or_create(
        workspace=member.workspace, slug=slug, defaults={"name": slug, "created_at": NOON}
    )
    return made


def write_fact(
    member: Member,
    performer: Performer | None = None,
    *,
    at: datetime = NOON,
    type: str = "greeting",
    value: int | None = None,
    team: Team | None = None,
) -> Action:
    """Something somebody did; the value in units, the team as its tally has it."""
    seq = Action.objects.of(member.workspace).count() + 1
    millionths = None if value is None else value * UNIT
    fact = Action(
        id=new_ulid(NOON),
        workspace=member.workspace,
        seq=seq,
        verb="tests.member.greeted",
        source="tests",
        source_id=str(seq),
        type=make_type(member, type),
        performer=performer,
        taken_at=at,
        day=at.astimezone(member.workspace.zone).date(),
        created_at=NOON,
        value=millionths,
    ).act(System())
    Action.objects.bulk_create([fact])
    Tally.objects.create(workspace=member.workspace, action=fact, worth=worth(millionths), team=team)
    return fact


def write_entry(
    performer: Performer, points: int, *, fact: Action | None = None, at: datetime | None = None, **facts: Any
) -> Entry:
    """Something somebody got, or gave."""
    moment = at or (fact.taken_at if fact else NOON)
    workspace, currency = performer.workspace, facts.pop("currency", "PTS")
    about: dict[str, Any] = {"workspace": workspace, "defaults": {"created_at": NOON}}
    wallet, _ = Wallet.objects.get_or_create(performer=performer, currency=currency, **about)
    account, _ = CounterAccount.objects.get_or_create(kind="issued", name="tests", **about)
    told: dict[str, Any] = {"amount": points * UNIT, "status": "posted", "created_at": moment} | facts
    entry = Entry(
        workspace=workspace,
        wallet=wallet,
        performer=performer,
        account=account,
        kind=Entry.Kind.ADD if told["amount"] > 0 else Entry.Kind.SUB,
        currency=currency,
        effective_at=moment,
        day=moment.astimezone(workspace.zone).date(),
        action=fact,
        **told,
    ).act(System())
    Entry.objects.bulk_create([entry])
    return entry


def take_back(fact: Action) -> Action:
    """It is not so."""
    seq = 1_000_000 + fact.seq
    Action.objects.filter(pk=fact.pk).update(
        cancelled_seq=seq, cancelled_at=NOON, cancelled_by_kind="system", cancelled_by_label="Acta",
        cancelled_request_id="", cancelled_reason="",
    )  # fmt: skip
    fact.refresh_from_db()
    return fact


def count_fact(*facts: Action, sign: int = 1) -> None:
    """Facts hold, or do not any more."""
    boards.count(facts[0].workspace_id, facts=[(Action.objects.get(pk=fact.pk), sign) for fact in facts])


def count_entries(*entries: Entry) -> None:
    """Entries were posted."""
    found = Entry.objects.filter(pk__in=[entry.pk for entry in entries])
    boards.count(entries[0].workspace_id, entries=list(found))


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


def make_games(member: Member, word: str = "Wonderland") -> None:
    """A team with somebody in it, a board and an open competition with a prize."""
    workspace = member.workspace
    team = create_team(workspace, name=f"{word} team", at=NOON)
    join_team(make_stranger(member, f"{word} player"), team, at=NOON)
    ends_at = NOON + timedelta(days=1)
    prizes = [PrizeTerms(1, 1, UNIT)]
    facts: dict[str, Any] = {"starts_at": NOON, "ends_at": ends_at, "at": NOON, "prizes": prizes}
    open_competition(create_competition(workspace, name=f"{word} race", **facts), at=NOON)
    # Last, so that the newest board is none of a competition's: those are not in the admin.
    create_board(workspace, slug=slugify(f"{word} board"), name=f"{word} board", at=NOON)
