"""Movements that people ask for: what is not there is not spent, what waits is settled once."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import Conflict
from accounts.models import Member
from actions import ledger
from actions.models import DailyTotal, Entry, Performer
from actions.rules.proofs import prove
from actions.rules.transactions import adjust, cancel_transaction, create_transaction, realize_transaction
from tests.actions.factories import make_fact, pay, take_back
from tests.actions.threads import at_once
from tests.factories import NOON

UNIT = 1_000_000
LATER = NOON + timedelta(hours=1)


def move(performer: Performer, kind: str, points: int, actor: Member, *, realized: bool = True) -> Entry:
    """A client's transaction."""
    return create_transaction(performer, kind, points * UNIT, realized=realized, actor=actor, at=NOON)


def has(performer: Performer) -> tuple[int, int]:
    """What can be spent, and what the books say."""
    current, accounting = ledger.balance(performer, "PTS")
    return current // UNIT, accounting // UNIT


def test_what_is_added_can_be_subtracted(alice: Member, performer: Performer):
    given = move(performer, "add", 10, alice)
    taken = create_transaction(performer, "sub", 4 * UNIT, description="A mug", realized=True, actor=alice, at=NOON)
    assert (given.kind, given.status, given.amount, str(given.account)) == ("add", "posted", 10 * UNIT, "issued:api")
    assert (taken.kind, taken.amount, taken.reason, str(taken.account)) == ("sub", -4 * UNIT, "A mug", "redeemed:api")
    assert has(performer) == (6, 6)


def test_what_is_not_there_cannot_be_subtracted(alice: Member, performer: Performer):
    move(performer, "add", 5, alice)
    move(performer, "sub", 3, alice, realized=False)
    for realized in (True, False):
        with pytest.raises(Conflict) as refusal:
            move(performer, "sub", 3, alice, realized=realized)
        assert refusal.value.code == "insufficient_funds"
    move(performer, "sub", 2, alice)
    assert has(performer) == (0, 3)


def test_what_is_pending_in_cannot_be_spent_yet(alice: Member, performer: Performer):
    waiting = move(performer, "add", 5, alice, realized=False)
    assert has(performer) == (0, 5)
    with pytest.raises(Conflict):
        move(performer, "sub", 1, alice)
    realize_transaction(waiting, actor=alice, at=LATER)
    assert has(performer) == (5, 5)
    assert DailyTotal.objects.get().amount == 5 * UNIT


def test_what_is_held_is_freed_or_spent(alice: Member, performer: Performer):
    move(performer, "add", 10, alice)
    freed, spent = (move(performer, "sub", 5, alice, realized=False) for _ in range(2))
    assert has(performer) == (0, 10)
    cancel_transaction(freed, actor=alice, at=LATER)
    realize_transaction(spent, actor=alice, at=LATER)
    assert has(performer) == (5, 5)
    assert set(Entry.objects.filter(kind="sub").values_list("status", "settled_at")) == {
        ("voided", LATER),
        ("posted", LATER),
    }


@pytest.mark.parametrize(
    ("first", "again"),
    [(realize_transaction, cancel_transaction), (cancel_transaction, realize_transaction)],
)
def test_what_waits_is_settled_once(alice: Member, performer: Performer, first: object, again: object):
    waiting = move(performer, "add", 5, alice, realized=False)
    settled = first(waiting, actor=alice, at=LATER)  # type: ignore[operator]
    same = first(waiting, actor=alice, at=LATER + timedelta(days=1))  # type: ignore[operator]
    assert (same.status, same.settled_at) == (settled.status, LATER)
    with pytest.raises(Conflict) as refusal:
        again(waiting, actor=alice, at=LATER)  # type: ignore[operator]
    assert refusal.value.code == "invalid_transition"
    assert prove(alice.workspace).faults == []


