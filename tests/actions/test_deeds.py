"""Actions recorded for clients: whole or refused with everything that is wrong; taken back; said to be somebody's."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import Conflict
from accounts.models import Key, Member
from actions.amounts import given
from actions.models import Action, ActionType, Assignment, DailyTotal, Performer, Tally, TeamMembership
from actions.rules.deeds import assign_action, cancel_action, record_action
from actions.rules.proofs import prove
from tests.actions.boards import make_team
from tests.actions.factories import make_fact, make_performer, pay, take_back
from tests.factories import NOON, make_key


@pytest.fixture
def key(alice: Member) -> Key:
    """A client's."""
    return make_key(alice.workspace, "actions", "actions:write")[0]


def type_called(member: Member, slug: str, *params: str) -> ActionType:
    """A type of her workspace, declaring more parameters if asked to."""
    found = ActionType.objects.get(workspace=member.workspace, slug=slug)
    found.params = [*found.params, *params]
    found.save()
    return found


def tell(key: Key, performer: Performer | None, slug: str = "transaction", **facts: Any) -> Action:
    """What a client tells."""
    told: dict[str, Any] = {"title": "Bought a mug", "at": NOON} | facts
    kind = told.pop("type", None) or ActionType.objects.get(workspace=key.workspace, slug=slug)
    return record_action(key.workspace, kind, actor=key, performer=performer, **told)


def codes(refusal: pytest.ExceptionInfo[ValidationError]) -> dict[str, str]:
    """What is wrong, by name."""
    return {name: str(faults[0].code) for name, faults in refusal.value.error_dict.items()}


def test_an_action_is_kept_as_it_was_told(key: Key, alice: Member, bob: Member, performer: Performer, noon: datetime):
    referrer = make_performer(bob)
    then = noon - timedelta(days=3)
    told = tell(key, performer, params={"value": 12_500_000}, taken_at=then, referrer=referrer, ip="192.0.2.1")
    fact = Action.objects.get()
    assert fact == told
    assert (fact.verb, fact.source, fact.source_id) == ("api.action.recorded", "api", str(fact.pk))
    assert (fact.performer, fact.referrer, fact.taken_at, fact.value) == (performer, referrer, then, 12_500_000)
    assert (fact.detail.title, fact.detail.title_folded, fact.detail.ip) == (
        "Bought a mug",
        "bought a mug",
        "192.0.2.1",
    )
    assert (fact.actor_kind, fact.actor_label) == ("key", str(key))


def test_each_action_without_an_external_id_is_another(key: Key, performer: Performer):
    assert [tell(key, performer).seq, tell(key, performer).seq] == [1, 2]


def test_everything_that_is_wrong_is_said_at_once(key: Key, performer: Performer, noon: datetime):
    ActionType.objects.filter(slug="event").update(active=False)
    facts = {"title": " ", "taken_at": noon + timedelta(minutes=6), "source": "incidents", "external_id": ""}
    with pytest.raises(ValidationError) as refusal:
        tell(key, performer, "event", params={"value": 1}, **facts)
    assert codes(refusal) == {
        "title": "required",
        "type": "action_type_inactive",
        "taken_at": "invalid",
        "source": "reserved",
        "external_id": "required",
        "params.value": "parameter_not_declared",
    }
    assert not Action.objects.exists()


@pytest.mark.parametrize("source", ["incidents", "gamification", "analytics", "cadences", "actions", "import", "admin"])
def test_no_key_claims_a_source_of_ours(key: Key, performer: Performer, source: str):
    with pytest.raises(ValidationError) as refusal:
        tell(key, performer, source=source)
    assert codes(refusal) == {"source": "reserved"}


def test_a_source_of_its_own_is_a_clients(key: Key, alice: Member, performer: Performer):
    assert tell(key, performer, source="shop", external_id="7").verb == "api.action.recorded"
    kind = type_called(alice, "event")
    facts: dict[str, Any] = {"actor": alice, "at": NOON, "performer": performer, "title": "x"}
    imported = record_action(alice.workspace, kind, source="import", external_id="f:1", **facts)
    assert imported.verb == "import.action.recorded"


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "x" * 256},
        {"title": "a\x00b"},
        {"title": "\ud800"},
        {"title": 7},
        {"source": "x" * 41},
        {"external_id": "x" * 256},
        {"external_id": "a\x00"},
        {"params": {"value": "12"}},
        {"params": {"value": 2**63}},
        {"params": {"value": Decimal("1.5")}},
        {"params": {"note": "a\x00b"}},
        {"params": {"note": {"deep": [1.5]}}},
        {"params": {"note": Decimal("NaN")}},
        {"taken_at": datetime.fromisoformat("0001-01-01T00:00:00+00:00")},
    ],
)
def test_what_cannot_be_kept_is_refused(key: Key, alice: Member, performer: Performer, facts: dict[str, Any]):
    kind = type_called(alice, "transaction", "note")
    with pytest.raises(ValidationError):
        tell(key, performer, type=kind, **facts)
    assert not Action.objects.exists()


def test_decimals_are_kept_as_their_digits(key: Key, alice: Member, performer: Performer):
    kind = type_called(alice, "transaction", "note")
    fact = tell(key, performer, type=kind, params={"note": [Decimal("0.10"), {"n": 2**70}, None, "x"]})
    fact.refresh_from_db()
    assert fact.params == {"note": ["0.10", {"n": 2**70}, None, "x"]}
    assert given(fact.params, Decimal) == {"note": [Decimal("0.10"), {"n": 2**70}, None, "x"]}


