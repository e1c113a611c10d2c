"""What happens at once happens as if one after the other."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import transaction

from accounts.errors import Conflict
from accounts.models import Counter, Member
from actions import ledger
from actions.models import Action, ActionType, Entry, Performer, Wallet
from actions.rules.proofs import prove
from tests.actions.factories import make_fact, make_performer, pay, take_back
from tests.actions.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


@pytest.fixture(autouse=True)
def in_order(alice: Member) -> object:
    """Whatever happened, the ledger is in order afterwards."""
    yield
    assert prove(alice.workspace).faults == []


def test_the_same_deed_told_many_times_at_once_is_one_fact(alice: Member):
    told = at_once([partial(make_fact, alice)] * MANY)
    assert {fact.seq for fact in told} == {1}
    assert len({fact.pk for fact in told}) == Action.objects.count() == 1


def test_the_first_deeds_of_somebody_make_one_performer_and_one_type(alice: Member):
    told = at_once([partial(make_fact, alice, occurrence=number) for number in range(MANY)])
    assert sorted(fact.seq for fact in told) == list(range(1, MANY + 1))
    assert Performer.objects.count() == ActionType.objects.filter(slug="tests-member-greeted").count() == 1


def test_what_is_rolled_back_leaves_no_gap(alice: Member):
    def tell(number: int) -> None:
        make_fact(alice, occurrence=number)
        transaction.set_rollback(number % 2 == 1)

    assert at_once([partial(tell, number) for number in range(MANY)]) == [None] * MANY
    assert sorted(Action.objects.values_list("seq", flat=True)) == list(range(1, MANY // 2 + 1))


def test_cancelling_at_once_reverses_once(alice: Member):
    with transaction.atomic():
        pay(alice, 5, alice, action=make_fact(alice))
    took = at_once([partial(take_back, alice)] * MANY)
    assert {fact.cancelled_seq for fact in took} == {2}
    assert Entry.objects.filter(reverses__isnull=False).count() == 1
    assert Counter.objects.get(name="ledger").value == 2


def test_paying_at_once_loses_nothing(alice: Member):
    at_once([partial(pay, alice, number, alice) for number in range(1, MANY + 1)])
    assert Wallet.objects.get().posted == Entry.objects.count() * (MANY + 1) * 1_000_000 // 2
    assert Entry.objects.count() == MANY


def test_a_retry_at_once_pays_once(alice: Member):
    paid = at_once([partial(pay, alice, 5, alice, key="bonus")] * MANY)
    assert len({entry.pk for entry in paid}) == 1
    assert ledger.balance(alice, "PTS").current == 5_000_000


def test_what_is_paid_while_it_is_cancelled_is_refused_or_taken_back(alice: Member):
    with transaction.atomic():
        fact = make_fact(alice)
    outcomes = at_once([partial(pay, alice, 5, alice, action=fact)] * MANY + [partial(take_back, alice)])
    assert all(isinstance(outcome, Entry | Action | Conflict) for outcome in outcomes)
    assert ledger.balance(alice, "PTS").current == 0


def test_nobody_waits_for_each_other_for_ever(alice: Member, bob: Member):
    with transaction.atomic():
        facts = {number: make_fact(alice, occurrence=number) for number in range(MANY)}
        for fact in facts.values():
            for member in (alice, bob):
                pay(member, 1, alice, action=fact)
    chance = Random(7)
    works: list[Any] = [partial(take_back, alice, occurrence=number) for number in range(MANY)]
    works += [partial(make_fact, bob, occurrence=number) for number in range(MANY)]
    works += [partial(pay, chance.choice([alice, bob]), 1, alice) for _ in range(MANY)]
    chance.shuffle(works)
    outcomes = at_once(works)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert ledger.balance(alice, "PTS").current + ledger.balance(bob, "PTS").current == MANY * 1_000_000


def test_a_member_known_by_her_address_is_that_performer(alice: Member):
    outside = make_performer(alice)
    Performer.objects.update(member=None)
    told = at_once([partial(make_fact, alice, occurrence=number) for number in range(MANY)])
    assert {fact.performer_id for fact in told} == {outside.pk}
