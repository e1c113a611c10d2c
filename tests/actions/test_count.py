"""What is done and moved is carried into totals and standings at once, exactly, in few statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.amounts import LARGEST
from actions.models import Action, Competition, DailyTotal, Entry, Performer, Standing, Tally
from actions.models.boards import BoardTeam
from actions.rules import boards
from actions.rules.boards.windows import windows_of
from tests.actions.boards import (
    count_entries,
    count_fact,
    days,
    make_board,
    make_stranger,
    make_team,
    scores,
    take_back,
    write_entry,
    write_fact,
)

TICK = timedelta(microseconds=1)


@pytest.fixture
def ann(alice: Member) -> Performer:
    """Somebody who does things in Alice's workspace."""
    return make_stranger(alice, "Ann")


@pytest.fixture
def ben(alice: Member) -> Performer:
    """Another."""
    return make_stranger(alice, "Ben")


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


def test_an_entry_counts_in_every_window_of_its_day(alice: Member, ann: Performer, noon: datetime):
    board = make_board(alice)
    count_entries(write_entry(ann, 5))
    assert scores(board) == {(window, "Ann"): (5, 0) for window in windows_of(noon.date())}
    assert days(alice) == {("2026-03-02", "PTS", "", "", 5, 0)}


def test_points_are_summed_and_actions_beside_them_counted(alice: Member, ann: Performer):
    board, fact = make_board(alice), write_fact(alice, ann)
    count_fact(fact)
    count_entries(write_entry(ann, 5, fact=fact), write_entry(ann, 3, fact=fact))
    count_entries(write_entry(ann, -1))
    assert scores(board, window="all") == {("all", "Ann"): (7, 1)}
    assert days(alice) == {
        ("2026-03-02", "", "greeting", "", 0, 1),
        ("2026-03-02", "PTS", "greeting", "", 8, 0),
        ("2026-03-02", "PTS", "", "", -1, 0),
    }


def test_what_is_pending_voided_or_nobodys_counts_nothing(alice: Member, ann: Performer):
    board, nobodys = make_board(alice), write_fact(alice)
    others = [write_entry(ann, 5, status="pending"), write_entry(ann, 5, status="voided")]
    with CaptureQueriesContext(connection) as asked:
        boards.count(alice.workspace_id, facts=[(nobodys, 1)], entries=others)
        boards.count(alice.workspace_id)
    assert len(asked) == 0
    assert (scores(board), days(alice)) == ({}, set())


def test_a_fact_taken_back_leaves_no_trace_but_its_time(alice: Member, ann: Performer, noon: datetime):
    counted, valued = make_board(alice, "count", metric="count"), make_board(alice, "value", metric="value")
    sale = write_fact(alice, ann, value=40, at=noon - timedelta(hours=1))
    count_fact(sale)
    assert scores(counted, window="all") == {("all", "Ann"): (1, 1)}
    assert scores(valued, window="all") == {("all", "Ann"): (40, 1)}
    count_fact(take_back(sale), sign=-1)
    assert scores(counted, window="all") == scores(valued, window="all") == {("all", "Ann"): (0, 0)}
    assert {row.attained_at for row in Standing.objects.filter(board__in=[counted, valued])} == {
        noon - timedelta(hours=1)
    }


def test_each_metric_counts_its_own(alice: Member, ann: Performer):
    points, money = make_board(alice, "pts"), make_board(alice, "money", currency="EUR")
    counted = make_board(alice, "count", metric="count")
    fact = write_fact(alice, ann)
    count_fact(fact)
    count_entries(write_entry(ann, 5, fact=fact), write_entry(ann, 9, currency="EUR"))
    found = [scores(board, window="all")["all", "Ann"] for board in (points, money, counted)]
    assert found == [(5, 1), (9, 1), (1, 1)]


def test_a_score_is_attained_when_the_last_of_it_was_and_no_later(alice: Member, ann: Performer, noon: datetime):
    board = make_board(alice)
    for hours in (2, 5, 3):
        count_entries(write_entry(ann, 1, at=noon + timedelta(hours=hours)))
    count_fact(write_fact(alice, ann, at=noon + timedelta(hours=9)))
    assert Standing.objects.get(board=board, window="all").attained_at == noon + timedelta(hours=5)


def test_a_board_of_some_types_counts_these(alice: Member, ann: Performer):
    board = make_board(alice, types=["sale", "never-heard-of"])
    sale, greeting = write_fact(alice, ann, type="sale"), write_fact(alice, ann)
    count_fact(sale, greeting)
    count_entries(write_entry(ann, 5, fact=sale), write_entry(ann, 3, fact=greeting), write_entry(ann, 1))
    assert scores(board, window="all") == {("all", "Ann"): (5, 1)}


def test_a_fact_counts_for_the_team_its_tally_names(alice: Member, ann: Performer):
    board, reds = make_board(alice), make_team(alice, "Reds")
    fact = write_fact(alice, ann, team=reds)
    count_fact(fact)
    count_entries(write_entry(ann, 5, fact=fact))
    assert scores(board, window="all") == {("all", "Ann"): (5, 1), ("all", "Reds"): (5, 1)}


def test_an_entry_for_another_or_for_no_fact_counts_for_the_team_of_its_time(alice, ann, ben, noon):
    reds, blues = make_team(alice, "Reds", ann), make_team(alice, "Blues", ben)
    board, fact = make_board(alice), write_fact(alice, ann, team=reds)
    share = write_entry(ben, 2, fact=fact, at=noon + timedelta(days=9))
    count_entries(share, write_entry(ben, 1, at=noon - TICK), write_entry(ann, 4))
    assert scores(board, window="all", performer=None) == {("all", "Reds"): (4, 0), ("all", "Blues"): (2, 0)}
    assert DailyTotal.objects.get(team=blues).amount == 2_000_000
    assert DailyTotal.objects.get(team=reds).amount == 4_000_000


