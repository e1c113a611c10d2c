"""Pages of leaderboards and competitions: who is ahead, and where one stands oneself."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.models import Leaderboard, Performer
from tests.actions.boards import make_board, make_stranger, make_team
from tests.actions.factories import DAY, make_competition, make_performer, pay
from tests.factories import NOON, make_member
from tests.visitors import shown, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(bob: Member) -> Client:
    """Bob, signed in, an hour after noon."""
    bob.workspace.clock_stopped_at = NOON + timedelta(hours=1)
    bob.workspace.save(update_fields=["clock_stopped_at"])
    return signed_in(bob)


@pytest.fixture
def board(alice: Member) -> Leaderboard:
    """A board of points, by the week."""
    return make_board(alice, "heroes", name="Heroes", window="week")


@transaction.atomic
def earn(who: Member | Performer, points: int, alice: Member, **facts: Any) -> None:
    """Points."""
    pay(who, points, alice, **facts)


def rows(text: str) -> list[tuple[str, str, str]]:
    """Rank, name and score of each line of the first table."""
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    found = []
    for line in body.split("</tr>")[:-1]:
        cells = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.split(r"</t[dh]>", line)]
        found.append((cells[0], cells[1], cells[2]))
    return found


def test_who_has_more_stands_higher_and_a_tie_shares_a_rank(page: Client, board: Leaderboard, alice: Member):
    people = {name: make_stranger(alice, name) for name in ("Ana", "Ben", "Cleo", "Dee")}
    for name, points in (("Ana", 5), ("Ben", 9), ("Cleo", 5), ("Dee", 1)):
        earn(people[name], points, alice)
    assert rows(shown(page.get("/actions/leaderboards/heroes/"))) == [
        ("1", "Ben", "9"),
        ("2", "Ana", "5"),
        ("2", "Cleo", "5"),
        ("4", "Dee", "1"),
    ]


def test_a_window_holds_what_counts_for_it(page: Client, board: Leaderboard, alice: Member):
    ana = make_stranger(alice, "Ana")
    earn(ana, 3, alice, effective_at=NOON - 10 * DAY)
    earn(ana, 4, alice)
    for query, score in (("", "4"), ("?window=all", "7"), ("?window=today", "4"), ("?window=year", "7")):
        assert rows(shown(page.get(f"/actions/leaderboards/heroes/{query}"))) == [("1", "Ana", score)], query
    custom = "?window=custom&since=2026-02-20&until=2026-02-20"
    assert rows(shown(page.get(f"/actions/leaderboards/heroes/{custom}"))) == [("1", "Ana", "3")]


def test_it_says_who_rose_and_who_fell(page: Client, board: Leaderboard, alice: Member):
    ana, ben = make_stranger(alice, "Ana"), make_stranger(alice, "Ben")
    for who, before, now in ((ana, 1, 9), (ben, 5, 2)):
        earn(who, before, alice, effective_at=NOON - 7 * DAY)
        earn(who, now, alice)
    found = rows(shown(page.get("/actions/leaderboards/heroes/")))
    assert [rank for rank, *_ in found] == ["1 ▲1", "2 ▼1"]


def test_one_finds_oneself_marked_or_with_ones_neighbours(
    page: Client, board: Leaderboard, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_module("actions.views.boards"), "SIZE", 2)
    for number in range(4):
        earn(make_stranger(alice, f"P{number}"), 10 - number, alice)
    earn(bob, 1, alice)
    text = shown(page.get("/actions/leaderboards/heroes/"))
    assert [name for _, name, _ in rows(text)] == ["P0", "P1"]
    near = text.split("Where you stand")[1]
    assert [name for _, name, _ in rows(near)] == ["P2", "P3", "Bob you"]
    last = shown(page.get("/actions/leaderboards/heroes/?page=3"))
    assert rows(last) == [("5", "Bob you", "1")]
    assert "Where you stand" not in last
    assert 'href="?page=2"' in last


def test_a_board_of_teams_ranks_teams(page: Client, alice: Member, bob: Member):
    team = make_team(alice, "Ridge", make_performer(bob), since=NOON - DAY)
    make_board(alice, "teams", subject="team")
    earn(bob, 6, alice)
    text = shown(page.get("/actions/leaderboards/teams/"))
    assert rows(text) == [("1", "Ridge you", "6")]
    assert f"/actions/teams/{team.pk}/" in text


@pytest.mark.parametrize(
    "query",
    [
        "window=decade",
        "window=custom",
        "window=custom&since=x",
        "page=0",
        "page=1e9",
        "window=custom&since=2026-02-02&until=2026-02-01",
    ],
)
def test_what_cannot_be_asked_is_refused_on_the_page(page: Client, board: Leaderboard, query: str):
    assert page.get(f"/actions/leaderboards/heroes/?{query}").status_code == 400


def test_a_competition_shows_how_it_stands(page: Client, alice: Member):
    race = make_competition(alice, "Spring cup")
    race.prizes.create(workspace=alice.workspace, rank_from=1, rank_to=3, amount=50_000_000)
    ana = make_stranger(alice, "Ana")
    earn(ana, 5, alice)
    earn(ana, 9, alice, effective_at=NOON - 3 * DAY)
    text = shown(page.get(f"/actions/competitions/{race.pk}/"))
    assert rows(text) == [("1", "Ana", "5")]
    assert "50 PTS" in " ".join(text.split())
    assert page.get(f"/actions/competitions/{race.pk}/?page=x").status_code == 404


def test_a_closed_competition_shows_its_result_whatever_came_later(page: Client, alice: Member):
    race = make_competition(alice, status="closed", closed_at=NOON)
    ana = make_stranger(alice, "Ana")
    facts = {"workspace": alice.workspace, "performer": ana, "score": 7_000_000, "place": 1}
    race.results.create(rank=1, dense_rank=1, **facts)
    earn(ana, 5, alice)
    text = shown(page.get(f"/actions/competitions/{race.pk}/"))
    assert rows(text) == [("1", "Ana", "7")]
    assert "the result stands for ever" in text


def test_the_list_has_boards_and_competitions_that_began(page: Client, board: Leaderboard, alice: Member):
    make_competition(alice, "Spring cup")
    make_competition(alice, "Secret cup", "secret", status="draft")
    make_board(alice, "old", name="Old board", active=False)
    text = shown(page.get("/actions/leaderboards/"))
    assert "Heroes" in text
    assert "Spring cup" in text
    for hidden in ("Secret cup", "Old board"):
        assert hidden not in text


def test_what_is_not_public_or_elsewhere_is_not_there(page: Client, alice: Member, charlie: Member):
    make_board(charlie, "theirs")
    make_board(alice, "old", active=False)
    draft, foreign = make_competition(alice, "Draft", "d", status="draft"), make_competition(charlie)
    paths = ["leaderboards/theirs/", "leaderboards/old/", "leaderboards/d/", "leaderboards/nowhere/"]
    paths += [f"competitions/{row.pk}/" for row in (draft, foreign)] + [f"competitions/{10**30}/"]
    assert [page.get(f"/actions/{path}").status_code for path in paths] == [404] * len(paths)


def test_whoever_is_banned_or_erased_is_not_named(page: Client, board: Leaderboard, alice: Member):
    ana = make_stranger(alice, "Ana")
    earn(ana, 5, alice)
    Performer.objects.filter(pk=ana.pk).update(erased_at=NOON)
    assert "Ana" not in shown(page.get("/actions/leaderboards/heroes/"))


def test_whoever_does_not_use_the_ledger_sees_no_board(alice: Member, board: Leaderboard):
    nora = signed_in(make_member(alice.workspace, "Nora", uses_actions=False))
    assert nora.get("/actions/leaderboards/heroes/").status_code == 403


def count(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        shown(client.get(path))
    return len(queries)


def test_queries_do_not_grow_with_the_board(page: Client, board: Leaderboard, alice: Member):
    earn(make_stranger(alice, "Ana"), 5, alice)
    # The first who asks in a window keeps the ranks of those that ended.
    shown(page.get("/actions/leaderboards/heroes/"))
    first = count(page, "/actions/leaderboards/heroes/")
    for number in range(10):
        earn(make_stranger(alice, f"P{number}"), number + 1, alice)
    assert count(page, "/actions/leaderboards/heroes/") == first <= 12
    assert count(page, "/actions/leaderboards/") == 6
