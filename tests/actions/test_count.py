"""What is done and moved is carried into totals and standings at once, exactly, in few statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.amounts import LARGEST
from actions.models import Action, Competition, DailyTotal, Entry, Leaderboard, Performer, Standing
from actions.models.boards import BoardTeam
from actions.rules.boards.counting import count
from actions.rules.boards.windows import windows_of
from tests.actions.boards import count_entries, count_fact, days, make_board, make_team, scores
from tests.actions.factories import SOLD, make_fact, make_performer, pay, take_back

pytestmark = pytest.mark.usefixtures("uncounted")
GREETED, SALE = "tests-member-greeted", "tests-sale"


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (date(2026, 3, 2), {"all", "2026", "2026-Q1", "2026-03", "2026-W10", "2026-03-02"}),
        (date(2027, 1, 3), {"all", "2027", "2027-Q1", "2027-01", "2026-W53", "2027-01-03"}),
        (date(2024, 12, 30), {"all", "2024", "2024-Q4", "2024-12", "2025-W01", "2024-12-30"}),
        (date(2026, 9, 30), {"all", "2026", "2026-Q3", "2026-09", "2026-W40", "2026-09-30"}),
    ],
)
def test_a_day_lies_in_six_windows(day: date, windows: set[str]):
    assert set(windows_of(day)) == windows


def test_an_entry_counts_in_every_window_of_its_day(alice: Member, noon: datetime):
    board = make_board(alice)
    count_entries(pay(alice, 5, alice))
    assert scores(board) == {(window, "Alice"): (5, 0) for window in windows_of(noon.date())}
    assert days(alice) == {("2026-03-02", "PTS", "", "", 5, 0)}


def test_points_are_summed_and_actions_beside_them_counted(alice: Member, noon: datetime):
    board, fact = make_board(alice), make_fact(alice)
    count_fact(fact)
    count_entries(pay(alice, 5, alice, action=fact), pay(alice, 3, alice, action=fact))
    count_entries(pay(alice, -1, alice, account="redeemed:mug"))
    assert scores(board, window="all") == {("all", "Alice"): (7, 1)}
    assert days(alice) == {
        ("2026-03-02", "", GREETED, "", 0, 1),
        ("2026-03-02", "PTS", GREETED, "", 8, 0),
        ("2026-03-02", "PTS", "", "", -1, 0),
    }


def test_what_is_pending_voided_or_nobodys_counts_nothing(alice: Member):
    board, pending = make_board(alice), pay(alice, 5, alice, pending=True)
    nobodys = make_fact(alice, performer=None)
    with CaptureQueriesContext(connection) as asked:
        count(alice.workspace_id, facts=[(nobodys, 1)], entries=[pending])
        count(alice.workspace_id)
    assert len(asked) == 0
    assert (scores(board), days(alice)) == ({}, set())


def test_a_fact_taken_back_leaves_no_trace_but_its_time(alice: Member, noon: datetime):
    counted, valued = make_board(alice, "count", metric="count"), make_board(alice, "value", metric="value")
    sale = make_fact(alice, verb=SOLD, params={"value": 40_000_000}, taken_at=noon - timedelta(hours=1))
    count_fact(sale)
    assert scores(counted, window="all") == {("all", "Alice"): (1, 1)}
    assert scores(valued, window="all") == {("all", "Alice"): (40, 1)}
    take_back(alice, verb=SOLD)
    count_fact(sale, -1)
    assert scores(counted, window="all") == scores(valued, window="all") == {("all", "Alice"): (0, 0)}
    assert {row.attained_at for row in Standing.objects.all()} == {noon - timedelta(hours=1)}


def test_each_metric_counts_its_own(alice: Member):
    points, money = make_board(alice, "points"), make_board(alice, "money", currency="EUR")
    counted = make_board(alice, "count", metric="count")
    fact = make_fact(alice)
    count_fact(fact)
    count_entries(pay(alice, 5, alice, action=fact), pay(alice, 9, alice, currency="EUR"))
    found = [scores(board, window="all")["all", "Alice"] for board in (points, money, counted)]
    assert found == [(5, 1), (9, 1), (1, 1)]


def test_a_score_is_attained_when_the_last_of_it_was_and_no_later(alice: Member, noon: datetime):
    make_board(alice)
    for hours in (2, 5, 3):
        count_entries(pay(alice, 1, alice, effective_at=noon + timedelta(hours=hours)))
    count_fact(make_fact(alice, at=noon + timedelta(hours=9)))
    assert Standing.objects.get(window="all").attained_at == noon + timedelta(hours=5)


def test_a_board_of_some_types_counts_these(alice: Member):
    board = make_board(alice, types=[SALE, "never-heard-of"])
    sale, greeting = make_fact(alice, verb=SOLD), make_fact(alice)
    count_fact(sale)
    count_fact(greeting)
    count_entries(pay(alice, 5, alice, action=sale), pay(alice, 3, alice, action=greeting), pay(alice, 1, alice))
    assert scores(board, window="all") == {("all", "Alice"): (5, 1)}


def test_a_fact_counts_for_the_team_its_tally_names(alice: Member, bob: Member):
    board, reds = make_board(alice), make_team(alice, "Reds")
    fact = make_fact(alice)
    count_fact(fact, team=reds)
    count_entries(pay(alice, 5, alice, action=fact))
    assert scores(board, window="all") == {("all", "Alice"): (5, 1), ("all", "Reds"): (5, 1)}


def test_an_entry_for_another_or_for_no_fact_counts_for_the_team_of_its_time(alice: Member, bob: Member, noon):
    reds, blues = make_team(alice, "Reds", make_performer(alice)), make_team(alice, "Blues", make_performer(bob))
    board, fact = make_board(alice), make_fact(alice)
    share = pay(bob, 2, alice, action=fact)
    early = pay(bob, 1, alice, effective_at=noon - timedelta(microseconds=1))
    count_entries(share, early, pay(alice, 4, alice))
    assert scores(board, window="all", performer=None) == {("all", "Reds"): (4, 0), ("all", "Blues"): (2, 0)}
    assert DailyTotal.objects.get(team=blues).amount == 2_000_000
    assert DailyTotal.objects.get(team=reds).amount == 4_000_000


def test_a_board_of_some_teams_counts_only_their_members(alice: Member, bob: Member):
    reds = make_team(alice, "Reds", make_performer(alice))
    make_team(alice, "Blues", make_performer(bob))
    board = make_board(alice)
    BoardTeam.objects.create(workspace=alice.workspace, board=board, team=reds)
    count_entries(pay(alice, 4, alice), pay(bob, 7, alice))
    assert scores(board, window="all") == {("all", "Alice"): (4, 0), ("all", "Reds"): (4, 0)}


def test_a_board_at_rest_and_a_board_of_others_count_nothing(alice: Member, charlie: Member):
    resting, others = make_board(alice, active=False), make_board(charlie)
    count_entries(pay(alice, 4, alice))
    assert scores(resting) == scores(others) == {}


def test_a_board_being_counted_again_gets_only_those_whose_turn_was(alice: Member, bob: Member):
    first, second = make_performer(alice), make_performer(bob)
    board = make_board(alice, counted_to=first.pk)
    count_entries(pay(first, 1, alice), pay(second, 2, alice))
    assert scores(board, window="all") == {("all", "Alice"): (1, 0)}


@pytest.mark.parametrize("facts", [{"service": True}, {"banned_at": "noon"}, {"erased_at": "noon"}])
def test_machines_the_banned_and_the_erased_keep_a_score_unseen(alice: Member, bob: Member, noon, facts):
    make_board(alice)
    hidden = make_performer(bob)
    Performer.objects.filter(pk=hidden.pk).update(**{k: noon if v == "noon" else v for k, v in facts.items()})
    count_entries(pay(alice, 1, alice), pay(hidden, 2, alice))
    shown = {(row.performer_id, row.shown, row.score) for row in Standing.objects.filter(window="all")}
    assert shown == {(make_performer(alice).pk, True, 1_000_000), (hidden.pk, False, 2_000_000)}


def test_many_at_once_are_the_same_as_one_by_one(alice: Member, bob: Member, noon: datetime):
    make_team(alice, "Reds", make_performer(alice), since=noon + timedelta(days=50))
    made: list[Entry] = []
    for number in range(130):
        fact = make_fact(alice, occurrence=number, at=noon + timedelta(days=number))
        made.append(pay((alice, bob)[number % 2], number + 1, alice, action=fact))
    board = make_board(alice)
    count(alice.workspace_id, entries=made)
    at_once, at_once_days = scores(board), days(alice)
    Standing.objects.all().delete()
    DailyTotal.objects.all().delete()
    for entry in made:
        count_entries(entry)
    assert (scores(board), days(alice)) == (at_once, at_once_days)
    assert at_once["all", "Alice"][0] + at_once["all", "Bob"][0] == 130 * 131 // 2


def test_a_write_takes_few_statements(alice: Member, bob: Member):
    make_team(alice, "Reds", make_performer(alice), make_performer(bob))
    make_board(alice, "sales", types=[SALE])
    make_board(alice, "all")
    fact = make_fact(alice)
    entry = pay(alice, 1, alice, action=fact)
    # In hand: the fact with its tally. Asked: boards, their types; written: days, performers, teams.
    with CaptureQueriesContext(connection) as asked:
        count(alice.workspace_id, facts=[(fact, 1)], entries=[entry])
    assert len(asked) <= 5
    # Besides: the fact, and memberships of whoever did not do it.
    share = Entry.objects.get(pk=pay(bob, 1, alice, action=Action.objects.get(pk=fact.pk)).pk)
    with CaptureQueriesContext(connection) as asked:
        count(alice.workspace_id, entries=[share])
    assert len(asked) == 7


def test_sums_are_exact_to_63_bits_and_refused_beyond(alice: Member, bob: Member):
    make_board(alice)
    count_entries(pay(alice, 0, alice, amount=LARGEST - 1))
    count_entries(pay(alice, 0, alice, amount=1))
    assert {row.score for row in Standing.objects.all()} == {LARGEST}
    assert DailyTotal.objects.get().amount == LARGEST
    reds = make_team(alice, "Reds", make_performer(bob))
    Standing.objects.create(
        board=Leaderboard.objects.get(), workspace=alice.workspace, window="all", team=reds, score=9
    )
    one_too_many = pay(bob, 0, alice, amount=LARGEST - 8)
    with pytest.raises(ValidationError, match="too large"), transaction.atomic():
        count_entries(one_too_many)
    pay(bob, 0, alice, amount=-9, account="redeemed:mug")
    another = pay(bob, 0, alice, amount=9)
    with pytest.raises(ValidationError, match="too large"), transaction.atomic():
        count(alice.workspace_id, entries=[one_too_many, another])
    assert {row.score for row in Standing.objects.filter(performer__isnull=False)} == {LARGEST}


def test_a_competition_counts_from_its_start_until_before_its_end(alice: Member, noon: datetime):
    board = make_board(alice)
    Competition.objects.create(
        workspace=alice.workspace, name="Race", board=board, created_at=noon,
        starts_at=noon, ends_at=noon + timedelta(hours=1),
    )  # fmt: skip
    tick = timedelta(microseconds=1)
    for amount, at in [
        (1, noon - tick),
        (2, noon),
        (4, noon + timedelta(hours=1) - tick),
        (8, noon + timedelta(hours=1)),
    ]:
        count_entries(pay(alice, amount, alice, effective_at=at))
    assert scores(board) == {("run", "Alice"): (6, 0)}


def test_a_day_is_the_one_that_was_written(alice: Member):
    board = make_board(alice)
    late = datetime(2026, 12, 31, 23, tzinfo=UTC)
    entry = pay(alice, 1, alice, effective_at=late)
    entry.day = date(2027, 1, 1)
    count(alice.workspace_id, entries=[entry])
    assert ("2027-01-01", "Alice") in scores(board)
