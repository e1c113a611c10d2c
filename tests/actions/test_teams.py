"""Teams: who is in one is in no other, and what was done for it stays its."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Member
from actions.models import Leaderboard, Performer, Standing, TeamMembership
from actions.rules.teams import create_team, join_team, leave_team, rename_team
from tests.actions.boards import make_stranger
from tests.actions.factories import make_fact, make_performer, pay

HOUR = timedelta(hours=1)


def stays(performer: Performer) -> list[tuple[str, datetime, datetime | None]]:
    """Where somebody was, and when."""
    rows = TeamMembership.objects.filter(performer=performer).order_by("since")
    return [(str(stay.team), stay.since, stay.until) for stay in rows.select_related("team")]


def test_a_performer_is_in_one_team_at_a_time(alice: Member, performer: Performer, noon: datetime):
    reds, blues = (create_team(alice.workspace, name=name, at=noon) for name in ("Reds", "Blues"))
    join_team(performer, reds, at=noon)
    join_team(performer, reds, at=noon + HOUR)
    join_team(performer, blues, at=noon + 2 * HOUR)
    leave_team(performer, at=noon + 3 * HOUR)
    assert leave_team(performer, at=noon + 4 * HOUR) is None
    two, three = noon + 2 * HOUR, noon + 3 * HOUR
    assert stays(performer) == [("Reds", noon, two), ("Blues", two, three)]


def test_what_was_done_for_a_team_stays_its(alice: Member, performer: Performer, noon: datetime):
    reds, blues = (create_team(alice.workspace, name=name, at=noon) for name in ("Reds", "Blues"))
    join_team(performer, reds, at=noon)
    pay(alice, 5, alice, at=noon + HOUR, action=make_fact(alice, at=noon + HOUR))
    join_team(performer, blues, at=noon + 2 * HOUR)
    pay(alice, 2, alice, at=noon + 3 * HOUR)
    found = Standing.objects.filter(board__slug="points", window="all")
    assert {str(row.team or "all"): (row.score // 10**6, row.actions) for row in found} == {
        "Reds": (5, 1),
        "Blues": (2, 0),
        "all": (7, 1),
    }


def test_nobody_joins_or_leaves_in_the_past(alice: Member, performer: Performer, noon: datetime):
    reds = create_team(alice.workspace, name="Reds", at=noon)
    make_fact(alice, at=noon + HOUR)
    for way in (lambda at: join_team(performer, reds, at=at), lambda at: leave_team(performer, at=at)):
        with pytest.raises(ValidationError, match="in the past"):
            way(noon)
    join_team(performer, reds, at=noon + 2 * HOUR)
    with pytest.raises(ValidationError, match="in the past"):
        leave_team(performer, at=noon + HOUR)
    bob = make_stranger(alice, "Bob")
    pay(bob, 1, alice, at=noon + HOUR)
    with pytest.raises(ValidationError, match="in the past"):
        join_team(bob, reds, at=noon)
    assert stays(bob) == []


def test_strangers_and_the_erased_join_nothing(alice: Member, charlie: Member, noon: datetime):
    reds = create_team(alice.workspace, name="Reds", at=noon)
    for who in (make_performer(charlie), make_stranger(alice, "Gone", erased_at=noon)):
        with pytest.raises(ValidationError):
            join_team(who, reds, at=noon)
    assert not TeamMembership.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "Reds", "a\x00b", "x" * 201])
def test_a_team_has_a_name_of_its_own(alice: Member, charlie: Member, noon: datetime, name: str):
    create_team(alice.workspace, name="Reds", at=noon)
    blues = create_team(alice.workspace, name="Blues", at=noon)
    create_team(charlie.workspace, name="Reds", at=noon)
    with pytest.raises(ValidationError):
        create_team(alice.workspace, name=name, at=noon)
    with pytest.raises(ValidationError):
        rename_team(blues, name=name)
    assert rename_team(blues, name=" Greens ").name == "Greens"


def test_a_new_workspace_has_a_board_of_points(alice: Member):
    board = Leaderboard.objects.of(alice.workspace).get()
    assert (board.slug, board.name, board.metric, board.subject, board.window) == (
        "points", "Points", "points", "user", "all",
    )  # fmt: skip
