"""The demo's ledger is told through the rules, once, and everything it is to show is there."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.demo import World
from accounts.models import Member
from actions import demo
from actions.models import Action, Competition, Entry, Leaderboard, Performer, Team, Wallet
from incidents.rules import complete_action
from tests.factories import NOON, make_member
from tests.incidents.factories import make_action

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alice: Member) -> World:
    """A cast that did nothing yet."""
    names = ["Ada", "Bruno", "Chiara", "David", "Elif", "Finn"]
    members = {name: make_member(alice.workspace, name) for name in names}
    made = World(alice.workspace, members, NOON)
    with transaction.atomic():
        demo.load(made)
    return made


def test_everything_is_there_that_a_ledger_can_have(world: World):
    facts = Action.objects.of(world.workspace)
    assert facts.unassigned().count() == 1
    assert facts.cancelled().count() == 2
    assert Team.objects.count() == 2
    assert Performer.objects.filter(member=None).count() == 3
    assert Entry.objects.pending().count() == 1
    assert set(Leaderboard.objects.public().values_list("slug", flat=True)) == {"points", "week", "teams", "shop"}
    assert dict(Competition.objects.values_list("name", "status")) == {
        "Autumn fair": "closed",
        "Ready for winter": "open",
    }
    assert Entry.objects.filter(rule="referral").exists()
    call_command("checkledger")


def test_nothing_happens_in_the_future(world: World):
    assert not Action.objects.filter(taken_at__gt=NOON).exists()


def test_completing_an_action_of_an_incident_earns(world: World):
    chiara = world.members["Chiara"]
    before = Wallet.objects.get(performer__member=chiara, currency="PTS").posted
    complete_action(make_action(chiara, assignee=chiara, at=NOON), actor=chiara, at=NOON)
    assert Wallet.objects.get(performer__member=chiara, currency="PTS").posted == before + 10_000_000


def test_telling_it_again_changes_nothing(world: World):
    before = Action.objects.count(), Entry.objects.count(), Performer.objects.count()
    demo.load(world)
    assert (Action.objects.count(), Entry.objects.count(), Performer.objects.count()) == before
