"""Movements: between a wallet and an account, exact to the millionth, once per key."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.errors import Conflict
from accounts.models import Member
from actions import ledger
from actions.amounts import LARGEST, decimal, millionths
from actions.models import CounterAccount, Entry, Performer, Wallet
from tests.actions.factories import make_fact, pay, take_back
from tests.factories import make_member, make_workspace


def test_a_movement_says_what_moved_where_and_why(alice: Member, noon: datetime):
    entry = pay(alice, 5, alice, rule="greetings", version=3, computed_from={"points": 5}, reason="well done")
    entry.refresh_from_db()
    assert (entry.amount, entry.currency, entry.kind, entry.status) == (5_000_000, "PTS", "add", "posted")
    assert str(entry.account) == "issued:tests"
    assert (entry.rule, entry.version, entry.computed_from) == ("greetings", 3, {"points": 5})
    assert (entry.effective_at, entry.day, entry.actor_label) == (noon, date(2026, 3, 2), "Alice")


def test_a_day_is_the_day_where_the_workspace_is(db: None):
    ann = make_member(make_workspace("auckland", time_zone="Pacific/Auckland"), "Ann")
    late = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert pay(ann, 1, ann, at=late).day == date(2026, 3, 3)


def test_what_is_paid_for_a_fact_counts_for_the_time_it_happened(alice: Member, noon: datetime):
    then = datetime(2026, 1, 1, tzinfo=UTC)
    fact = make_fact(alice, at=noon, taken_at=then)
    assert pay(alice, 5, alice, at=noon, action=fact).effective_at == then


def test_what_waits_can_be_seen_coming_and_cannot_be_spent_twice(alice: Member):
    pay(alice, 10, alice)
    pay(alice, 5, alice, pending=True)
    pay(alice, -3, alice, pending=True, account="redeemed:mug")
    assert ledger.balance(alice, "PTS") == (7_000_000, 15_000_000)
    assert ledger.balance(Performer.objects.get(), "PTS") == (7_000_000, 15_000_000)


def test_nobody_has_what_never_moved(alice: Member):
    assert ledger.balance(alice, "EUR") == (0, 0)
    assert not Performer.objects.exists()


def test_a_key_makes_a_retry_harmless(alice: Member):
    first = pay(alice, 5, alice, key="bonus:1")
    assert pay(alice, 5, alice, key="bonus:1") == first
    assert Entry.objects.count() == 1
    assert Wallet.objects.get().posted == 5_000_000


def test_a_key_stands_for_one_movement(alice: Member, bob: Member):
    pay(alice, 5, alice, key="bonus:1")
    for who, points in ((alice, 6), (bob, 5)):
        with pytest.raises(Conflict, match="another movement"):
            pay(who, points, alice, key="bonus:1")


def test_what_was_cancelled_earns_nothing(alice: Member):
    fact = make_fact(alice)
    take_back(alice)
    with pytest.raises(Conflict) as refusal:
        pay(alice, 5, alice, action=fact)
    assert refusal.value.code == "action_cancelled"


@pytest.mark.parametrize("amount", [0, 1.0, Decimal(1), True, "1", LARGEST + 1, -LARGEST - 1])
def test_an_amount_is_a_whole_number_of_millionths_that_fits(alice: Member, amount: object):
    with pytest.raises(ValidationError):
        pay(alice, 0, alice, amount=amount)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("currency", ["PTS", "KEYS", "EUR", "XP.loyalty"])
def test_points_keys_money_and_experience_are_kept(alice: Member, currency: str):
    assert str(pay(alice, 1, alice, currency=currency).wallet) == f"1 {currency}"


@pytest.mark.parametrize("currency", ["", "pts", "EURO", "E1R", "XP", "XP.luck", "ÄÖÜ", "EUR\n"])
def test_other_currencies_are_refused_by_the_rule_and_by_the_database(
    alice: Member, performer: Performer, currency: str, noon: datetime
):
    with pytest.raises(ValidationError):
        pay(alice, 1, alice, currency=currency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wallet.objects.create(workspace=alice.workspace, performer=performer, currency=currency, created_at=noon)


def test_an_account_is_of_a_known_kind(alice: Member):
    with pytest.raises(ValidationError, match="no such account"):
        pay(alice, 1, alice, account="stolen:bank")
    pay(alice, 1, alice, account="adjustment")
    assert [str(account) for account in CounterAccount.objects.all()] == ["adjustment"]


def test_large_amounts_are_exact_and_none_is_lost_beyond_63_bits(alice: Member):
    pay(alice, 0, alice, amount=LARGEST - 1)
    pay(alice, 0, alice, amount=1)
    assert ledger.balance(alice, "PTS").current == LARGEST
    for pending in (False, True):
        with pytest.raises(ValidationError, match="too large"):
            pay(alice, 0, alice, amount=1, pending=pending)
    assert ledger.balance(alice, "PTS") == (LARGEST, LARGEST)


@pytest.mark.parametrize(
    ("number", "amount"),
    [("1", 1_000_000), ("-0.000001", -1), ("9000000000000.999999", 9_000_000_000_000_999_999), ("1e3", 10**9)],
)
def test_numbers_become_millionths_and_back(number: str, amount: int):
    assert millionths(Decimal(number)) == amount
    assert decimal(amount) == Decimal(number)


@pytest.mark.parametrize("number", ["0.0000001", "1.00000000000000000000000000000000001", "NaN", "Infinity", "1e14"])
def test_what_cannot_be_kept_exactly_is_refused(number: str):
    with pytest.raises(ValidationError):
        millionths(Decimal(number))


def test_floats_are_not_exact():
    with pytest.raises(TypeError):
        millionths(0.1)  # type: ignore[arg-type]
