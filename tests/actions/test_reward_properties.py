"""Whatever is earned, spent, settled, priced anew or taken back, in whatever order, the ledger is in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import Conflict
from accounts.models import Member
from actions.models import Action, Entry, Performer, RewardRule, Tally, Wallet
from actions.rules.deeds import assign_action, cancel_action
from actions.rules.proofs import prove
from actions.rules.rewards import change_rule, set_rule_active
from actions.rules.settlements import settle_periods
from actions.rules.transactions import cancel_transaction, create_transaction, realize_transaction
from tests.actions.factories import make_fact, make_performer, take_back
from tests.actions.rewards import UNIT, do, make_rule
from tests.factories import NOON

HUGE = 9_000_000_000_000_999_999
EXACT = Context(prec=60)
people, deeds = st.sampled_from(["alice", "bob"]), st.integers(1, 4)
days = st.integers(0, 20)
values = st.none() | st.integers(-3 * UNIT, 400 * UNIT) | st.sampled_from([HUGE, -HUGE, HUGE // 7])
percents = st.integers(1, 200 * UNIT)
steps = st.one_of(
    st.tuples(st.just("earn"), people, deeds, values, days),
    st.tuples(st.just("earn"), people, deeds, values, days),
    st.tuples(st.just("cancel"), deeds),
    st.tuples(st.just("tell"), people, deeds, st.booleans()),
    st.tuples(st.just("undo"), people, deeds),
    st.tuples(st.just("assign"), people),
    st.tuples(st.just("move"), people, st.sampled_from(["add", "sub"]), st.integers(1, 50 * UNIT), st.booleans()),
    st.tuples(st.just("settle"), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("price"), percents, st.integers(0, 6)),
    st.tuples(st.just("switch"), st.booleans()),
    st.tuples(st.just("close"), days),
)


class Story:
    """Two people, a rule that pays a percentage and is changed, and one that is paid by the week."""

    def __init__(self, alice: Member, bob: Member) -> None:
        self.alice, self.members = alice, {"alice": alice, "bob": bob}
        self.people: dict[str, Performer] = {name: make_performer(one) for name, one in self.members.items()}
        self.rule: RewardRule = make_rule(alice, "share", kind="percentage", percent=10 * UNIT)
        make_rule(alice, "weekly", amount=3 * UNIT, frequency="weekly", cap_amount=10 * UNIT, cap_period="week")
        self.says, self.active, self.now = (10 * UNIT, 0), True, NOON
        # What the percentage of each fact was when it was told.
        self.priced: dict[object, int] = {}

    def tick(self) -> datetime:
        """A little later."""
        self.now += timedelta(hours=7)
        return self.now

    def earn(self, who: str, deed: int, value: int | None, days_ago: int) -> None:
        """Somebody does something worth a value, perhaps again, perhaps long ago."""
        params = {} if value is None else {"value": value}
        taken_at = self.tick() - timedelta(days=days_ago)
        facts: dict[str, Any] = {"external_id": f"deed {deed}", "params": params, "taken_at": taken_at}
        told = do(self.people[who], self.alice, at=self.now, **facts)
        self.priced[told.pk] = self.price_of(value)

    def price_of(self, value: int | None) -> int:
        """What the percentage comes to, computed another way than the rules do."""
        if value is None or value <= 0 or not self.active:
            return 0
        percent, places = self.says
        whole = EXACT.divide(EXACT.multiply(Decimal(value), Decimal(percent)), Decimal(100 * UNIT * UNIT))
        digits = Decimal(1).scaleb(-places)
        return int(whole.quantize(digits, rounding=ROUND_HALF_EVEN, context=EXACT).scaleb(6, context=EXACT))

    def cancel(self, deed: int) -> None:
        """It is taken back, perhaps again."""
        for fact in Action.objects.filter(external_id=f"deed {deed}"):
            cancel_action(fact, actor=self.alice, at=self.tick())
            self.priced[fact.pk] = 0

    def tell(self, who: str, deed: int, known: bool) -> None:
        """An app says that somebody, or nobody known, did something, perhaps again."""
        member = self.members[who]
        make_fact(member, occurrence=deed, performer=member if known else None, at=self.tick())

    def undo(self, who: str, deed: int) -> None:
        """The app says it is not so."""
        take_back(self.members[who], occurrence=deed, at=self.tick())

    def assign(self, who: str) -> None:
        """What waits is said to be somebody's."""
        for fact in Action.objects.unassigned().uncancelled():
            assign_action(fact, self.people[who], actor=self.alice, at=self.tick())

    def move(self, who: str, kind: str, amount: int, realized: bool) -> None:
        """Something is given or spent; what is not there is not spent."""
        before = self.current(who)
        facts: dict[str, Any] = {"realized": realized, "actor": self.alice, "at": self.tick()}
        try:
            create_transaction(self.people[who], kind, amount, **facts)
        except Conflict:
            assert kind == "sub"
            assert amount > before
        else:
            assert kind == "add" or self.current(who) == before - amount >= 0

    def settle(self, index: int, post: bool) -> None:
        """Something that waits is posted or voided by hand."""
        for entry in Entry.objects.pending().order_by("pk")[index : index + 1]:
            rule = realize_transaction if post else cancel_transaction
            rule(entry, actor=self.alice, at=self.tick())

    def price(self, percent: int, places: int) -> None:
        """From now on it pays another percentage."""
        self.rule = change_rule(self.rule, actor=self.alice, at=self.tick(), percent=percent, places=places)
        self.says = percent, places

    def switch(self, active: bool) -> None:
        """It pays, or not."""
        self.rule = set_rule_active(self.rule, active, actor=self.alice, at=self.tick())
        self.active = active

    def close(self, days: int) -> None:
        """Time goes on, and weeks end."""
        self.now += timedelta(days=days)
        settle_periods(self.alice.workspace, until=self.now, at=self.now)

    def current(self, who: str) -> int:
        """What somebody can spend."""
        wallet = Wallet.objects.filter(performer=self.people[who], currency="PTS").first()
        return wallet.current if wallet else 0

    def agrees(self) -> bool:
        """Whether every fact pays what its percentage came to when it was told, and nothing once it is taken back."""
        paid: dict[object, int] = {}
        for action, amount in Entry.objects.filter(rule="share").values_list("action", "amount"):
            paid[action] = paid.get(action, 0) + amount
        return all(paid.get(action, 0) == amount for action, amount in self.priced.items())

    def tallied(self) -> bool:
        """Whether every tally is the sum of what is posted in points."""
        return all(
            tally.points == sum(entry.amount for entry in tally.action.entries.all() if entry.status == "posted")
            for tally in Tally.objects.select_related("action").prefetch_related("action__entries")
        )


@given(told=st.lists(steps, max_size=18))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_story_the_ledger_is_in_order(alice: Member, bob: Member, told: list[tuple[Any, ...]]):
    with transaction.atomic():
        story = Story(alice, bob)
        for step, *facts in told:
            try:
                with transaction.atomic():
                    getattr(story, step)(*facts)
            except (Conflict, ValidationError):
                # An external id is told once, 63 bits are not more.
                continue
            finally:
                assert prove(alice.workspace).faults == []
        assert story.agrees()
        assert story.tallied()
        transaction.set_rollback(True)