def test_what_waits_for_a_fact_counts_for_it_once_posted(alice: Member, performer: Performer):
    fact = make_fact(alice)
    waiting = pay(performer, 5, alice, action=fact, pending=True)
    realize_transaction(waiting, actor=alice, at=LATER)
    fact.tally.refresh_from_db()
    assert fact.tally.points == 5 * UNIT
    take_back(alice)
    assert has(performer) == (0, 0)
    assert prove(alice.workspace).faults == []


@pytest.mark.parametrize(
    ("kind", "amount", "name"),
    [("period", UNIT, "kind"), ("", UNIT, "kind"), ("add", 0, "amount"), ("sub", -1, "amount"), ("add", 1.0, "amount"),
     ("add", True, "amount"), ("add", 2**63, "amount")],
)  # fmt: skip
def test_a_transaction_adds_or_subtracts_something(
    alice: Member, performer: Performer, kind: str, amount: int, name: str
):
    with pytest.raises(ValidationError) as refusal:
        create_transaction(performer, kind, amount, realized=True, actor=alice, at=NOON)
    assert set(refusal.value.error_dict) == {name}
    assert not Entry.objects.exists()


def test_an_adjustment_says_why_and_may_go_below_zero(alice: Member, performer: Performer):
    entry = adjust(performer, -3 * UNIT, reason="Counted twice", actor=alice, at=NOON)
    assert (str(entry.account), entry.reason, entry.actor_label) == ("adjustment", "Counted twice", "Alice")
    assert has(performer) == (-3, -3)
    for reason in ("", "  ", "x" * 256):
        with pytest.raises(ValidationError) as refusal:
            adjust(performer, UNIT, reason=reason, actor=alice, at=NOON)
        assert set(refusal.value.error_dict) == {"reason"}


def test_the_door_spends_holds_and_settles(alice: Member, noon: datetime):
    facts = {"account": "redeemed:mug", "actor": alice, "at": noon}
    pay(alice, 10, alice)
    spent = ledger.spend(alice, "PTS", 4 * UNIT, key="claim:1", **facts)  # type: ignore[arg-type]
    held = ledger.hold(alice, "PTS", 6 * UNIT, **facts)  # type: ignore[arg-type]
    assert ledger.spend(alice, "PTS", 4 * UNIT, key="claim:1", **facts) == spent  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        ledger.spend(alice, "PTS", 1, key="claim:2", **facts)  # type: ignore[arg-type]
    assert ledger.settle(held, actor=alice, at=noon, post=False).status == "voided"
    assert ledger.totals(alice) == {"PTS": (6 * UNIT, 6 * UNIT)}


def test_the_door_tells_who_is_ahead(alice: Member, bob: Member, noon: datetime):
    third, fourth = pay(alice, 3, alice), pay(bob, 4, alice)
    found = ledger.standings(alice.workspace, "points", at=noon)
    assert [(line.subject, line.score // UNIT) for line in found.page().lines] == [
        (fourth.performer_id, 4),
        (third.performer_id, 3),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_last_points_are_spent_once(alice: Member, performer: Performer):
    with transaction.atomic():
        pay(performer, 5, alice)
    spends = [partial(move, performer, "sub", 3, alice, realized=number % 2 == 0) for number in range(8)]
    outcomes = at_once(spends)
    assert len([one for one in outcomes if isinstance(one, Entry)]) == 1
    assert {one.code for one in outcomes if isinstance(one, Conflict)} == {"insufficient_funds"}
    assert has(performer)[0] == 2
    assert prove(alice.workspace).faults == []


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_settled_once_by_many(alice: Member, performer: Performer):
    waiting = move(performer, "add", 5, alice, realized=False)
    works = [partial(one, waiting, actor=alice, at=LATER) for one in [realize_transaction, cancel_transaction] * 4]
    outcomes = at_once(works)
    assert len({one.status for one in outcomes if isinstance(one, Entry)}) == 1
    assert len([one for one in outcomes if isinstance(one, Conflict)]) == 4
    assert prove(alice.workspace).faults == []
