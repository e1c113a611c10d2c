"""Teams, leaderboards and competitions, as somebody works with them in the admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member, Workspace
from actions.models import Competition, Leaderboard, Payout, Performer, Team, TeamMembership
from actions.rules.competitions import PrizeTerms, create_competition
from actions.rules.teams import create_team, join_team
from tests.actions.boards import make_stranger, make_type
from tests.actions.factories import pay
from tests.visitors import shown, signed_in, told

BOARD = {"name": "Sales", "slug": "sales", "metric": "points", "currency": "PTS", "subject": "user", "window": "week"}
RACE = {
    "name": "Spring", "metric": "points", "currency": "PTS", "subject": "user", "tie_policy": "split",
    "grace_days": "0",
    "starts_at_0": "2026-03-02", "starts_at_1": "12:00", "ends_at_0": "2026-03-12", "ends_at_1": "12:00",
    "prizes": "1: 100 PTS\n2-3: 25.50 EUR",
}  # fmt: skip


@pytest.fixture
def owner(alice: Member, noon: datetime) -> Client:
    """Alice, signed in, where it is noon."""
    Workspace.objects.filter(pk=alice.workspace_id).update(clock_stopped_at=noon)
    alice.workspace.refresh_from_db()
    return signed_in(alice)


@pytest.fixture
def ann(alice: Member) -> Performer:
    """Somebody who does things."""
    return make_stranger(alice, "Ann")


def send(client: Client, noun: str, facts: dict[str, Any], pk: object = None) -> Any:
    """Fill in a form."""
    return client.post(f"/admin/actions/{noun}/{f'{pk}/change' if pk else 'add'}/", facts, follow=True)


def press(client: Client, row: Any, button: str) -> list[str]:
    """Press a button, and read what comes of it."""
    return told(client.post(f"/admin/actions/{row._meta.model_name}/{row.pk}/press/{button}/", follow=True))


def test_a_team_is_made_named_and_joined(owner: Client, alice: Member, ann: Performer):
    send(owner, "team", {"name": "Reds"})
    team = Team.objects.get()
    send(owner, "team", {"name": "Blues"}, team.pk)
    send(owner, "teammembership", {"performer": ann.pk, "team": team.pk})
    page = shown(owner.get(f"/admin/actions/team/{team.pk}/change/"))
    assert "Blues" in page
    assert "Ann" in page
    press(owner, TeamMembership.objects.get(), "leave")
    assert not TeamMembership.objects.current().exists()


def test_a_team_that_is_there_already_is_refused(owner: Client, alice: Member, noon: datetime):
    create_team(alice.workspace, name="Reds", at=noon)
    assert "another of this name" in shown(send(owner, "team", {"name": "Reds"}))


def test_a_board_is_made_changed_and_put_to_rest(owner: Client, alice: Member, ann: Performer, noon: datetime):
    make_type(alice, "sale")
    pay(ann, 5, alice)
    send(owner, "leaderboard", BOARD | {"types": ["sale"]})
    board = Leaderboard.objects.get(slug="sales")
    assert (board.types, board.window) == (["sale"], "week")
    assert "Nobody yet." in shown(owner.get(f"/admin/actions/leaderboard/{board.pk}/change/"))
    send(owner, "leaderboard", BOARD, board.pk)
    page = shown(owner.get(f"/admin/actions/leaderboard/{board.pk}/change/"))
    assert "1. " in page
    assert "Ann" in page
    press(owner, board, "rest")
    assert not Leaderboard.objects.get(slug="sales").active
    press(owner, board, "wake")
    press(owner, board, "recount")
    assert Leaderboard.objects.get(slug="sales").active
    assert "up to date" in shown(owner.get("/admin/actions/leaderboard/"))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"slug": "points"}, "another of this name"),
        ({"slug": "competition-9"}, "those of competitions"),
        ({"metric": "luck"}, "valid choice"),
        ({"types": ["never"]}, "valid choice"),
        ({"teams": ["999"]}, "valid choice"),
        ({"currency": "pts"}, "leaderboard_currency_shape"),
    ],
)
def test_what_makes_no_board_is_said_at_its_field(owner: Client, facts: dict[str, Any], said: str):
    assert said in shown(send(owner, "leaderboard", BOARD | facts))
    assert Leaderboard.objects.count() == 1


def test_teams_of_another_workspace_are_no_choice(owner: Client, charlie: Member, noon: datetime):
    theirs = create_team(charlie.workspace, name="Elsewhere United", at=noon)
    assert "Elsewhere United" not in shown(owner.get("/admin/actions/leaderboard/add/"))
    assert "valid choice" in shown(send(owner, "leaderboard", BOARD | {"teams": [str(theirs.pk)]}))


def test_a_competition_runs_from_draft_to_prizes(owner: Client, alice: Member, ann: Performer, noon: datetime):
    send(owner, "competition", RACE)
    race = Competition.objects.get()
    assert (race.starts_at, race.ends_at) == (noon, datetime(2026, 3, 12, 12, tzinfo=UTC))
    assert [prize.amount for prize in race.prizes.all()] == [100_000_000, 25_500_000]
    assert "2-3: 25.5 EUR" in shown(owner.get(f"/admin/actions/competition/{race.pk}/change/"))
    press(owner, race, "open")
    pay(ann, 7, alice, at=noon + timedelta(hours=1))
    assert "Ann" in shown(owner.get(f"/admin/actions/competition/{race.pk}/change/"))
    Workspace.objects.update(clock_stopped_at=noon + timedelta(days=1))
    press(owner, race, "end")
    press(owner, race, "close")
    race.refresh_from_db()
    assert race.status == "closed"
    assert Payout.objects.get().entry.amount == 100_000_000
    pay(ann, 3, alice, at=noon + timedelta(days=2), effective_at=noon + timedelta(hours=2))
    page = shown(owner.get(f"/admin/actions/competition/{race.pk}/change/"))
    assert "won" in page
    assert "100 PTS" in page
    # What became known later.
    assert f"/admin/actions/entry/{Payout.objects.get().entry_id + 1}/change/" in page


def test_an_open_competition_gets_only_another_name(owner: Client, alice: Member):
    send(owner, "competition", RACE)
    race = Competition.objects.get()
    press(owner, race, "open")
    send(owner, "competition", RACE | {"name": "Summer", "grace_days": "9", "prizes": ""}, race.pk)
    race.refresh_from_db()
    assert (race.name, race.grace_days, race.prizes.count()) == ("Summer", 0, 2)


@pytest.mark.parametrize(
    ("prizes", "said"),
    [
        ("1: lots", "is no prize"),
        ("1 100", "is no prize"),
        ("1: 1.2.3", "is no prize"),
        ("1: -5", "more than nothing"),
        ("1: 0.0000001", "six after it"),
        ("1: 99999999999999999999", "too large to be kept"),
        ("0: 5", "from 1 to"),
        ("1-3: 5\n2: 5", "two prizes"),
        ("1: 5 pts", "not a currency"),
    ],
)
def test_prizes_that_make_no_sense_are_refused(owner: Client, prizes: str, said: str):
    assert said in shown(send(owner, "competition", RACE | {"prizes": prizes}))
    assert not Competition.objects.exists()


def test_lists_ask_no_more_for_more_rows(owner: Client, alice: Member, noon: datetime, django_assert_max_num_queries):
    for number in range(30):
        person = make_stranger(alice, f"No. {number}")
        join_team(person, create_team(alice.workspace, name=f"Team {number}", at=noon), at=noon)
        dates = {"starts_at": noon, "ends_at": noon + timedelta(days=1), "at": noon}
        create_competition(alice.workspace, name=f"Race {number}", prizes=[PrizeTerms(1, 1, 1)], **dates)
    for noun in ("team", "teammembership", "leaderboard", "competition"):
        # Session, visitor, rows, their number, choices of filters.
        with django_assert_max_num_queries(14):
            shown(owner.get(f"/admin/actions/{noun}/"))
