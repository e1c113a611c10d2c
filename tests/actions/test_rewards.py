"""Reward rules: what each kind pays, to whom, under which conditions, up to which cap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions import ledger
from actions.models import Action, DailyTotal, Entry, Performer, PerformerTag, RewardRule, RuleVersion, Tally
from actions.rules.deeds import assign_action, cancel_action, erase_performer
from actions.rules.proofs import prove
from actions.rules.rewards import change_rule, dry_run, set_rule_active
from tests.actions.factories import SOLD, make_fact, make_performer, take_back
from tests.actions.rewards import UNIT, do, make_rule, paid
from tests.factories import NOON, make_member

DAY = timedelta(days=1)
PERCENT = UNIT
GAMIFIED = ledger.verb("gamification.tests.completed", "completed {subject}", type="gamified-action")


@pytest.fixture(autouse=True)
def in_order(alice: Member) -> Any:
    """Whatever was paid, the ledger is in order afterwards."""
    yield
    assert prove(alice.workspace).faults == []


@pytest.fixture
def family(alice: Member, performer: Performer) -> list[Performer]:
    """Alice, who was enrolled by Ben, who was enrolled by Cleo, who was enrolled by Dan."""
    people = [performer, *(make_performer(make_member(alice.workspace, name)) for name in ("Ben", "Cleo", "Dan"))]
    for one, enroller in pairwise(people):
        one.enroller = enroller
        one.save()
    return people


def change(rule: RewardRule, member: Member, **says: Any) -> RewardRule:
    """It says something else."""
    return change_rule(rule, actor=member, at=NOON, **says)


# What a new workspace has


def test_an_award_pays_the_points_it_names_at_once_and_verbatim(alice: Member, performer: Performer):
    fact = do(performer, alice, "award", params={"points": 12_345_678})
    entry = Entry.objects.get()
    assert (entry.amount, entry.status, entry.kind, str(entry.account)) == (12_345_678, "posted", "add", "issued:award")
    assert (entry.rule, entry.version, entry.computed_from) == ("award", 1, {"kind": "verbatim", "points": 12_345_678})
    assert (entry.effective_at, entry.day, entry.action) == (fact.taken_at, fact.day, fact)
    assert Tally.objects.get().points == 12_345_678
    assert ledger.balance(performer, "PTS").current == 12_345_678
    assert DailyTotal.objects.get(currency="PTS").amount == 12_345_678


def test_other_actions_pay_nothing_until_a_rule_says_so(alice: Member, performer: Performer):
    do(performer, alice, "transaction", params={"value": 5 * UNIT})
    assert paid() == []


# Kinds


def test_a_fixed_amount(alice: Member, performer: Performer):
    make_rule(alice, "any")
    make_rule(alice, "sale", type="transaction", amount=2 * UNIT, currency="EUR")
    assert paid(do(performer, alice)) == [("any", "Alice", 5), ("sale", "Alice", 2)]
    assert paid(do(performer, alice, "event")) == [("any", "Alice", 5)]


@pytest.mark.parametrize(
    ("value", "percent", "places", "amount"),
    [
        (200 * UNIT, 10 * PERCENT, 0, 20 * UNIT),
        (25 * UNIT, 10 * PERCENT, 0, 2 * UNIT),
        (35 * UNIT, 10 * PERCENT, 0, 4 * UNIT),
        (25 * UNIT, 10 * PERCENT, 1, 2_500_000),
        (1, 50 * PERCENT, 6, 0),
        (3, 50 * PERCENT, 6, 2),
        (9_000_000_000_000_999_999, 100 * PERCENT, 6, 9_000_000_000_000_999_999),
        (9_000_000_000_000_999_999, 33_333_333, 6, 2_999_999_970_000_333_333),
        (-200 * UNIT, 10 * PERCENT, 0, 0),
        (0, 10 * PERCENT, 0, 0),
    ],
)
def test_a_percentage_of_the_value_is_rounded_half_to_even(
    alice: Member, performer: Performer, value: int, percent: int, places: int, amount: int
):
    make_rule(alice, kind="percentage", percent=percent, places=places)
    do(performer, alice, params={"value": value})
    assert sum(Entry.objects.values_list("amount", flat=True)) == amount


def test_a_percentage_of_no_value_is_nothing(alice: Member, performer: Performer):
    make_rule(alice, kind="percentage", percent=PERCENT)
    assert paid(do(performer, alice)) == []


def test_the_referrer_of_the_action_gets_a_share_else_who_enrolled_her(alice: Member, family: list[Performer]):
    make_rule(alice, "share", kind="referrer_share", percent=10 * PERCENT)
    referrer = family[3]
    assert paid(do(family[0], alice, params={"value": 100 * UNIT}, referrer=referrer)) == [("share", "Dan", 10)]
    assert paid(do(family[0], alice, params={"value": 100 * UNIT})) == [("share", "Ben", 10)]
    assert paid(do(family[3], alice, params={"value": 100 * UNIT})) == []


def test_a_share_of_what_is_earned(alice: Member, family: list[Performer]):
    make_rule(alice, "a-share", kind="referrer_share", percent=10 * PERCENT, basis="earned")
    make_rule(alice, "fixed", amount=50 * UNIT)
    make_rule(alice, "keys", amount=7 * UNIT, currency="KEYS")
    make_rule(alice, "more", kind="percentage", percent=50 * PERCENT)
    fact = do(family[0], alice, params={"value": 100 * UNIT})
    assert paid(fact)[-1] == ("a-share", "Ben", 10)
    assert Tally.objects.get().points == 110 * UNIT


def test_each_generation_gets_its_percent(alice: Member, family: list[Performer]):
    make_rule(alice, "tree", kind="generation_bonus", levels=[10 * PERCENT, 0, 1 * PERCENT, 5 * PERCENT])
    fact = do(family[0], alice, params={"value": 100 * UNIT})
    assert paid(fact) == [("tree", "Ben", 10), ("tree", "Dan", 1)]
    assert [entry.computed_from for entry in Entry.objects.order_by("pk")] == [
        {"kind": "generation_bonus", "value": 100 * UNIT, "percent": percent, "level": level}
        for percent, level in ((10 * PERCENT, 1), (1 * PERCENT, 3))
    ]


def test_a_circle_of_enrollers_pays_each_once_and_never_herself(alice: Member, family: list[Performer]):
    family[2].enroller = family[0]
    family[2].save()
    make_rule(alice, "tree", kind="generation_bonus", levels=[10 * PERCENT] * 9)
    assert paid(do(family[0], alice, params={"value": 100 * UNIT})) == [("tree", "Ben", 10), ("tree", "Cleo", 10)]


def test_the_last_of_a_split_takes_the_remainder(alice: Member, family: list[Performer]):
    make_rule(alice, "tree", kind="generation_bonus", levels=[15 * PERCENT, 15 * PERCENT])
    assert paid(do(family[0], alice, params={"value": 10 * UNIT})) == [("tree", "Ben", 2), ("tree", "Cleo", 1)]


@pytest.mark.parametrize(
    ("percents", "amounts"),
    [([6] * 4, [1, 1]), ([4] * 3, [1]), ([5, 5], [1]), ([25, 25], [2, 3]), ([14, 14, 14], [1, 1, 2])],
)
def test_a_split_adds_up_and_nobody_gets_less_than_nothing(
    alice: Member, family: list[Performer], percents: list[int], amounts: list[int]
):
    family[3].enroller = make_performer(make_member(alice.workspace, "Ed"))
    family[3].save()
    make_rule(alice, "tree", kind="generation_bonus", levels=[percent * PERCENT for percent in percents])
    assert [amount for *_, amount in paid(do(family[0], alice, params={"value": 10 * UNIT}))] == amounts


# Who earns


@pytest.mark.parametrize("facts", [{"banned_at": NOON}, {"service": True}, {"erased_at": NOON}])
def test_machines_the_banned_and_the_erased_never_earn(alice: Member, family: list[Performer], facts: dict[str, Any]):
    Performer.objects.filter(pk__in=[family[0].pk, family[2].pk]).update(**facts)
    make_rule(alice, "fixed")
    make_rule(alice, "tree", kind="generation_bonus", levels=[10 * PERCENT] * 3)
    fact = do(family[0], alice, params={"value": 100 * UNIT})
    assert paid(fact) == [("tree", "Ben", 10), ("tree", "Dan", 10)]


def test_who_will_be_banned_earns_until_then(alice: Member, performer: Performer):
    Performer.objects.update(banned_at=NOON + DAY)
    make_rule(alice)
    assert paid(do(performer, alice))
    assert not paid(do(performer, alice, at=NOON + DAY))


def test_what_nobody_did_pays_when_it_is_assigned(alice: Member, performer: Performer):
    make_rule(alice, "any")
    waiting = make_fact(alice, performer=None)
    assert paid() == []
    fact = assign_action(waiting, performer, actor=alice, at=NOON + 3 * DAY)
    (entry,) = Entry.objects.all()
    assert (entry.effective_at, entry.created_at, fact.tally.points) == (NOON, NOON + 3 * DAY, 5 * UNIT)
    assert Tally.objects.get().points == 5 * UNIT
    take_back(alice)
    assert ledger.balance(performer, "PTS").current == 0


def test_what_is_gamified_is_paid_by_gamification_alone(alice: Member):
    make_rule(alice)
    assert paid(make_fact(alice, verb=GAMIFIED)) == []
    assert paid(make_fact(alice, verb=SOLD))


def test_what_the_apps_record_is_paid_too_and_taken_back(alice: Member):
    make_rule(alice, "any")
    assert paid(make_fact(alice)) == [("any", "Alice", 5)]
    assert paid(make_fact(alice)) == [("any", "Alice", 5)]
    take_back(alice)
    assert ledger.balance(alice, "PTS").current == 0


def test_a_repeat_pays_nothing(alice: Member):
    make_rule(alice)
    make_fact(alice)
    make_fact(alice)
    assert Entry.objects.count() == 1


# Conditions


def test_only_those_with_a_tag(alice: Member, family: list[Performer]):
    make_rule(alice, "gold", tag="gold")
    PerformerTag.objects.create(workspace=alice.workspace, performer=family[1], word="gold")
    assert paid(do(family[0], alice)) == []
    assert paid(do(family[1], alice)) == [("gold", "Ben", 5)]


def test_only_from_one_of_the_period_on_up_to_another(alice: Member, performer: Performer):
    make_rule(alice, "some", count_from=2, count_to=3, count_period="day")
    assert [len(paid(do(performer, alice))) for _ in range(4)] == [0, 1, 1, 0]
    assert [len(paid(do(performer, alice, at=NOON + DAY))) for _ in range(2)] == [0, 1]


@pytest.mark.parametrize(
    ("period", "other", "counts"),
    [("day", NOON - DAY, False), ("week", NOON - DAY, False), ("week", NOON + 6 * DAY, True),
     ("month", NOON - DAY, True), ("month", NOON - 2 * DAY, False), ("all", NOON - 3650 * DAY, True)],
)  # fmt: skip
def test_a_period_is_a_day_an_iso_week_a_month_or_for_ever(
    alice: Member, performer: Performer, period: str, other: datetime, counts: bool
):
    make_rule(alice, "second", count_from=2, count_period=period)
    do(performer, alice, at=NOON + 9 * DAY, taken_at=other)
    assert bool(paid(do(performer, alice, at=NOON + 9 * DAY, taken_at=NOON))) == counts


def test_a_day_is_a_day_where_the_workspace_is(alice: Member, performer: Performer):
    alice.workspace.time_zone = "Pacific/Auckland"
    alice.workspace.save()
    make_rule(alice, "second", count_from=2, count_period="day")
    midnight = datetime(2026, 3, 2, 11, tzinfo=UTC)
    do(performer, alice, at=NOON, taken_at=midnight - timedelta(seconds=1))
    assert not paid(do(performer, alice, at=NOON, taken_at=midnight))
    assert paid(do(performer, alice, at=NOON, taken_at=NOON))


def test_doing_the_same_again_and_again_is_counted_once(alice: Member, bob: Member):
    make_rule(alice, "third", count_from=3)
    for occurrence in range(1, 5):
        assert not paid(make_fact(alice, bob, occurrence=occurrence))
    assert not paid(make_fact(alice))
    assert paid(make_fact(alice, make_member(alice.workspace, "Carla")))
    assert not paid(make_fact(alice, bob, occurrence=9))


def test_what_was_taken_back_does_not_count(alice: Member, bob: Member):
    make_rule(alice, "first", count_to=1)
    assert paid(make_fact(alice, bob))
    take_back(alice, bob)
    assert paid(make_fact(alice, bob, occurrence=2))
    assert ledger.balance(alice, "PTS").current == 5 * UNIT


def test_others_and_other_types_do_not_count(alice: Member, family: list[Performer]):
    make_rule(alice, "second", type="transaction", count_from=2)
    do(family[1], alice)
    do(family[0], alice, "event")
    assert not paid(do(family[0], alice))
    assert paid(do(family[0], alice))


def test_a_rule_starts_on_a_day(alice: Member, performer: Performer):
    make_rule(alice, starts_on=date(2026, 3, 2))
    assert not paid(do(performer, alice, taken_at=NOON - DAY))
    assert paid(do(performer, alice))


# Caps


def test_a_cap_of_amount_cuts_to_what_is_left(alice: Member, performer: Performer):
    make_rule(alice, cap_amount=12 * UNIT, cap_period="day")
    assert [amount for _ in range(4) for *_, amount in paid(do(performer, alice))] == [5, 5, 2]
    assert Entry.objects.order_by("-pk")[0].computed_from == {
        "kind": "fixed", "amount": 5 * UNIT, "cut_from": 5 * UNIT,
    }  # fmt: skip
    assert paid(do(performer, alice, at=NOON + DAY))[0][2] == 5


def test_a_cut_pays_no_more_digits_than_the_rule(alice: Member, performer: Performer):
    make_rule(alice, cap_amount=7_600_000)
    assert [amount for _ in range(3) for *_, amount in paid(do(performer, alice))] == [5, 2]


def test_a_cap_of_times(alice: Member, family: list[Performer]):
    make_rule(alice, cap_count=2, cap_period="week")
    assert [len(paid(do(family[0], alice))) for _ in range(3)] == [1, 1, 0]
    assert paid(do(family[1], alice))


def test_what_was_taken_back_leaves_room_again(alice: Member, performer: Performer):
    make_rule(alice, cap_amount=5 * UNIT, cap_count=1)
    fact = do(performer, alice)
    assert not paid(do(performer, alice))
    cancel_action(fact, actor=alice, at=NOON)
    assert paid(do(performer, alice))


def test_a_cap_is_of_each_who_gets_a_share(alice: Member, family: list[Performer]):
    make_rule(alice, "tree", kind="generation_bonus", levels=[10 * PERCENT, 10 * PERCENT], cap_amount=15 * UNIT)
    value = {"value": 100 * UNIT}
    assert [amount for *_, amount in paid(do(family[0], alice, params=value))] == [10, 10]
    assert paid(do(family[1], alice, params=value)) == [("tree", "Cleo", 5), ("tree", "Dan", 10)]


def test_a_cap_outlives_a_change_of_the_rule(alice: Member, performer: Performer):
    rule = make_rule(alice, cap_count=1)
    do(performer, alice)
    change(rule, alice, amount=9 * UNIT)
    assert not paid(do(performer, alice))


# Versions


def test_a_change_is_seen_at_once_and_never_changes_what_was_paid(alice: Member, performer: Performer):
    rule = make_rule(alice, "any")
    first = do(performer, alice)
    rule = change(rule, alice, amount=7 * UNIT)
    second = do(performer, alice)
    assert (paid(first), paid(second)) == ([("any", "Alice", 5)], [("any", "Alice", 7)])
    assert list(Entry.objects.order_by("pk").values_list("version", flat=True)) == [1, 2]
    assert [version.amount for version in RuleVersion.objects.filter(rule=rule).order_by("number")] == [
        5 * UNIT,
        7 * UNIT,
    ]
    cancel_action(first, actor=alice, at=NOON)
    assert ledger.balance(performer, "PTS").current == 7 * UNIT


def test_what_says_the_same_is_no_change(alice: Member):
    rule = make_rule(alice, "any")
    assert change(rule, alice, amount=5 * UNIT).version == 1
    assert change(rule, alice, name="Anything").name == "Anything"
    assert RuleVersion.objects.filter(rule=rule).count() == 1


def test_a_rule_that_is_off_pays_nothing(alice: Member, performer: Performer):
    rule = make_rule(alice)
    do(performer, alice)
    set_rule_active(rule, False, actor=alice, at=NOON)
    assert not paid(do(performer, alice))
    set_rule_active(rule, True, actor=alice, at=NOON)
    assert paid(do(performer, alice))


def test_a_change_that_is_undone_was_never_seen(alice: Member, performer: Performer):
    rule = make_rule(alice)
    with transaction.atomic():
        change(rule, alice, amount=7 * UNIT)
        assert paid(do(performer, alice))[0][2] == 7
        transaction.set_rollback(True)
    assert paid(do(performer, alice))[0][2] == 5
    change(rule, alice, amount=8 * UNIT)
    assert paid(do(performer, alice))[0][2] == 8


def test_a_version_is_written_once(alice: Member):
    make_rule(alice)
    for write in (lambda: RuleVersion.objects.update(amount=1), lambda: RuleVersion.objects.all().delete()):
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            write()


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ({"kind": "fixed", "amount": None}, "amount"),
        ({"kind": "fixed", "amount": 0}, "amount"),
        ({"kind": "fixed", "amount": -UNIT}, "amount"),
        ({"kind": "fixed", "amount": 1}, "amount"),
        ({"kind": "fixed", "amount": 2**63}, "amount"),
        ({"kind": "percentage"}, "percent"),
        ({"kind": "percentage", "percent": UNIT, "basis": "earned"}, "basis"),
        ({"kind": "referrer_share", "percent": 0}, "percent"),
        ({"kind": "generation_bonus"}, "levels"),
        ({"kind": "generation_bonus", "levels": [0]}, "levels"),
        ({"kind": "generation_bonus", "levels": [1.5]}, "levels"),
        ({"kind": "generation_bonus", "levels": [UNIT] * 21}, "levels"),
        ({"kind": "generation_bonus", "levels": {"1": UNIT}}, "levels"),
        ({"kind": "gift"}, "kind"),
        ({"currency": "points"}, "currency"),
        ({"places": 7}, "places"),
        ({"count_from": 3, "count_to": 2}, "count_to"),
        ({"count_period": "year"}, "count_period"),
        ({"cap_amount": 0}, "cap_amount"),
        ({"frequency": "daily"}, "frequency"),
        ({"grace_days": 366}, "grace_days"),
        ({"grace_days": -1}, "grace_days"),
        ({"slug": "not a slug"}, "slug"),
        ({"slug": "award"}, "__all__"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(alice: Member, says: dict[str, Any], name: str):
    with pytest.raises(ValidationError) as refusal:
        make_rule(alice, says.pop("slug", ""), **says)
    assert set(refusal.value.error_dict) == {name}
    assert RewardRule.objects.of(alice.workspace).get().slug == "award"


# Statements


def test_two_rules_cost_five_statements_more(alice: Member, performer: Performer):
    make_rule(alice, amount=UNIT)
    make_rule(alice, kind="percentage", percent=PERCENT, places=6)
    do(performer, alice, params={"value": UNIT})
    with CaptureQueriesContext(connection) as queries:
        do(performer, alice, params={"value": UNIT})
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # 1 the type; 2 the counter; 3 what it stands on; 4 the fact; 5 what people read; 6 who may earn; 7 the accounts;
    # 8 the wallet; 9 the entries; 10 the wallet; 11 the tally; 12 the days; 13 the boards;
    # 14 their standings.
    assert len(asked) == 14, asked


# Trying


def test_a_dry_run_says_what_each_rule_would_pay_and_why_not(alice: Member, family: list[Performer]):
    make_rule(alice, "fixed", type="transaction")
    make_rule(alice, "gold", tag="gold")
    make_rule(alice, "later", starts_on=date(2026, 4, 1))
    off = make_rule(alice, "off")
    set_rule_active(off, False, actor=alice, at=NOON)
    make_rule(alice, "tree", kind="generation_bonus", levels=[10 * PERCENT])
    make_rule(alice, "weekly", frequency="weekly", kind="percentage", percent=PERCENT)
    kind = do(family[0], alice, "transaction").type
    before = Action.objects.count(), Entry.objects.count()
    trials = dry_run(alice.workspace, kind, performer=family[0], at=NOON, params={"value": 100 * UNIT})
    assert [(one.rule.slug, str(one.performer or ""), one.amount // UNIT, one.why) for one in trials] == [
        ("award", "", 0, "other_type"),
        ("fixed", "Alice", 5, "paid"),
        ("gold", "", 0, "tag_missing"),
        ("later", "", 0, "not_started"),
        ("off", "", 0, "inactive"),
        ("tree", "Ben", 10, "paid"),
        ("weekly", "Alice", 1, "paid"),
    ]
    assert trials[-1].settles_at == datetime(2026, 3, 9, tzinfo=UTC)
    assert all(one.sentence != one.why for one in trials)
    assert before == (Action.objects.count(), Entry.objects.count())
    assert {one.why for one in dry_run(alice.workspace, kind, performer=None, at=NOON)} >= {"unassigned"}


def test_who_is_erased_keeps_what_she_earned(alice: Member, performer: Performer):
    make_rule(alice)
    do(performer, alice)
    erase_performer(performer, actor=alice, at=NOON)
    assert ledger.balance(performer, "PTS").current == 5 * UNIT
    assert not paid(do(performer, alice))
