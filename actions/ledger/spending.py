"""What is spent or held for later must be there; what is held is settled once."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError

from accounts.callers import Actor
from accounts.errors import Conflict
from accounts.models import Member
from actions.amounts import check_amount, check_currency
from actions.ledger.posting import balance, post
from actions.ledger.signals import inside_transaction
from actions.models import Entry, Performer
from actions.rules.numbers import hold_numbers
from actions.rules.settling import settle_entry


def spend(
    performer: Member | Performer,
    currency: str,
    amount: int,
    *,
    account: str,
    actor: Actor,
    at: datetime,
    reason: str = "",
    key: str | None = None,
) -> Entry:
    """Take out of a wallet, against an account such as `redeemed:mug`; never more than can be spent."""
    return _take(
        performer, currency, amount, pending=False, account=account, actor=actor, at=at, reason=reason, key=key
    )


def hold(
    performer: Member | Performer,
    currency: str,
    amount: int,
    *,
    account: str,
    actor: Actor,
    at: datetime,
    reason: str = "",
    key: str | None = None,
) -> Entry:
    """Set aside what cannot be spent meanwhile, until it is settled."""
    told = {"account": account, "actor": actor, "at": at, "reason": reason}
    return _take(performer, currency, amount, key=key, pending=True, **told)


def settle(entry: Entry, *, actor: Actor, at: datetime, post: bool = True) -> Entry:
    """Post what waits, or void it; the same again changes nothing, the other is refused."""
    inside_transaction("settle")
    return settle_entry(entry, Entry.Status.POSTED if post else Entry.Status.VOIDED, at=at)


def _take(performer: Member | Performer, currency: str, amount: int, *, key: str | None, **facts: object) -> Entry:
    inside_transaction("spend")
    check_currency(currency)
    if check_amount(amount) <= 0:
        raise ValidationError({"amount": ValidationError("An amount is more than nothing.", code="invalid")})
    # From here on nobody else moves anything in this ledger.
    hold_numbers(performer.workspace_id)
    told = key is not None and Entry.objects.of(performer.workspace_id).filter(key=key).exists()
    if not told and balance(performer, currency).current < amount:
        raise Conflict("insufficient_funds", "There is not enough to spend.")
    return post(performer, currency, -amount, key=key, **facts)  # type: ignore[arg-type]