def test_a_board_of_some_teams_counts_only_their_members(alice: Member, ann: Performer, ben: Performer):
    reds = make_team(alice, "Reds", ann)
    make_team(alice, "Blues", ben)
    board = make_board(alice)
    BoardTeam.objects.create(workspace=alice.workspace, board=board, team=reds)
    count_entries(write_entry(ann, 4), write_entry(ben, 7))
    assert scores(board, window="all") == {("all", "Ann"): (4, 0), ("all", "Reds"): (4, 0)}


def test_a_board_at_rest_and_a_board_of_others_count_nothing(alice: Member, charlie: Member, ann: Performer):
    resting, others = make_board(alice, active=False), make_board(charlie)
    count_entries(write_entry(ann, 4))
    assert scores(resting) == scores(others) == {}


def test_a_board_being_counted_again_gets_only_those_whose_turn_was(alice, ann, ben):
    board = make_board(alice, counted_to=ann.pk)
    count_entries(write_entry(ann, 1), write_entry(ben, 2))
    assert scores(board, window="all") == {("all", "Ann"): (1, 0)}


@pytest.mark.parametrize("name", ["service", "banned_at", "erased_at"])
def test_machines_the_banned_and_the_erased_keep_a_score_unseen(alice, ann, noon, name):
    board, hidden = make_board(alice), make_stranger(alice, "Hal", **{name: True if name == "service" else noon})
    count_entries(write_entry(ann, 1), write_entry(hidden, 2))
    rows = Standing.objects.filter(board=board, window="all")
    assert {(row.performer, row.shown, row.score) for row in rows} == {(ann, True, 10**6), (hidden, False, 2 * 10**6)}


def test_many_at_once_are_the_same_as_one_by_one(alice: Member, ann: Performer, ben: Performer, noon: datetime):
    make_team(alice, "Reds", ann, since=noon + timedelta(days=50))
    board, made = make_board(alice), list[Entry]()
    for number in range(130):
        moment = noon + timedelta(days=number)
        fact = write_fact(alice, (ann, ben)[number % 2], at=moment)
        made.append(write_entry((ann, ben)[number % 3 % 2], number + 1, fact=fact))
    count_entries(*made)
    at_once, at_once_days = scores(board), days(alice)
    Standing.objects.all().delete()
    DailyTotal.objects.all().delete()
    for entry in made:
        count_entries(entry)
    assert (scores(board), days(alice)) == (at_once, at_once_days)
    assert at_once["all", "Ann"][0] + at_once["all", "Ben"][0] == 130 * 131 // 2


def test_a_write_takes_few_statements(alice: Member, ann: Performer, ben: Performer):
    reds = make_team(alice, "Reds", ann, ben)
    make_board(alice, "sales", types=["sale"])
    make_board(alice, "everything")
    fact = write_fact(alice, ann, team=reds)
    fact.tally = Tally.objects.get()
    entry = write_entry(ann, 1, fact=fact)
    # The fact is in hand with its tally. Asked: boards, their types; written: days, performers, teams.
    with CaptureQueriesContext(connection) as asked:
        boards.count(alice.workspace_id, facts=[(fact, 1)], entries=[entry])
    assert len(asked) == 5
    # Besides: the fact, and memberships of whoever did not do it.
    share = Entry.objects.get(pk=write_entry(ben, 1, fact=Action.objects.get()).pk)
    with CaptureQueriesContext(connection) as asked:
        boards.count(alice.workspace_id, entries=[share])
    assert len(asked) == 7


def test_sums_are_exact_to_63_bits_and_refused_beyond(alice: Member, ann: Performer, ben: Performer):
    board = make_board(alice)
    count_entries(write_entry(ann, 0, amount=LARGEST - 1))
    count_entries(write_entry(ann, 0, amount=1))
    assert {row.score for row in Standing.objects.all()} == {LARGEST}
    assert DailyTotal.objects.get().amount == LARGEST
    reds = make_team(alice, "Reds", ben)
    Standing.objects.create(board=board, workspace=alice.workspace, window="all", team=reds, score=9)
    almost, ten = write_entry(ben, 0, amount=LARGEST - 8), write_entry(ben, 0, amount=10)
    for entries in ([almost], [almost, ten]):
        with pytest.raises(ValidationError, match="too large"), transaction.atomic():
            count_entries(*entries)
    assert {row.score for row in Standing.objects.filter(performer__isnull=False)} == {LARGEST}


def test_a_competition_counts_from_its_start_until_before_its_end(alice: Member, ann: Performer, noon: datetime):
    board, end = make_board(alice), noon + timedelta(hours=1)
    Competition.objects.create(
        workspace=alice.workspace, name="Race", board=board, created_at=noon, starts_at=noon, ends_at=end
    )
    for amount, at in [(1, noon - TICK), (2, noon), (4, end - TICK), (8, end)]:
        count_entries(write_entry(ann, amount, at=at))
    assert scores(board) == {("run", "Ann"): (6, 0)}


def test_a_day_is_the_one_that_was_written(alice: Member, ann: Performer):
    board = make_board(alice)
    entry = write_entry(ann, 1, at=datetime(2026, 12, 31, 23, tzinfo=UTC))
    entry.day = date(2027, 1, 1)
    boards.count(alice.workspace_id, entries=[entry])
    assert {window for window, _ in scores(board)} == set(windows_of(date(2027, 1, 1)))
