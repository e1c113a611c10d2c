"""`checkledger` finds totals, standings and results that are not what was done, and counts the first two again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Member
from actions.models import DailyTotal, Leaderboard, Result, Standing
from actions.rules.boards import create_board
from actions.rules.competitions import close_competition, create_competition, end_competition, open_competition
from actions.rules.proofs import prove
from actions.rules.proofs.repairs import rebuild
from actions.rules.teams import create_team, join_team
from tests.actions.boards import UNIT
from tests.actions.factories import SOLD, make_fact, make_performer, pay, take_back

DAY = timedelta(days=1)


@pytest.fixture
def world(alice: Member, bob: Member, noon: datetime) -> Member:
    """Two people, a team, boards of every metric, a competition that is over and one that is not; Alice's."""
    workspace = alice.workspace
    team = create_team(workspace, name="Reds", at=noon)
    for metric in ("count", "value"):
        create_board(workspace, slug=metric, name=metric, metric=metric, at=noon)
    races = [
        create_competition(workspace, name=name, starts_at=noon, ends_at=noon + days * DAY, at=noon, metric="count")
        for name, days in (("Short", 3), ("Long", 60))
    ]
    for race in races:
        open_competition(race, at=noon)
    for number in range(8):
        at = noon + number * DAY * 5 / 4
        if number == 3:
            join_team(make_performer(alice), team, at=at)
        fact = make_fact(alice, occurrence=number + 1, at=at)
        pay(alice, number + 1, alice, action=fact, at=at)
        pay(bob, 2, alice, action=fact, at=at)
    make_fact(bob, verb=SOLD, params={"value": 7 * UNIT}, at=noon + 11 * DAY)
    take_back(alice, occurrence=5, at=noon + 12 * DAY)
    create_board(workspace, slug="sales", name="Sales", metric="value", types=["tests-sale"], at=noon + 12 * DAY)
    create_board(workspace, slug="reds", name="Reds", teams=[team], at=noon + 12 * DAY)
    end_competition(races[0], at=noon + 12 * DAY)
    close_competition(races[0], actor=alice, at=noon + 13 * DAY)
    return alice


def codes(member: Member) -> set[str]:
    """What is wrong in her workspace."""
    return {fault.code for fault in prove(member.workspace).faults}


def test_what_went_through_the_rules_is_in_order(world: Member):
    assert prove(world.workspace).faults == []
    assert Standing.objects.filter(window="run").exists()
    assert Standing.objects.exclude(team=None).exists()


def some_day() -> Any:
    return DailyTotal.objects.filter(currency="PTS").order_by("pk")[:1].get()


def some_standing(**where: Any) -> Any:
    return Standing.objects.filter(board__active=True, **where).order_by("pk")[:1].get()


def change(row: Any, **facts: Any) -> None:
    type(row).objects.filter(pk=row.pk).update(**facts)


DAMAGES: list[tuple[Callable[[], object], set[str]]] = [
    (lambda: change(some_day(), amount=1), {"day", "standing"}),
    (lambda: change(some_day(), last_at=datetime.fromisoformat("2020-01-01T00:00:00Z")), {"day", "standing"}),
    (lambda: DailyTotal.objects.filter(currency="", actions__gt=0).update(actions=9), {"day", "standing"}),
    (lambda: some_day().delete(), {"day", "standing"}),
    (lambda: change(some_standing(), score=1), {"standing"}),
    (lambda: change(some_standing(), actions=77), {"standing"}),
    (lambda: change(some_standing(score__gt=0), attained_at=None), {"standing"}),
    (lambda: change(some_standing(window="run"), score=1), {"standing"}),
    (lambda: change(some_standing(team__isnull=False), score=1), {"standing"}),
    (lambda: change(some_standing(), window="2020-W01"), {"standing"}),
    (lambda: some_standing().delete(), {"standing"}),
    (lambda: Result.objects.filter(place=1).update(rank=2), {"result"}),
    (lambda: Result.objects.filter(place=1).update(dense_rank=9), {"result"}),
]


@pytest.mark.parametrize(("damage", "found"), DAMAGES)
def test_every_damage_is_found_and_what_is_only_a_cache_is_counted_again(world, damage, found):
    before = said()
    damage()
    assert codes(world) == found
    rebuilt = rebuild(world.workspace)
    assert codes(world) == found & {"result"}
    assert said() == before
    assert bool(rebuilt["days"]) == ("day" in found)
    # Standings that only followed from wrong days are right when those are.
    assert bool(rebuilt["standings"]) == (found == {"standing"})


def said() -> set[tuple[Any, ...]]:
    """All standings."""
    columns = "board", "window", "performer", "team", "score", "actions", "attained_at", "shown"
    return set(Standing.objects.values_list(*columns))


def test_a_board_at_rest_or_counted_again_is_left_alone(world: Member):
    board = Leaderboard.objects.get(slug="points")
    change(some_standing(board=board), score=1)
    for facts in ({"active": False}, {"active": True, "counted_to": 0}):
        change(board, **facts)
        assert codes(world) == set()
    change(board, counted_to=None)
    assert codes(world) == {"standing"}


def test_damage_stays_in_its_workspace(world: Member, charlie: Member):
    pay(charlie, 1, charlie)
    change(some_standing(board__workspace=world.workspace), score=1)
    assert codes(charlie) == set()
    assert rebuild(charlie.workspace)["standings"] == 0
