"""Competitions open, end and close in their time, freeze what was, and pay prizes once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts import due
from accounts.callers import System
from accounts.errors import Conflict
from accounts.models import Due, Member, Workspace
from accounts.rules.clocks import forward_clock
from actions.amounts import decimal
from actions.models import Competition, Entry, Leaderboard, Payout, Performer, Result, TeamMembership
from actions.rules.boards import recounting, standings
from actions.rules.competitions import (
    PrizeTerms,
    adjustments,
    close_competition,
    create_competition,
    edit_competition,
    end_competition,
    open_competition,
)
from actions.rules.competitions.sharing import shares
from actions.rules.deeds import assign_action
from actions.rules.proofs import prove
from tests.actions.boards import make_stranger, make_team, write_fact
from tests.actions.factories import make_fact, make_performer, pay, take_back

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNIT = 1_000_000


@pytest.fixture
def people(alice: Member) -> list[Performer]:
    """Ann, Ben, Cem and Dov."""
    return [make_stranger(alice, name) for name in ("Ann", "Ben", "Cem", "Dov")]


def plan(member: Member, noon: datetime, *prizes: PrizeTerms, **says: Any) -> Competition:
    """A competition of ten days that starts at noon."""
    told: dict[str, Any] = {"name": "Spring", "starts_at": noon, "ends_at": noon + 10 * DAY, "at": noon - DAY} | says
    return create_competition(member.workspace, prizes=prizes, **told)


def run_out(competition: Competition, noon: datetime) -> Competition:
    """Let it end and be closed."""
    end_competition(competition, at=noon + 10 * DAY)
    return close_competition(competition, actor=System(), at=noon + 11 * DAY)


def paid() -> dict[str, Decimal]:
    """Prizes by name."""
    rows = Payout.objects.select_related("entry__performer")
    return {payout.entry.performer.name: decimal(payout.entry.amount) for payout in rows}


def test_a_competition_lives_by_the_clock(alice: Member, people: list[Performer]):
    start = datetime(2026, 3, 23, 9, tzinfo=UTC)
    stands = {"time_zone": "Europe/Zurich", "clock_stopped_at": start - 2 * DAY}
    Workspace.objects.filter(pk=alice.workspace_id).update(**stands)
    workspace = Workspace.objects.get(pk=alice.workspace_id)
    competition = create_competition(
        workspace, name="Spring", starts_at=start, ends_at=start + 7 * DAY, grace_days=2, at=start - DAY,
        prizes=[PrizeTerms(1, 1, 50 * UNIT)],
    )  # fmt: skip
    seen = []
    for days in (1, 2, 7, 0.5, 0.5, 1):
        if competition.status == "open":
            pay(Performer.objects.get(pk=people[0].pk), 5, alice, at=start + HOUR)
        run = forward_clock(workspace, by=days * DAY, actor=alice)
        list(due.forward(run))
        competition.refresh_from_db()
        seen.append(competition.status)
    assert seen == ["draft", "open", "closing", "closing", "closed", "closed"]
    assert competition.closed_at == datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert paid() == {"Ann": 50}


def test_only_what_happened_in_it_counts(alice: Member, people: list[Performer], noon: datetime):
    ann, ben, cem, _ = people
    pay(ann, 1, alice, at=noon - HOUR)
    pay(ben, 2, alice, at=noon + HOUR)
    competition = open_competition(plan(alice, noon), at=noon + 2 * HOUR)
    pay(cem, 3, alice, at=noon + 3 * HOUR)
    pay(cem, 9, alice, at=noon + 10 * DAY)
    lines = standings(competition.board, now=noon).page().lines
    assert [(line.subject, line.score // UNIT) for line in lines] == [(cem.pk, 3), (ben.pk, 2)]


def test_late_news_counts_during_grace_and_is_listed_after(alice: Member, people: list[Performer], noon: datetime):
    ann, ben, *_ = people
    competition = open_competition(plan(alice, noon, PrizeTerms(1, 1, 50 * UNIT)), at=noon)
    pay(ann, 5, alice, at=noon + HOUR)
    end_competition(competition, at=noon + 10 * DAY)
    pay(ben, 8, alice, at=noon + 10 * DAY + HOUR, effective_at=noon + HOUR)
    pay(ann, 99, alice, at=noon + 10 * DAY + HOUR)
    competition = close_competition(competition, actor=System(), at=noon + 11 * DAY)
    assert paid() == {"Ben": 50}
    assert adjustments(competition) == []
    late = pay(ann, 7, alice, at=noon + 12 * DAY, effective_at=noon + 2 * HOUR)
    pay(ann, 7, alice, at=noon + 12 * DAY)
    assert [(row.performer, row.score, row.entry) for row in adjustments(competition)] == [(ann.pk, 7 * UNIT, late)]
    lines = standings(competition.board, now=noon + 13 * DAY).page().lines
    assert [(line.subject, line.score // UNIT) for line in lines] == [(ben.pk, 8), (ann.pk, 5)]
    assert standings(competition.board, now=noon).around(ann).above == lines[:1]  # type: ignore[union-attr]


def test_facts_told_or_taken_back_after_the_end_are_listed(alice: Member, noon: datetime):
    competition = open_competition(plan(alice, noon, metric="count"), at=noon)
    make_fact(alice, occurrence=1, at=noon + HOUR)
    waiting = make_fact(alice, occurrence=3, at=noon + HOUR, performer=None)
    run_out(competition, noon)
    take_back(alice, occurrence=1, at=noon + 12 * DAY)
    make_fact(alice, occurrence=2, at=noon + 13 * DAY, taken_at=noon + HOUR)
    assign_action(waiting, make_performer(alice), actor=alice, at=noon + 14 * DAY)
    competition.refresh_from_db()
    found = [(row.score, row.known_at) for row in adjustments(competition)]
    assert sorted(found) == [(-UNIT, noon + 12 * DAY), (UNIT, noon + 13 * DAY), (UNIT, noon + 14 * DAY)]
    assert Result.objects.get().score == UNIT


@pytest.mark.parametrize(
    ("policy", "wins"),
    [
        ("first", {"Ann": 90, "Ben": 50, "Cem": 10}),
        ("duplicate", {"Ann": 90, "Ben": 50, "Cem": 50}),
        ("split", {"Ann": 90, "Ben": 30, "Cem": 30}),
    ],
)
def test_those_who_tie_share_as_the_competition_says(alice, people, noon, policy, wins):
    prizes = [PrizeTerms(1, 1, 90 * UNIT), PrizeTerms(2, 2, 50 * UNIT), PrizeTerms(3, 4, 10 * UNIT)]
    competition = open_competition(plan(alice, noon, *prizes, tie_policy=policy), at=noon)
    for who, points, hours in zip(people, (9, 5, 5, -1), (1, 2, 3, 4), strict=True):
        pay(who, points, alice, at=noon + hours * HOUR)
    run_out(competition, noon)
    assert paid() == wins
    places = Result.objects.values_list("place", "rank", "dense_rank")
    assert list(places) == [(1, 1, 1), (2, 2, 2), (3, 2, 2), (4, 4, 3)]


def test_prizes_are_paid_once_from_an_account_of_the_competition(alice, people, noon):
    competition = open_competition(plan(alice, noon, PrizeTerms(1, 3, 5 * UNIT, "EUR")), at=noon)
    pay(people[0], 1, alice, at=noon + HOUR)
    run_out(competition, noon)
    run_out(competition, noon)
    entry = Entry.objects.get(currency="EUR")
    assert (entry.amount, entry.performer, str(entry.account)) == (
        5 * UNIT,
        people[0],
        f"issued:competition {competition.pk}",
    )
    assert entry.effective_at == noon + 11 * DAY
    assert "rank 1" in entry.reason
    assert Payout.objects.get().entry == entry
    assert prove(alice.workspace).faults == []


def test_a_team_shares_among_those_who_scored_for_it(alice, people, noon):
    ann, ben, cem, dov = people
    reds = make_team(alice, "Reds", ann, ben, cem, since=noon - DAY)
    make_team(alice, "Blues", dov, since=noon - DAY)
    competition = open_competition(plan(alice, noon, PrizeTerms(1, 1, 100 * UNIT), subject="team"), at=noon)
    pay(ann, 6, alice, at=noon + HOUR)
    pay(ben, 4, alice, at=noon + HOUR)
    pay(dov, 9, alice, at=noon + HOUR)
    # Whoever leaves has scored for it all the same.
    TeamMembership.objects.filter(performer=ben).update(until=noon + 2 * HOUR)
    pay(ben, 70, alice, at=noon + 3 * HOUR)
    run_out(competition, noon)
    assert paid() == {"Ann": 50, "Ben": 50}
    assert {payout.result.team for payout in Payout.objects.all()} == {reds}


def test_nobody_wins_for_nothing(alice, people, noon):
    competition = open_competition(plan(alice, noon, PrizeTerms(1, 9, UNIT)), at=noon)
    pay(people[0], -5, alice, at=noon + HOUR)
    banned = make_stranger(alice, "Eve", banned_at=noon)
    pay(banned, 50, alice, at=noon + HOUR)
    run_out(competition, noon)
    assert paid() == {}
    assert [result.performer for result in Result.objects.all()] == [people[0]]


def test_it_opens_ends_and_closes_by_hand(alice, people, noon):
    competition = plan(alice, noon + DAY)
    pay(people[0], 1, alice, at=noon + HOUR)
    competition = open_competition(competition, at=noon)
    assert competition.starts_at == noon
    assert standings(competition.board, now=noon).page().lines[0].score == UNIT
    pay(people[1], 5, alice, at=noon + 5 * HOUR)
    competition = end_competition(competition, at=noon + 4 * HOUR)
    assert (competition.status, competition.ends_at) == ("closing", noon + 4 * HOUR)
    competition = close_competition(competition, actor=alice, at=noon + 6 * HOUR)
    assert [result.performer for result in competition.results.all()] == [people[0]]
    assert not Due.objects.waiting().filter(job__contains="competition").exists()


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (["end"], "competition_not_open"),
        (["close"], "competition_not_ended"),
        (["open", "close"], "competition_not_ended"),
        (["open", "end", "close", "open"], "competition_closed"),
        (["open", "rename", "end", "edit"], "competition_open"),
    ],
)
def test_it_lives_only_once(alice, noon, steps, code):
    competition = plan(alice, noon)
    ways = {
        "open": lambda: open_competition(competition, at=noon),
        "end": lambda: end_competition(competition, at=noon + DAY),
        "close": lambda: close_competition(competition, actor=alice, at=noon + 2 * DAY),
        "rename": lambda: edit_competition(competition, at=noon, name="Summer"),
        "edit": lambda: edit_competition(competition, at=noon, grace_days=3),
    }
    for step in steps[:-1]:
        ways[step]()
    with pytest.raises(Conflict) as refusal:
        ways[steps[-1]]()
    assert refusal.value.code == code


def test_a_draft_is_edited_and_opens_at_its_new_time(alice, noon):
    competition = plan(alice, noon, PrizeTerms(1, 1, UNIT))
    later, terms = noon + 3 * DAY, [PrizeTerms(1, 2, 7 * UNIT), PrizeTerms(1, 1, UNIT, "EUR")]
    edited = edit_competition(competition, at=noon, name="Summer", starts_at=later, metric="count", prizes=terms)
    assert (edited.name, edited.board.name, edited.board.metric) == ("Summer", "Summer", "count")
    assert Due.objects.get(job="actions.open_competition").due_at == later
    assert edited.prizes.count() == 2


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ({"ends_at": 0}, "ends_at"),
        ({"ends_at": None}, "ends_at"),
        ({"name": ""}, "name"),
        ({"grace_days": -1}, "grace_days"),
        ({"grace_days": 400}, "grace_days"),
        ({"tie_policy": "luck"}, "tie_policy"),
        ({"metric": "luck"}, "metric"),
        ({"window": "week"}, "window"),
        ({"prizes": [PrizeTerms(1, 1, 0)]}, "amount"),
        ({"prizes": [PrizeTerms(1, 1, 2**64)]}, "amount"),
        ({"prizes": [PrizeTerms(1, 1, 1, "pts")]}, "currency"),
        ({"prizes": [PrizeTerms(0, 1, 1)]}, "rank_to"),
        ({"prizes": [PrizeTerms(3, 2, 1)]}, "rank_to"),
        ({"prizes": [PrizeTerms(1, 3, 1), PrizeTerms(3, 4, 1)]}, "rank_from"),
    ],
)
def test_what_makes_no_competition_is_refused(alice, noon, says, name):
    told = {"name": "Spring", "starts_at": noon, "ends_at": noon + DAY, "at": noon} | says
    told |= {"ends_at": noon} if told["ends_at"] == 0 else {}
    with pytest.raises(ValidationError) as refusal:
        create_competition(alice.workspace, **told)
    assert name in refusal.value.message_dict
    assert not Competition.objects.exists()
    assert Leaderboard.objects.public().count() == Leaderboard.objects.count() == 1


def test_days_of_grace_end_at_the_same_hour_though_clocks_are_put_forward(alice: Member, noon: datetime):
    Workspace.objects.filter(pk=alice.workspace_id).update(time_zone="Europe/Zurich")
    alice.workspace.refresh_from_db()
    end = datetime(2026, 3, 28, 17, tzinfo=UTC)
    competition = open_competition(plan(alice, noon, ends_at=end, grace_days=1), at=noon)
    end_competition(competition, at=end)
    assert Due.objects.get(job="actions.close_competition").due_at == datetime(2026, 3, 29, 16, tzinfo=UTC)


@given(total=st.integers(0, 10**7), number=st.integers(1, 50))
def test_shares_add_up_and_hardly_differ(total: int, number: int):
    found = list(shares(total, number))
    assert sum(found) == total
    assert len(found) == number
    assert min(found) >= 0
    assert max(found[:-1], default=found[0]) - total // number <= 1


def test_a_share_is_rounded_half_to_even_and_the_last_takes_the_rest():
    assert list(shares(10, 4)) == [2, 2, 2, 4]
    assert list(shares(14, 4)) == [4, 4, 4, 2]
    assert list(shares(5, 8)) == [1, 1, 1, 1, 1, 0, 0, 0]


def test_a_large_competition_is_whole_before_it_is_closed(alice, people, noon, monkeypatch):
    monkeypatch.setattr(recounting, "SMALL", 1)
    for number, who in enumerate(people):
        pay(who, number + 1, alice, at=noon + HOUR)
        write_fact(alice, who, at=noon + HOUR)
    competition = open_competition(plan(alice, noon, PrizeTerms(1, 1, UNIT)), at=noon + 2 * HOUR)
    assert competition.board.counted_to == 0
    run_out(competition, noon)
    assert paid() == {"Dov": 1}
    assert Result.objects.count() == 4
