"""Movements that people and clients ask for: given, spent, held, settled, put right."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.callers import Actor
from actions.amounts import POINTS, check_currency
from actions.ledger.posting import post
from actions.ledger.spending import hold, spend
from actions.models import Entry, Performer
from actions.models.facts import TEXT_LENGTH
from actions.rules.faults import Faults
from actions.rules.settling import settle_entry

GIVEN, TAKEN, ADJUSTMENT = "issued:api", "redeemed:api", "adjustment"
KINDS = (Entry.Kind.ADD, Entry.Kind.SUB)


@transaction.atomic
def create_transaction(
    performer: Performer,
    kind: str,
    amount: int,
    *,
    currency: str = POINTS,
    description: str = "",
    realized: bool,
    actor: Actor,
    at: datetime,
) -> Entry:
    """Add to a wallet or subtract from it, at once or pending; what is not there cannot be subtracted."""
    check_transaction(kind, amount, description, currency)
    facts = {"actor": actor, "at": at, "reason": description}
    if kind == Entry.Kind.ADD:
        return post(performer, currency, amount, account=GIVEN, pending=not realized, **facts)  # type: ignore[arg-type]
    take = spend if realized else hold
    return take(performer, currency, amount, account=TAKEN, **facts)  # type: ignore[arg-type]


def check_transaction(kind: str, amount: object, description: str, currency: str) -> None:
    """Everything that is wrong with a movement, raised together."""
    faults = Faults()
    with faults.of():
        check_currency(currency)
    if kind not in KINDS:
        faults.add("kind", f"A transaction is one of {', '.join(KINDS)}.", "invalid_choice")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        faults.add("amount", "An amount is more than nothing.")
    faults.text("description", description, TEXT_LENGTH, required=False)
    faults.refuse()


def realize_transaction(entry: Entry, *, actor: Actor, at: datetime) -> Entry:
    """Post what waits; what is posted stays, what is voided cannot be."""
    return settle_entry(entry, Entry.Status.POSTED, at=at)


def cancel_transaction(entry: Entry, *, actor: Actor, at: datetime) -> Entry:
    """Void what waits, which frees what it held; what is posted needs a movement to the contrary."""
    return settle_entry(entry, Entry.Status.VOIDED, at=at)


@transaction.atomic
def adjust(
    performer: Performer, amount: int, *, currency: str = POINTS, reason: str, actor: Actor, at: datetime
) -> Entry:
    """Put a wallet right, in either direction and even below zero; why must be said."""
    faults = Faults()
    faults.text("reason", reason, TEXT_LENGTH)
    faults.refuse()
    return post(performer, currency, amount, account=ADJUSTMENT, actor=actor, at=at, reason=reason)
