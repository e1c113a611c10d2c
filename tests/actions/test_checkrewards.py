"""`checkledger` finds what rules paid twice, by no version, or hold for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.callers import System
from accounts.models import Due, Member
from actions import ledger
from actions.models import Entry, Performer
from actions.rules.proofs import prove
from tests.actions.rewards import do, make_rule


def pay_again() -> None:
    entry = Entry.objects.posted()[:1].get()
    entry.pk = None
    entry.save(force_insert=True)


def price_by(version: int | None) -> Callable[[], object]:
    return lambda: Entry.objects.posted().update(version=version)


DAMAGES = [
    (pay_again, {"paid_twice", "balance", "points", "zero"}),
    (price_by(0), {"version"}),
    (price_by(7), {"version"}),
    (price_by(None), {"version"}),
    (lambda: Due.objects.all().delete(), {"unplanned"}),
]


@pytest.mark.parametrize(("damage", "found"), DAMAGES)
def test_every_damage_is_found(alice: Member, performer: Performer, damage: Callable[[], object], found: set[str]):
    make_rule(alice, "now")
    make_rule(alice, "later", frequency="weekly")
    do(performer, alice)
    assert prove(alice.workspace).faults == []
    with ledger.unsealed("damage", System()):
        damage()
    assert {fault.code for fault in prove(alice.workspace).faults} >= found


def test_what_others_pay_under_a_name_of_their_own_is_theirs(alice: Member, performer: Performer):
    fact = do(performer, alice)
    facts = {"account": "issued:quests", "actor": alice, "at": fact.taken_at, "action": fact, "rule": "quests"}
    for amount in (1, 2):
        ledger.post(performer, "PTS", amount, **facts)  # type: ignore[arg-type]
    assert prove(alice.workspace).faults == []
