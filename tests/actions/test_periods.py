"""What is held for a week or a month is posted when that closes, in order and once, whatever dies on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import due
from accounts.models import Due, Member
from accounts.rules import forward_clock, set_clock, stop_clock
from actions import ledger
from actions.models import DailyTotal, Entry, Performer, Tally
from actions.rules import settlements
from actions.rules.deeds import assign_action, cancel_action
from actions.rules.proofs import prove
from actions.rules.settlements import settle_periods, settled_until
from actions.rules.transactions import cancel_transaction, realize_transaction
from tests.actions.factories import make_fact, make_performer, take_back
from tests.actions.rewards import UNIT, do, make_rule, paid
from tests.actions.threads import at_once
from tests.factories import NOON

DAY = timedelta(days=1)
# The Monday after the Monday that is NOON's.
NEXT = datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_order(alice: Member) -> Any:
    """Whatever was settled, the ledger is in order afterwards."""
    yield
    assert prove(alice.workspace).faults == []


def settle(member: Member, at: datetime) -> list[str]:
    """Do what falls due by a time; what it was."""
    return [one.key for one in due.run_due(now=at) if not one.error]


def states(**where: Any) -> list[tuple[str, int]]:
    """What became of the entries, in the order of writing."""
    rows = Entry.objects.filter(**where).order_by("pk").values_list("status", "amount")
    return [(status, amount // UNIT) for status, amount in rows]


def test_what_is_earned_in_a_week_waits_until_it_is_over(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    fact = do(performer, alice)
    (entry,) = Entry.objects.all()
    assert (entry.kind, entry.status, entry.settles_at) == ("period", "pending", NEXT)
    assert (entry.effective_at, entry.day) == (fact.taken_at, fact.day)
    assert ledger.balance(performer, "PTS") == (0, 5 * UNIT)
    assert Tally.objects.get().points == 0
    assert settle(alice, NEXT - timedelta(seconds=1)) == []
    assert settle(alice, NEXT) == [NEXT.isoformat()]
    entry.refresh_from_db()
    assert (entry.status, entry.settled_at is not None) == ("posted", True)
    assert ledger.balance(performer, "PTS") == (5 * UNIT, 5 * UNIT)
    assert Tally.objects.get().points == 5 * UNIT
    assert DailyTotal.objects.get(currency="PTS").day == fact.day
    assert settle(alice, NEXT + 9 * DAY) == []


@pytest.mark.parametrize(
    ("says", "zone", "closes"),
    [
        ({"frequency": "weekly", "grace_days": 2}, "UTC", datetime(2026, 3, 11, tzinfo=UTC)),
        ({"frequency": "monthly"}, "UTC", datetime(2026, 4, 1, tzinfo=UTC)),
        ({"frequency": "monthly", "grace_days": 3}, "Europe/Zurich", datetime(2026, 4, 3, 22, tzinfo=UTC)),
        ({"frequency": "weekly"}, "Pacific/Auckland", datetime(2026, 3, 8, 11, tzinfo=UTC)),
    ],
)
def test_a_period_closes_at_midnight_there_after_the_days_of_grace(
    alice: Member, performer: Performer, says: dict[str, Any], zone: str, closes: datetime
):
    alice.workspace.time_zone = zone
    alice.workspace.save()
    make_rule(alice, **says)
    do(performer, alice)
    assert Entry.objects.get().settles_at == closes


def test_what_comes_late_counts_for_the_first_period_that_is_open(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly", grace_days=1)
    late = do(performer, alice, at=NEXT + DAY, taken_at=NOON)
    (entry,) = Entry.objects.filter(action=late)
    assert (entry.effective_at, entry.day, entry.settles_at) == (NEXT, NEXT.date(), NEXT + 8 * DAY)
    in_time = do(performer, alice, at=NEXT + DAY - timedelta(seconds=1), taken_at=NOON)
    (entry,) = Entry.objects.filter(action=in_time)
    assert (entry.effective_at, entry.settles_at) == (NOON, NEXT + DAY)


def test_what_is_assigned_late_counts_for_an_open_period_too(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    waiting = make_fact(alice, performer=None)
    assign_action(waiting, performer, actor=alice, at=NEXT + 3 * DAY)
    assert Entry.objects.get().effective_at == NEXT


def test_a_writer_whose_clock_is_late_finds_the_period_closed(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    settle_periods(alice.workspace, until=NEXT, at=NEXT)
    do(performer, alice, at=NEXT - timedelta(seconds=1))
    assert Entry.objects.get().settles_at == NEXT + 7 * DAY
    settle_periods(alice.workspace, until=NEXT - DAY, at=NEXT)
    assert settled_until(alice.workspace_id) == NEXT


def test_what_is_taken_back_meanwhile_is_never_posted(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    fact = do(performer, alice)
    do(performer, alice)
    cancel_action(fact, actor=alice, at=NOON)
    settle(alice, NEXT)
    assert states() == [("voided", 5), ("posted", 5)]


def test_what_is_taken_back_afterwards_gets_its_opposite(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    fact = do(performer, alice)
    settle(alice, NEXT)
    cancel_action(fact, actor=alice, at=NEXT + DAY)
    assert states() == [("posted", 5), ("posted", -5)]
    assert ledger.balance(performer, "PTS").accounting == 0


@pytest.mark.parametrize("facts", [{"banned_at": NOON + DAY}, {"erased_at": NOON + DAY}, {"service": True}])
def test_who_may_not_earn_any_more_gets_nothing_of_what_was_held(
    alice: Member, performer: Performer, facts: dict[str, Any]
):
    make_rule(alice, frequency="weekly")
    do(performer, alice)
    Performer.objects.update(**facts)
    settle(alice, NEXT)
    assert states() == [("voided", 5)]


def test_people_may_settle_earlier(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    one, two = (Entry.objects.get(action=do(performer, alice)) for _ in range(2))
    realize_transaction(one, actor=alice, at=NOON)
    cancel_transaction(two, actor=alice, at=NOON)
    settle(alice, NEXT)
    assert states() == [("posted", 5), ("voided", 5)]


def test_caps_count_what_waits(alice: Member, performer: Performer):
    make_rule(alice, frequency="monthly", cap_amount=8 * UNIT, cap_period="month")
    assert [amount for _ in range(3) for *_, amount in paid(do(performer, alice))] == [5, 3]


def test_many_are_settled_a_few_at_a_time(alice: Member, performer: Performer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settlements, "BATCH", 2)
    make_rule(alice, frequency="weekly")
    for _ in range(5):
        do(performer, alice)
    assert [len(settle(alice, NEXT)) for _ in range(4)] == [1, 1, 1, 0]
    assert states() == [("posted", 5)] * 5
    assert ledger.balance(performer, "PTS").current == 25 * UNIT


def test_periods_are_settled_in_order_while_a_clock_is_forwarded(alice: Member, bob: Member, performer: Performer):
    stop_clock(alice.workspace)
    monday = datetime(2030, 3, 4, 12, tzinfo=UTC)
    set_clock(alice.workspace, to=monday)
    make_rule(alice, "month", frequency="monthly", amount=UNIT)
    make_rule(alice, "week", frequency="weekly", amount=2 * UNIT)
    for somebody in (performer, make_performer(bob)):
        do(somebody, alice, at=monday)
    clock_run = forward_clock(alice.workspace, to=datetime(2030, 5, 1, tzinfo=UTC), actor=alice)
    assert [outcome.key for outcome in due.forward(clock_run)] == [
        "2030-03-11T00:00:00+00:00",
        "2030-04-01T00:00:00+00:00",
    ]
    order = Entry.objects.order_by("settled_at", "pk").values_list("rule", "status", "settled_at__month")
    assert list(order) == [("week", "posted", 3)] * 2 + [("month", "posted", 4)] * 2


def test_one_period_of_a_workspace_is_one_plan(alice: Member, performer: Performer, charlie: Member):
    make_rule(alice, frequency="weekly")
    make_rule(charlie, frequency="weekly")
    for _ in range(3):
        do(performer, alice)
    do(make_performer(charlie), charlie)
    assert Due.objects.of(alice.workspace).count() == Due.objects.of(charlie.workspace).count() == 1
    settle_periods(alice.workspace, until=NEXT, at=NEXT)
    assert set(Entry.objects.of(charlie.workspace).values_list("status", flat=True)) == {"pending"}


@pytest.mark.django_db(transaction=True)
def test_several_workers_settle_once(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    for _ in range(3):
        do(performer, alice)
    works = [lambda: settle_periods(alice.workspace, until=NEXT, at=NEXT)] * 4
    assert at_once(works) == [False] * 4
    assert ledger.balance(performer, "PTS").current == 15 * UNIT


@pytest.mark.django_db(transaction=True)
def test_what_dies_in_the_middle_leaves_all_waiting(alice: Member, performer: Performer):
    make_rule(alice, frequency="weekly")
    fact = do(performer, alice)
    with transaction.atomic():
        settle_periods(alice.workspace, until=NEXT, at=NEXT)
        transaction.set_rollback(True)
    assert states() == [("pending", 5)]
    assert settled_until(alice.workspace_id) is None
    assert settle(alice, NEXT) == [NEXT.isoformat()]
    assert paid(fact)[0][2] == 5


def test_what_the_apps_record_waits_too(alice: Member):
    make_rule(alice, frequency="weekly")
    make_fact(alice)
    assert states() == [("pending", 5)]
    take_back(alice)
    assert states() == [("voided", 5)]
