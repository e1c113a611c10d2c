"""
Recording what somebody did, which two rules pay for: `ledger.record` in a transaction of its own.

The floor is what such a record cannot do without: its INSERTs and UPDATEs in one transaction of the bare driver, with
every key and every price already known and nothing read. What both leave in the tables must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.clock import unique_now
from accounts.models import Member
from actions import ledger
from actions.models import CounterAccount, Wallet
from actions.rules.rewards import create_rule
from benchmarks.deeds import Hand, Price
from benchmarks.races import Race
from incidents.verbs import ACTION_COMPLETED

RULES = {"bench-one": 5_000_000, "bench-two": 2_000_000}
# Columns in which two records differ; of these only the kind of value is compared.
OWN = {"id", "action_id", "seq", "source_id", "taken_at", "created_at", "effective_at", "actor_id", "request_id"}
TABLES = {
    "actions_action": "id",
    "actions_detail": "action_id",
    "actions_tally": "action_id",
    "actions_entry": "action_id",
}


def races(hand: Hand) -> Iterator[Race]:
    """One performer, who does something again and again."""
    member = Member.objects.select_related("workspace").get(pk=hand.tenant.members[1])
    numbers = count(1)
    prices = prepare(hand, member, next(numbers))

    def floor() -> UUID:
        number, at = next(numbers), unique_now()
        with hand.floor.transaction():
            key, performer = f"action:{member.ulid}:completed:{number}", hand.performers[member.pk]
            return hand.record(key, "accounts.member", member.ulid, str(member), performer, at, prices)

    yield Race(
        "record, paid by two rules",
        lambda: tell(hand, member, next(numbers)),
        floor,
        seen=lambda fact: left(hand, fact),
        seconds=3,
        in_budget=False,
    )


@transaction.atomic
def tell(hand: Hand, member: Member, number: int) -> UUID:
    """What an app tells."""
    facts: dict[str, Any] = {"occurrence": number, "title": str(member), "at": unique_now()}
    told: UUID = ledger.record(ACTION_COMPLETED, member, actor=hand.key, performer=member, **facts).pk
    return told


def prepare(hand: Hand, member: Member, number: int) -> list[Price]:
    """Two rules, and the accounts and the wallet that the first record makes."""
    for slug, amount in RULES.items():
        rule = {"kind": "fixed", "amount": amount}
        create_rule(member.workspace, slug, slug, actor=member, at=unique_now(), **rule)  # type: ignore[arg-type]
    tell(hand, member, number)
    wallet = Wallet.objects.get(performer=hand.performers[member.pk], currency="PTS").pk
    accounts = dict(CounterAccount.objects.filter(workspace=member.workspace, kind="issued").values_list("name", "pk"))
    return [Price(slug, amount, accounts[slug], wallet) for slug, amount in RULES.items()]


def left(hand: Hand, fact: UUID) -> list[dict[str, Any]]:
    """The rows a record left."""
    found = []
    for table, column in TABLES.items():
        cursor = hand.floor.run(f"SELECT * FROM {table} WHERE {column} = ? ORDER BY 1", [hand.floor.value(fact)])
        names = [facts[0] for facts in cursor.description]
        found += [
            {name: type(value).__name__ if name in OWN else same(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]
    return found


def same(value: Any) -> Any:
    """JSON written with other spaces is the same."""
    return value.replace(" ", "") if isinstance(value, str) else value
