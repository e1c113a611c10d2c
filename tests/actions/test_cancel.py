"""Cancelling: the fact stays, and what it moved is moved back, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions import ledger
from actions.models import Action, Entry, Performer, Tally, Wallet
from tests.actions.factories import GREETED, make_fact, pay, take_back

LATER = timedelta(hours=1)


def test_a_cancelled_fact_says_when_by_whom_and_why(alice: Member, bob: Member, noon: datetime):
    make_fact(alice)
    take_back(bob, alice, at=noon + LATER, reason="it was not so")
    fact = Action.objects.get()
    assert fact.cancelled_at == noon + LATER
    assert (fact.cancelled_by_kind, fact.cancelled_by_id, fact.cancelled_by_label) == ("member", bob.uid, "Bob")
    assert fact.cancelled_reason == "it was not so"


def test_a_follower_reads_recording_and_cancelling_by_one_number(alice: Member, bob: Member):
    first, second = make_fact(alice), make_fact(alice, bob)
    take_back(alice)
    third = make_fact(alice, occurrence=2)
    assert [first.seq, second.seq, third.seq] == [1, 2, 4]
    assert list(Action.objects.after(1)) == [second, third]
    assert list(Action.objects.cancelled_after(2)) == [first]
    assert list(Action.objects.cancelled_after(3)) == []


def test_cancelling_twice_changes_nothing(alice: Member, bob: Member, noon: datetime):
    fact = make_fact(alice)
    pay(alice, 5, alice, action=fact)
    take_back(alice)
    once = (Action.objects.values().get(), list(Entry.objects.values()))
    take_back(bob, alice, at=noon + LATER, reason="again")
    assert (Action.objects.values().get(), list(Entry.objects.values())) == once


def test_there_is_nothing_to_take_back_of_what_was_never_recorded(alice: Member):
    assert take_back(alice) is None


def test_a_cancelled_occurrence_stays_cancelled_and_the_next_one_counts(alice: Member):
    make_fact(alice)
    take_back(alice)
    assert make_fact(alice).is_cancelled
    assert not make_fact(alice, occurrence=2).is_cancelled


def test_what_was_posted_gets_its_opposite_and_what_waits_is_voided(alice: Member, performer: Performer):
    fact = make_fact(alice)
    paid = pay(performer, 5, alice, action=fact)
    pay(performer, 7, alice, action=fact, pending=True)
    pay(performer, -2, alice, action=fact, pending=True)
    pay(performer, 100, alice)
    take_back(alice)
    contrary = Entry.objects.get(reverses=paid)
    assert (contrary.amount, contrary.wallet, contrary.account) == (-5_000_000, paid.wallet, paid.account)
    assert (contrary.day, contrary.effective_at, contrary.action) == (paid.day, paid.effective_at, fact)
    assert Entry.objects.filter(status="voided", settled_at__isnull=False).count() == 2
    assert ledger.balance(performer, "PTS") == (100_000_000, 100_000_000)
    assert Tally.objects.get(action=fact).points == 0


def test_every_wallet_a_fact_moved_is_moved_back(alice: Member, bob: Member):
    fact = make_fact(alice)
    pay(alice, 5, alice, action=fact)
    pay(bob, 3, alice, action=fact)
    pay(alice, 2, alice, action=fact, currency="KEYS")
    assert Tally.objects.get().points == 8_000_000
    take_back(alice)
    assert [wallet.posted for wallet in Wallet.objects.all()] == [0, 0, 0]


def test_a_balance_may_fall_below_zero_when_what_was_earned_is_spent(alice: Member):
    fact = make_fact(alice)
    pay(alice, 5, alice, action=fact)
    pay(alice, -4, alice, account="redeemed:tests")
    take_back(alice)
    assert ledger.balance(alice, "PTS").current == -4_000_000


def test_cancelling_what_moved_nothing_costs_eight_statements(alice: Member):
    make_fact(alice)
    with CaptureQueriesContext(connection) as queries:
        take_back(alice)
    # 1 the fact; 2 the counter; 3 the fact, cancelled; 4 what it moved: nothing; 5 whose team it was; 6 its day; 7 the
    # boards it counts for; 8 its standings.
    assert len(queries) == 8, queries.captured_queries


def test_cancelling_what_moved_two_wallets_costs_fourteen_statements(alice: Member, bob: Member):
    fact = make_fact(alice)
    for member in (alice, bob):
        pay(member, 5, alice, action=fact)
        pay(member, 6, alice, action=fact, pending=True)
    with CaptureQueriesContext(connection) as queries:
        take_back(alice)
    # 1 the fact; 2 the counter; 3 the fact, cancelled; 4 what it moved; 5 its wallets, locked; 6 what waits, voided;
    # 7 the opposites; 8 the wallets; 9 the net points; 10 and 11 whose teams; 12 the days; 13 the
    # boards; 14 their standings.
    assert len(queries) == 14, queries.captured_queries


@pytest.mark.django_db(transaction=True)
def test_followers_are_woken_after_the_commit_and_only_then(alice: Member):
    woken: list[tuple[str, int]] = []

    def hear_recorded(workspace_id: int, **kwargs: object) -> None:
        woken.append(("recorded", workspace_id))

    def hear_cancelled(workspace_id: int, **kwargs: object) -> None:
        woken.append(("cancelled", workspace_id))
        raise RuntimeError("A follower's fault is not the writer's.")

    ledger.recorded.connect(hear_recorded)
    ledger.cancelled.connect(hear_cancelled)
    try:
        with transaction.atomic():
            make_fact(alice)
            assert woken == []
        with transaction.atomic():
            take_back(alice)
        with transaction.atomic():
            make_fact(alice, occurrence=2)
            transaction.set_rollback(True)
    finally:
        ledger.recorded.disconnect(hear_recorded)
        ledger.cancelled.disconnect(hear_cancelled)
    assert woken == [("recorded", alice.workspace_id), ("cancelled", alice.workspace_id)]


def test_a_fact_is_named_by_number_and_verb(alice: Member):
    assert str(make_fact(alice)) == f"1. {GREETED.name}"
