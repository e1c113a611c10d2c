"""Boards are made and changed, and say what they would have said from the beginning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import due
from accounts.errors import Conflict
from accounts.models import Due, Member, Workspace
from actions.models import Competition, Leaderboard, Performer, Standing
from actions.rules.boards import (
    activate_board,
    change_board,
    create_board,
    deactivate_board,
    progress,
    recounting,
    show_or_hide,
    standings,
)
from actions.rules.boards.ranking import keep_ranks_everywhere
from actions.rules.erasing import erase_performer
from tests.actions.boards import count_entries as count
from tests.actions.boards import count_fact as happen
from tests.actions.boards import make_stranger, make_team, make_type, scores, write_entry, write_fact

DAY = timedelta(days=1)


@pytest.fixture
def people(alice: Member) -> list[Performer]:
    """Ann, who is a Red, Ben and Cem."""
    ann, ben, cem = (make_stranger(alice, name) for name in ("Ann", "Ben", "Cem"))
    make_team(alice, "Reds", ann)
    return [ann, ben, cem]


@pytest.fixture
def board(alice: Member) -> Leaderboard:
    """The board a workspace starts with."""
    found: Leaderboard = Leaderboard.objects.select_related("workspace").get(workspace=alice.workspace)
    return found


def said(board: Leaderboard, now: datetime, **asked: Any) -> list[tuple[str, int, int, int]]:
    """Name, rank, dense rank and score, in order."""
    page = standings(board, now=now, **asked).page(1, 50)
    names = dict(Performer.objects.values_list("pk", "name"))
    return [(names[line.subject], line.rank, line.dense_rank, line.score // 10**6) for line in page.lines]


def test_ties_share_a_rank_and_whoever_was_there_first_stands_first(people, board, noon):
    ann, ben, cem = people
    count(write_entry(ann, 5, at=noon + DAY), write_entry(ben, 5, at=noon), write_entry(cem, 3, at=noon))
    assert said(board, noon) == [("Ben", 1, 1, 5), ("Ann", 1, 1, 5), ("Cem", 3, 2, 3)]
    count(write_entry(cem, 2, at=noon))
    assert said(board, noon) == [("Ben", 1, 1, 5), ("Cem", 1, 1, 5), ("Ann", 1, 1, 5)]


def test_a_tie_over_two_pages_is_one_tie(people, board, noon):
    count(*[write_entry(who, 5) for who in people])
    count(*[write_entry(make_stranger(people[0], f"No. {n}"), n) for n in (9, 8, 1)])
    its = standings(board, now=noon)
    assert [[line.rank for line in its.page(number, 3).lines] for number in (1, 2)] == [[1, 2, 3], [3, 3, 6]]
    assert (its.page(1, 3).more, its.page(2, 3).more, its.page(3, 3).lines) == (True, False, [])


def test_previous_ranks_are_those_when_the_window_ended(people, board, noon):
    ann, ben, cem = people
    count(write_entry(ann, 5, at=noon), write_entry(ben, 3, at=noon))
    count(write_entry(ben, 9, at=noon + 7 * DAY), write_entry(cem, 9, at=noon + 7 * DAY))
    later = noon + 7 * DAY
    found = {
        line.subject: (line.previous_rank, line.delta)
        for line in standings(board, now=later, window="week").page().lines
    }
    assert found == {ben.pk: (2, 1), cem.pk: (None, None)}
    # What is told too late changes the score of that week, and nobody's rank in it.
    count(write_entry(ben, 70, at=noon))
    again = standings(board, now=later, window="week")
    assert [line.previous_rank for line in again.page().lines] == [2, None]
    assert [line.previous_rank for line in standings(board, now=later, window="all").page().lines] == [None] * 3


def test_a_worker_keeps_ranks_when_a_day_is_over(people, board, noon):
    ann, ben, _ = people
    count(write_entry(ann, 5), write_entry(ben, 3))
    assert keep_ranks_everywhere(noon + DAY) == 1
    assert keep_ranks_everywhere(noon + DAY) == 0
    kept = Standing.objects.filter(team=None, final_rank__gt=0).values_list("window", "performer", "final_rank")
    assert sorted(kept) == [("2026-03-02", ann.pk, 1), ("2026-03-02", ben.pk, 2)]
    assert Standing.objects.get(window="2026-03-02", performer=None).final_rank == 1


def test_own_row_and_neighbours_are_found_off_the_page(people, board, noon):
    for number in range(40):
        count(write_entry(make_stranger(people[0], f"No. {number}"), 100 - number))
    count(write_entry(people[0], 80))
    around = standings(board, now=noon).around(people[0], 2)
    assert around
    assert (around.line.rank, around.line.place) == (21, 21)
    assert [line.score // 10**6 for line in [*around.above, *around.below]] == [82, 81, 80, 79]
    assert standings(board, now=noon).around(people[1]) is None
    nobody = standings(board, now=noon, zero=True).around(people[1])
    assert nobody
    assert (nobody.line.rank, nobody.line.score, nobody.line.attained_at) == (42, 0, None)


@pytest.mark.parametrize("facts", [{"service": True}, {"banned_at": True}, {"erased_at": True}])
def test_the_banned_leave_the_board_and_come_back(people, board, noon, facts):
    ann, ben, _ = people
    count(write_entry(ann, 5), write_entry(ben, 3))
    before = {name: getattr(ann, name) for name in facts}
    Performer.objects.filter(pk=ann.pk).update(**{k: noon if k.endswith("_at") else v for k, v in facts.items()})
    show_or_hide(ann)
    assert said(board, noon) == said(board, noon, window="custom", until=noon + DAY) == [("Ben", 1, 1, 3)]
    assert said(board, noon, zero=True) == [("Ben", 1, 1, 3), ("Cem", 2, 2, 0)]
    Performer.objects.filter(pk=ann.pk).update(**before)
    show_or_hide(ann)
    assert said(board, noon) == [("Ann", 1, 1, 5), ("Ben", 2, 2, 3)]


def test_whoever_is_forgotten_leaves_the_board(alice, people, board, noon):
    count(write_entry(people[0], 5), write_entry(people[1], 3))
    erase_performer(people[0], actor=alice, at=noon)
    assert said(board, noon) == [("Ben", 1, 1, 3)]


def test_a_new_board_counts_what_was_done_before(alice, people, noon):
    ann, ben, _ = people
    sale = write_fact(alice, ann, type="sale", value=30)
    happen(sale, write_fact(alice, ben))
    count(write_entry(ann, 5, fact=sale), write_entry(ben, 2, currency="EUR"))
    say: Callable[..., Leaderboard] = lambda slug, **says: create_board(  # noqa: E731
        alice.workspace, slug=slug, name=slug, at=noon, **says
    )
    assert said(say("sales", types=["sale"]), noon) == [("Ann", 1, 1, 5)]
    assert said(say("money", currency="EUR"), noon) == [("Ben", 1, 1, 2)]
    assert said(say("deeds", metric="count"), noon) == [("Ann", 1, 1, 1), ("Ben", 1, 1, 1)]
    assert said(say("worth", metric="value", window="week"), noon) == [("Ann", 1, 1, 30)]
    reds = [stay.team for stay in ann.memberships.all()]
    assert said(say("reds", metric="count", teams=reds), noon) == []


def test_a_changed_board_is_counted_again(people, board, noon):
    count(write_entry(people[0], 5), write_entry(people[1], 2, currency="EUR"))
    assert said(change_board(board, at=noon, currency="EUR"), noon) == [("Ben", 1, 1, 2)]
    with CaptureQueriesContext(connection) as asked:
        change_board(board, at=noon, name="Money")
    assert not [query for query in asked if "standing" in query["sql"]]


def test_a_board_at_rest_counts_nothing_until_it_is_woken(people, board, noon):
    count(write_entry(people[0], 5))
    deactivate_board(board, at=noon)
    count(write_entry(people[1], 7))
    assert said(board, noon) == [("Ann", 1, 1, 5)]
    assert said(activate_board(board, at=noon), noon) == [("Ben", 1, 1, 7), ("Ann", 2, 2, 5)]


def test_a_large_board_is_counted_again_by_and_by(alice, people, board, noon, monkeypatch):
    monkeypatch.setattr(recounting, "SMALL", 3)
    monkeypatch.setattr(recounting, "PERFORMERS", 1)
    count(*[write_entry(who, number + 1) for number, who in enumerate(people)])
    before = scores(board)
    changed = change_board(board, at=noon, active=True, currency="EUR")
    changed = change_board(changed, at=noon, currency="PTS")
    assert progress(changed) == 0
    seen, turns = set(), 0
    # What is done meanwhile counts once, whether the turn of whoever did it has come or not.
    count(write_entry(people[2], 10))
    while work := Due.objects.waiting().filter(job=recounting.JOB).first():
        turns += 1
        [outcome] = due.run_due(alice.workspace, now=noon + 9999 * DAY, most=1)
        assert not outcome.error
        fresh = Leaderboard.objects.get(pk=board.pk)
        seen.add(progress(fresh))
        if fresh.counted_to == people[0].pk:
            count(write_entry(people[0], 20), write_entry(people[1], 20))
        assert turns < 60, work
    assert {33, 66, None} <= seen
    assert said(board, noon) == [("Ben", 1, 1, 22), ("Ann", 2, 2, 21), ("Cem", 3, 3, 13)]
    assert scores(board).keys() == before.keys()


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ({"slug": "points"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "competition-1"}, "slug"),
        ({"name": ""}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"metric": "luck"}, "metric"),
        ({"currency": "pts"}, "currency"),
        ({"types": ["never-heard-of"]}, "types"),
        ({"types": "sale"}, "types"),
        ({"subject": "planet"}, "subject"),
        ({"window": "fortnight"}, "window"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_board_is_refused(alice, noon, says, name):
    with pytest.raises(ValidationError) as refusal:
        create_board(alice.workspace, **({"slug": "new", "name": "New", "at": noon} | says))
    assert name in refusal.value.message_dict or "currency" in str(refusal.value)
    assert Leaderboard.objects.count() == 1


def test_teams_of_another_workspace_are_refused(alice, charlie, noon):
    with pytest.raises(ValidationError, match="no such team"):
        create_board(alice.workspace, slug="new", name="New", at=noon, teams=[make_team(charlie, "Far")])


@pytest.mark.parametrize(
    "asked",
    [
        {"window": "fortnight"},
        {"window": "custom"},
        {"window": "week", "since": 0},
        {"window": "custom", "since": 1, "until": 1},
        {"window": "custom", "since": 2, "until": 1},
        {"subject": "planet"},
        {"currency": "pts"},
    ],
)
def test_what_cannot_be_asked_is_refused(board, noon, asked):
    times = {name: noon + value * DAY for name, value in asked.items() if name in ("since", "until")}
    with pytest.raises(ValidationError):
        standings(board, now=noon, **(asked | times))


def test_only_points_have_a_currency(alice, noon):
    counted = create_board(alice.workspace, slug="deeds", name="Deeds", metric="count", at=noon)
    with pytest.raises(ValidationError, match="no currency"):
        standings(counted, now=noon, currency="EUR")


def test_reading_takes_few_statements_however_many_there_are(alice, people, board, noon):
    make_type(alice, "sale")
    for rows in (1, 30):
        count(*[write_entry(make_stranger(alice, f"{rows} {number}"), number + 1) for number in range(rows)])
        board = Leaderboard.objects.select_related("workspace").get(pk=board.pk)
        with CaptureQueriesContext(connection) as asked:
            standings(board, now=noon, window="all").page(2, 10)
        # Whether it is a competition's; the page.
        assert len(asked) == 2
        standings(board, now=noon, window="week").page(1, 10)
        with CaptureQueriesContext(connection) as asked:
            standings(board, now=noon, window="week", zero=True).around(people[0])
        # Nobody has her place; how many are above zero, above her without a score, and whether she is one of them;
        # the page: the lines with a score, how many of them there are, of how many scores; those without; how many
        # they are, and the lines below.
        assert len(asked) <= 10
        with CaptureQueriesContext(connection) as asked:
            standings(board, now=noon, window="week").around(Performer.objects.get(name=f"{rows} 0").pk)
        # Her key; her place; the page.
        assert len(asked) == 3
        with CaptureQueriesContext(connection) as asked:
            standings(board, now=noon, types=["sale"]).page(1, 10)
        # The type; the teams it is for; the page.
        assert len(asked) == 3
        assert not [
            query
            for query in asked
            if "actions_entry" in query["sql"] or "actions_action" in query["sql"].replace("actions_actiontype", "")
        ]


def test_pages_are_read_by_index(people, board, noon):
    count(*[write_entry(who, 1) for who in people])
    source: Any = standings(board, now=noon).source
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        order = "ORDER BY score DESC, attained_at, subject LIMIT 10"
        cursor.execute(f"{plan} SELECT * FROM {source.ranked} s {order}", source.values)
        text = " ".join(str(row) for row in cursor.fetchall())
    assert "standing_users" in text
    assert "B-TREE" not in text.upper()
    assert "Sort" not in text


def test_a_board_of_a_competition_is_changed_by_that(alice, board, noon):
    Competition.objects.create(
        workspace=alice.workspace, name="Race", board=board, created_at=noon, starts_at=noon, ends_at=noon + DAY
    )
    with pytest.raises(Conflict):
        change_board(board, at=noon, name="Other")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_no_question_is_too_large(alice, people, board, noon, zone):
    count(write_entry(people[0], 5))
    Workspace.objects.filter(pk=alice.workspace_id).update(time_zone=zone)
    board = Leaderboard.objects.select_related("workspace").get(pk=board.pk)
    ends = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert said(board, noon, window="custom", since=ends[0], until=ends[1]) == [("Ann", 1, 1, 5)]
    for asked in ({}, {"types": ["x\x00"]}, {"team": 2**70}, {"zero": True}):
        its = standings(board, now=noon, **asked)
        assert its.page(2**62, 100).lines == []
        assert its.around(2**70) is its.around(-1) is its.around(0) is None
