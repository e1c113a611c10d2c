"""Pages of a fact, of a performer and of a team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.models import Action, DailyTotal, Performer, Team, TeamMembership
from incidents.rules import complete_action
from tests.actions.factories import SOLD, make_fact, make_performer, pay, take_back
from tests.factories import NOON
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(bob: Member) -> Client:
    """Bob, a plain member, signed in, on the day of the deeds."""
    bob.workspace.clock_stopped_at = NOON + timedelta(hours=1)
    bob.workspace.save(update_fields=["clock_stopped_at"])
    return signed_in(bob)


@pytest.fixture
def fact(alice: Member, bob: Member) -> Action:
    """Alice sold something for five points."""
    with transaction.atomic():
        made = make_fact(alice, bob, verb=SOLD, params={"value": 12_500_000}, meta={"colour": "teal"})
        pay(alice, 5, alice, action=made, rule="sales", version=3)
    return made


def address(fact: Action) -> str:
    """The page of a fact."""
    return f"/actions/{fact.ulid}/"


def test_a_fact_tells_all_that_is_known_of_it(page: Client, fact: Action):
    text = shown(page.get(address(fact)))
    for known in ("sold Bob", "Alice", "12.5", "teal", "2 Mar 2026, 12:00:00", "sales", "version 3", "+5 PTS"):
        assert known in text, known
    for known in (fact.ulid, "tests.member.sold", fact.source_id):
        assert f">{known}</code>" in text


def test_and_how_it_was_taken_back(page: Client, alice: Member, bob: Member, fact: Action):
    with transaction.atomic():
        take_back(alice, bob, verb=SOLD, reason="paid by <mistake>")
    text = shown(page.get(address(fact)))
    assert "Taken back on 2 Mar 2026, 12:00 by Alice" in text
    assert "paid by &lt;mistake&gt;" in text
    assert "−5 PTS" in text
    assert "contrary" in text


def test_a_private_fact_keeps_its_words(page: Client, alice: Member):
    action = make_action(alice, make_incident(alice, name="Hush", visibility="private"), description="Tell nobody")
    complete_action(action, actor=alice, at=NOON)
    made = Action.objects.get()
    text = shown(page.get(address(made)))
    assert "Something private" in text
    for word in ("Tell nobody", "Hush", action.ulid):
        assert word not in text
    assert "Tell nobody" in shown(signed_in(alice).get(address(made)))


@pytest.mark.parametrize("ulid", ["00000000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"])
def test_a_fact_that_never_was_is_not_there(page: Client, ulid: str):
    assert page.get(f"/actions/{ulid}/").status_code == 404


def test_another_workspaces_rows_are_not_there(page: Client, charlie: Member):
    with transaction.atomic():
        foreign = make_fact(charlie)
    team = Team.objects.create(workspace=charlie.workspace, name="Others", created_at=NOON)
    paths = (address(foreign), f"/actions/performers/{foreign.performer_id}/", f"/actions/teams/{team.pk}/")
    assert [page.get(path).status_code for path in paths] == [404, 404, 404]


@pytest.mark.parametrize("pk", [0, 2**63, 10**40])
def test_numbers_of_nobody_are_not_there(page: Client, pk: int):
    assert page.get(f"/actions/performers/{pk}/").status_code == 404
    assert page.get(f"/actions/teams/{pk}/").status_code == 404


def test_a_performer_has_wallets_deeds_and_a_plot(page: Client, alice: Member, fact: Action):
    with transaction.atomic():
        pay(alice, 2, alice, currency="EUR")
    text = shown(page.get(f"/actions/performers/{fact.performer_id}/"))
    assert "<h1>Alice</h1>" in text
    for known in ("EUR", "PTS", "sold Bob"):
        assert known in text
    assert "<title>Mon 2 Mar: 5</title>" in " ".join(text.split())
    assert "alice@wonderland.example" not in text
    assert "alice@wonderland.example" in shown(signed_in(alice).get(f"/actions/performers/{fact.performer_id}/"))


def test_the_plot_reads_daily_totals_and_never_entries(page: Client, fact: Action):
    DailyTotal.objects.filter(currency="PTS").update(amount=77_000_000)
    text = " ".join(shown(page.get(f"/actions/performers/{fact.performer_id}/")).split())
    assert "<title>Mon 2 Mar: 77</title>" in text


def test_points_that_were_lost_stand_below_zero(page: Client, alice: Member):
    with transaction.atomic():
        pay(alice, -4, alice)
        pay(alice, 1, alice, effective_at=NOON - timedelta(days=1))
    text = " ".join(shown(page.get(f"/actions/performers/{make_performer(alice).pk}/")).split())
    assert "<title>Mon 2 Mar: -4</title>" in text
    assert 'y="20.0" width="7" height="80.0"' in text


def test_whoever_was_erased_has_no_name(page: Client, alice: Member, fact: Action):
    Performer.objects.filter(actions=fact).update(erased_at=NOON)
    text = shown(page.get(f"/actions/performers/{fact.performer_id}/"))
    assert f"Somebody ({fact.performer_id})" in text
    assert "Alice" not in text


def test_a_team_has_members_and_what_they_earned_for_it(page: Client, alice: Member):
    row = Team.objects.create(workspace=alice.workspace, name="Ridge", created_at=NOON)
    facts = {"workspace": alice.workspace, "team": row, "performer": make_performer(alice)}
    TeamMembership.objects.create(since=NOON - timedelta(days=9), **facts)
    DailyTotal.objects.create(day=NOON.date(), currency="PTS", amount=3_000_000, last_at=NOON, **facts)
    text = " ".join(shown(page.get(f"/actions/teams/{row.pk}/")).split())
    assert "<title>Mon 2 Mar: 3</title>" in text
    assert ">Alice</a>" in text


def count(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        shown(client.get(path))
    return len(queries)


def test_queries_do_not_grow(page: Client, alice: Member, bob: Member, fact: Action):
    # session, login, workspace of the session, membership; the fact with its people; its entries
    assert count(page, address(fact)) == 6
    # the same four; performer, how much she did, wallets, team, the clock, her daily totals, her last facts
    assert count(page, f"/actions/performers/{fact.performer_id}/") == 11
    with transaction.atomic():
        for number in range(2, 6):
            make_fact(alice, bob, occurrence=number)
            pay(alice, 1, alice, action=fact)
    assert count(page, address(fact)) == 6
    assert count(page, f"/actions/performers/{fact.performer_id}/") == 11
