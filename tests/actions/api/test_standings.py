"""Standings over HTTP: windows, subjects, narrower questions, one's own line and who is around it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Member
from actions.addresses import WORDS
from actions.models import Competition
from tests.actions.api.caller import Igni, refusals
from tests.actions.api.world import make_things
from tests.factories import make_key

BOARD = "/leaderboards/things/standings"


@pytest.fixture
def things(alice: Member) -> SimpleNamespace:
    """Deeds and movements, and a board that counts deeds."""
    return make_things(alice)


def scores(api: Igni, **filters: Any) -> dict[str, Any]:
    """By subject: the score."""
    query = {f"filter[{name}]": value for name, value in filters.items()}
    rows = api.data(BOARD, query)
    return {one["id"].rpartition(":")[2]: one["attributes"]["score"] for one in rows}


def test_lines_have_ranks_and_ties(api: Igni, things: SimpleNamespace):
    rows = api.data(BOARD, {"include": "subject"})
    assert [one["attributes"]["rank"] for one in rows] == [1, 1]
    assert {one["relationships"]["subject"]["data"]["id"] for one in rows} == {str(things.ada.pk), str(things.bea.pk)}


def test_every_parameter_asks_another_question(api: Igni, things: SimpleNamespace):
    ada, bea = f"user-{things.ada.pk}", f"user-{things.bea.pk}"
    assert scores(api) == {ada: 2, bea: 2}
    assert scores(api, window="all") == {ada: 2, bea: 2}
    assert scores(api, window="today") == {}
    assert scores(api, **{"from": "2026-03-03 00:00:00"}) == {bea: 2}
    assert scores(api, to="2026-03-03T00:00:00Z") == {ada: 2}
    assert scores(api, window="custom", **{"from": "2026-03-03 00:00:00", "to": "2026-03-04 00:00:00"}) == {bea: 1}
    assert scores(api, subject="team") == {f"team-{things.team.pk}": 2}
    assert scores(api, team=str(things.team.pk)) == {bea: 2}
    assert scores(api, actionType="event") == {bea: 1}
    assert scores(api, actionType="event,transaction", user=str(things.ada.pk)) == {ada: 2}
    assert scores(api, window="today", zero="1") == {ada: 0, bea: 0}
    assert [len(api.data(BOARD, {"page[size]": "1", "page[number]": str(n)})) for n in (1, 2, 3)] == [1, 1, 0]


def test_points_of_another_currency(api: Igni, things: SimpleNamespace):
    rows = api.data("/leaderboards/points/standings", {"filter[currency]": "EUR"})
    assert [(one["id"], one["attributes"]["score"]) for one in rows] == [(f"points:all:user-{things.bea.pk}", 7)]


def test_ones_own_line_comes_with_those_around_it(alice: Member, things: SimpleNamespace):
    mine = Igni(make_key(alice.workspace, "actions", *WORDS, member=alice)[1])
    body = mine.get(BOARD, {"filter[user]": "me"}).json()
    assert [one["id"] for one in body["data"]] == [f"things:all:user-{things.ada.pk}"]
    around = body["meta"]["around"]
    assert [one["id"] for one in around["above"] + around["below"]] == [f"things:all:user-{things.bea.pk}"]
    assert body["meta"]["window"] == {"from": None, "to": None}


def test_nobody_is_me_for_a_key_without_a_member(api: Igni, things: SimpleNamespace):
    assert refusals(api.get(BOARD, {"filter[user]": "me"}), 400) == {("invalid_filter", "filter[user]")}


@pytest.mark.parametrize(
    ("filters", "wrong"),
    [
        ({"window": "fortnight"}, "window"),
        ({"window": "custom"}, "window"),
        ({"window": "week", "from": "2026-03-02 00:00:00"}, "window"),
        ({"from": "2026-03-03 00:00:00", "to": "2026-03-02 00:00:00"}, "to"),
        ({"currency": "EUR"}, "currency"),
        ({"subject": "planet"}, "subject"),
        ({"team": "x"}, "team"),
        ({"user": "x"}, "user"),
    ],
)
def test_a_question_without_sense_is_refused(api: Igni, things: SimpleNamespace, filters: dict[str, str], wrong: str):
    query = {f"filter[{name}]": value for name, value in filters.items()}
    assert refusals(api.get(BOARD, query), 400) == {("invalid_filter", f"filter[{wrong}]")}


def test_windows_are_told_where_the_workspace_is(api: Igni, alice: Member, things: SimpleNamespace):
    alice.workspace.time_zone = "Europe/Warsaw"
    alice.workspace.save()
    window = api.get(BOARD, {"filter[from]": "2026-03-02 00:00:00"}).json()["meta"]["window"]
    assert window == {"from": "2026-03-02T00:00:00+01:00", "to": None}


def test_a_competition_has_standings_of_its_run(api: Igni, alice: Member, things: SimpleNamespace, stranger: Igni):
    race = Competition.objects.of(alice.workspace).order_by("pk").first()
    assert race
    body = api.get(f"/competitions/{race.pk}/standings").json()
    assert body["meta"]["window"]["from"] == "2026-03-03T12:00:00+00:00"
    assert refusals(stranger.get(f"/competitions/{race.pk}/standings"), 404) == {("not_found", "")}
    assert refusals(api.get(f"/leaderboards/{race.board.slug}/standings"), 404) == {("not_found", "")}
