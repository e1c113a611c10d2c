"""Whatever happens, in whatever order, the ledger is in order and says what happened."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import Conflict
from accounts.models import Member
from actions.models import Action, Wallet
from actions.rules.proofs import prove
from tests.actions.factories import make_fact, pay, take_back
from tests.factories import NOON

HUGE = 9_000_000_000_000_999_999
people = st.sampled_from(["alice", "bob"])
deeds = st.integers(1, 3)
amounts = (st.integers(-9, 9) | st.sampled_from([HUGE, -HUGE])).filter(bool)
currencies = st.sampled_from(["PTS", "KEYS", "EUR", "XP.loyalty"])
steps = st.one_of(
    st.tuples(st.just("record"), people, deeds, st.integers(-5, 5)),
    st.tuples(st.just("cancel"), people, deeds),
    st.tuples(st.just("pay"), people, amounts, currencies, st.booleans(), st.none() | deeds),
    st.tuples(st.just("bonus"), people, st.integers(1, 3)),
)


class Book:
    """The same story told in a few lines of Python, to compare with."""

    def __init__(self, **people: Member) -> None:
        self.people = people
        self.posted: Counter[tuple[str, str]] = Counter()
        self.paid_for: dict[tuple[str, int], list[tuple[str, str, int]]] = {}
        self.cancelled: set[tuple[str, int]] = set()
        self.bonuses: dict[str, int] = {}

    def record(self, who: str, deed: int, hours: int) -> None:
        """Somebody does something, perhaps again, perhaps long ago."""
        make_fact(self.people[who], occurrence=deed, at=NOON + timedelta(hours=hours))
        self.paid_for.setdefault((who, deed), [])

    def cancel(self, who: str, deed: int) -> None:
        """It is taken back, perhaps again, perhaps before it was done."""
        take_back(self.people[who], occurrence=deed)
        if (who, deed) in self.paid_for and (who, deed) not in self.cancelled:
            self.cancelled.add((who, deed))
            for name, currency, amount in self.paid_for[who, deed]:
                self.posted[name, currency] -= amount

    def pay(self, who: str, amount: int, currency: str, pending: bool, deed: int | None) -> None:
        """Something moves, for a deed or for none."""
        facts: dict[str, Any] = {"amount": amount, "currency": currency, "pending": pending}
        if deed and (who, deed) in self.paid_for:
            facts["action"] = self.fact(who, deed)
        pay(self.people[who], 0, self.people[who], **facts)
        if not pending:
            self.posted[who, currency] += amount
        if not pending and "action" in facts:
            assert deed is not None
            self.paid_for[who, deed].append((who, currency, amount))

    def bonus(self, who: str, points: int) -> None:
        """Something moves under a key."""
        pay(self.people[who], points, self.people[who], key=f"bonus:{who}")
        if who not in self.bonuses:
            self.posted[who, "PTS"] += points * 1_000_000
        assert self.bonuses.setdefault(who, points) == points

    def fact(self, who: str, deed: int) -> Action:
        """What was recorded of a deed."""
        return Action.objects.get(source_id=f"member:{self.people[who].ulid}:greeted:{deed}")

    def agrees(self) -> bool:
        """Whether the wallets say the same of what is posted."""
        return all(self.wallet(*key).posted == amount for key, amount in self.posted.items() if amount)

    def wallet(self, who: str, currency: str) -> Wallet:
        """Somebody's wallet."""
        return Wallet.objects.get(performer__member=self.people[who], currency=currency)


@given(story=st.lists(steps, max_size=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_story_the_ledger_is_in_order(alice: Member, bob: Member, story: list[tuple[Any, ...]]):
    with transaction.atomic():
        book = Book(alice=alice, bob=bob)
        for deed, *facts in story:
            try:
                with transaction.atomic():
                    getattr(book, deed)(*facts)
            except (Conflict, ValidationError):
                # What was cancelled earns nothing, a key stands for one movement, 63 bits are not more.
                continue
            finally:
                assert prove(alice.workspace).faults == []
        assert book.agrees()
        transaction.set_rollback(True)