@pytest.mark.parametrize("text", ["1.10", "-0.5", "1.", "00.5", "1.5\n", "", "\u2060", "\u20601.5", "\u2060\u20602.5"])
def test_text_is_given_back_as_text_whatever_it_looks_like(key: Key, alice: Member, performer: Performer, text: str):
    kind = type_called(alice, "transaction", "note")
    fact = tell(key, performer, type=kind, params={"note": {"deep": [text]}})
    fact.refresh_from_db()
    assert given(fact.params, Decimal) == {"note": {"deep": [text]}}


def test_rows_of_another_workspace_do_not_exist(key: Key, charlie: Member, performer: Performer):
    stranger = make_performer(charlie)
    wrong: list[dict[str, Any]] = [{"performer": stranger}, {"performer": performer, "referrer": stranger}]
    for facts in wrong:
        with pytest.raises(ValidationError) as refusal:
            tell(key, **facts)
        assert set(codes(refusal).values()) == {"invalid_value"}
    with pytest.raises(ValidationError):
        tell(key, performer, type=type_called(charlie, "event"))


def test_an_external_id_is_told_once_by_each_source(key: Key, performer: Performer):
    tell(key, performer, external_id="order 1")
    with pytest.raises(Conflict) as refusal:
        tell(key, performer, external_id="order 1")
    assert refusal.value.code == "duplicate_external_id"
    assert tell(key, performer, source="shop", external_id="order 1").seq == 2


def test_a_client_may_name_the_id_once(key: Key, performer: Performer):
    mine = uuid4()
    assert tell(key, performer, id=mine).pk == mine
    for facts in ({}, {"external_id": "another"}):
        with pytest.raises(Conflict) as refusal:
            tell(key, performer, id=mine, **facts)
        assert refusal.value.code == "duplicate_id"
    assert Action.objects.get().source_id == str(mine)


def test_an_id_of_another_workspace_is_taken_too(key: Key, charlie: Member, performer: Performer):
    theirs, mine = make_key(charlie.workspace, "actions")[0], UUID(int=7)
    tell(theirs, make_performer(charlie), id=mine)
    with pytest.raises(Conflict):
        tell(key, performer, id=mine)


def test_recording_costs_eight_statements(key: Key, performer: Performer):
    tell(key, performer)
    kind = ActionType.objects.get(workspace=key.workspace, slug="transaction")
    with CaptureQueriesContext(connection) as queries:
        tell(key, performer, type=kind)
    # 1 the counter; 2 what it stands on; 3 the fact; 4 what people read; 5 the tally; 6 its day; 7 the boards; 8
    # their standings.
    asked = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 8, queries.captured_queries


def test_cancelling_twice_changes_nothing(key: Key, alice: Member, performer: Performer, noon: datetime):
    fact = tell(key, performer)
    pay(performer, 5, alice, action=fact)
    stale = Action.objects.get()
    first = cancel_action(fact, actor=key, at=noon, reason="returned")
    again = cancel_action(stale, actor=alice, at=noon + timedelta(days=1))
    assert (first.cancelled_seq, first.cancelled_reason) == (again.cancelled_seq, again.cancelled_reason)
    assert again.cancelled_reason == "returned"
    assert prove(alice.workspace).faults == []


# What waits to be assigned


def test_a_fact_that_waits_is_assigned_once_with_a_number(alice: Member, bob: Member, noon: datetime):
    waiting = make_fact(alice, performer=None)
    assert not DailyTotal.objects.exists()
    somebody, later = make_performer(bob), noon + timedelta(hours=1)
    team = make_team(alice, "Team", somebody)
    fact = assign_action(waiting, somebody, actor=alice, at=later)
    assert (fact.performer, Tally.objects.get().team) == (somebody, team)
    assert DailyTotal.objects.get().actions == 1
    line = Assignment.objects.get()
    assert (line.seq, line.performer, line.created_at, line.actor_label) == (2, somebody, later, "Alice")
    assert assign_action(waiting, somebody, actor=bob, at=later) == fact
    assert list(Action.objects.assigned_after(1)) == [fact]
    assert list(Action.objects.assigned_after(2)) == []
    assert prove(alice.workspace).faults == []


def test_what_is_somebodys_is_nobody_elses(alice: Member, bob: Member, noon: datetime):
    fact = make_fact(alice)
    with pytest.raises(Conflict) as refusal:
        assign_action(fact, make_performer(bob), actor=alice, at=noon)
    assert refusal.value.code == "already_assigned"


def test_what_was_cancelled_is_assigned_to_nobody(alice: Member, performer: Performer, noon: datetime):
    make_fact(alice, performer=None)
    take_back(alice)
    with pytest.raises(Conflict) as refusal:
        assign_action(Action.objects.get(), performer, actor=alice, at=noon)
    assert refusal.value.code == "action_cancelled"
    assert prove(alice.workspace).faults == []


def test_a_stranger_is_assigned_nothing(alice: Member, charlie: Member, noon: datetime):
    with pytest.raises(ValidationError):
        assign_action(make_fact(alice, performer=None), make_performer(charlie), actor=alice, at=noon)


def test_an_assignment_is_written_once(alice: Member, performer: Performer, noon: datetime):
    assign_action(make_fact(alice, performer=None), performer, actor=alice, at=noon)
    for change in (lambda: Assignment.objects.update(seq=9), lambda: Assignment.objects.all().delete()):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            change()


def test_a_team_left_meanwhile_keeps_what_was_done_for_it(alice: Member, performer: Performer, noon: datetime):
    team = make_team(alice, "Team", performer, since=noon - timedelta(days=2))
    waiting = make_fact(alice, performer=None)
    TeamMembership.objects.update(until=noon + timedelta(hours=1))
    assign_action(waiting, performer, actor=alice, at=noon + timedelta(hours=2))
    assert Tally.objects.get().team == team
