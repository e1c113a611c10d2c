"""Action types, teams and competitions, one by one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.models import Member
from actions.models import Competition
from tests.actions.api.caller import Igni, refusals
from tests.actions.api.world import make_things


@pytest.fixture
def things(alice: Member) -> SimpleNamespace:
    """Rows of every kind."""
    return make_things(alice)


def test_a_type_says_what_it_declares_and_pays(api: Igni, things: SimpleNamespace):
    shown = api.data(f"/action-types/{things.types['transaction'].pk}")["attributes"]
    assert shown == {
        "slug": "transaction",
        "name": "Transaction",
        "active": True,
        "parameters": ["value"],
        "defaultPoints": 5,
    }


def test_a_team_leads_to_its_members(api: Igni, things: SimpleNamespace):
    team = api.data(f"/teams/{things.team.pk}")
    members = team["relationships"]["members"]["links"]["related"].partition("/api/v1")[2]
    assert api.ids(members) == [str(things.bea.pk)]


def test_a_competition_is_shown_with_its_terms(api: Igni, stranger: Igni, alice: Member, things: SimpleNamespace):
    race = Competition.objects.of(alice.workspace).order_by("pk").first()
    assert race
    shown = api.data(f"/competitions/{race.pk}")
    assert (shown["attributes"]["status"], shown["attributes"]["tiePolicy"]) == ("open", "split")
    assert shown["relationships"]["teams"]["data"] == []
    for path in (f"/competitions/{race.pk}", f"/teams/{things.team.pk}", f"/action-types/{things.types['event'].pk}"):
        assert refusals(stranger.get(path), 404) == {("not_found", "")}
