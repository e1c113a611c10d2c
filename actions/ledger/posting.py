"""Movements between a performer's wallet and a counter account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from accounts.callers import Actor
from accounts.errors import Conflict
from accounts.models import Member
from actions.amounts import check_amount, check_currency
from actions.ledger.signals import inside_transaction
from actions.models import Action, CounterAccount, Entry, Performer, Wallet
from actions.models.acts import short
from actions.models.facts import TEXT_LENGTH
from actions.rules import boards
from actions.rules.numbers import hold_numbers
from actions.rules.performers import find_or_make_performer
from actions.rules.wallets import find_or_make_account, lock_wallet, tally, write_entry


class Balance(NamedTuple):
    """Millionths: what can be spent, and what the books say with what is still coming."""

    current: int
    accounting: int


def balance(performer: Member | Performer, currency: str) -> Balance:
    """What a performer has; nothing, where nothing ever moved."""
    rows = Wallet.objects.of(performer.workspace_id).filter(currency=currency)
    wallet = rows.filter(**_of(performer)).first()
    return Balance(wallet.current, wallet.accounting) if wallet else Balance(0, 0)


def totals(performer: Member | Performer) -> dict[str, Balance]:
    """What a performer has, in every currency that ever moved for her."""
    rows = Wallet.objects.of(performer.workspace_id).filter(**_of(performer)).order_by("currency")
    return {wallet.currency: Balance(wallet.current, wallet.accounting) for wallet in rows}


def _of(performer: Member | Performer) -> dict[str, Any]:
    return {"performer__member": performer} if isinstance(performer, Member) else {"performer": performer}


def post(
    performer: Member | Performer,
    currency: str,
    amount: int,
    *,
    account: str,
    actor: Actor,
    at: datetime,
    action: Action | None = None,
    pending: bool = False,
    effective_at: datetime | None = None,
    rule: str = "",
    version: int | None = None,
    computed_from: Mapping[str, Any] | None = None,
    reason: str = "",
    key: str | None = None,
) -> Entry:
    """
    Move millionths into a performer's wallet, or out of it when negative, against an account such as `issued:rule 7`.

    With a `key` a repeat returns the first entry. What belongs to a fact is taken back when that is cancelled.
    """
    inside_transaction("post")
    _check(amount, currency, account)
    workspace, moment = performer.workspace, effective_at or (action.taken_at if action else at)
    hold_numbers(workspace.pk)
    if action is not None:
        _refuse_cancelled(action)
    performer_id = find_or_make_performer(performer, at=at)
    wallet = lock_wallet(workspace.pk, performer_id, currency, at=at)
    first = Entry.objects.of(workspace).filter(key=key).first() if key else None
    if first is not None:
        return _same(first, wallet, amount)
    entry = Entry(
        workspace=workspace,
        wallet=wallet,
        performer_id=performer_id,
        account_id=find_or_make_account(workspace.pk, account, at=at),
        kind=Entry.Kind.ADD if amount > 0 else Entry.Kind.SUB,
        amount=amount,
        currency=currency,
        status=Entry.Status.PENDING if pending else Entry.Status.POSTED,
        effective_at=moment,
        day=moment.astimezone(workspace.zone).date(),
        created_at=at,
        action=action,
        rule=rule,
        version=version,
        computed_from=dict(computed_from or {}),
        reason=short(reason, TEXT_LENGTH),
        key=key,
    )
    write_entry(entry.act(actor), wallet)
    tally([entry])
    boards.count(workspace.pk, entries=[entry])
    return entry


def _check(amount: int, currency: str, account: str) -> None:
    check_currency(currency)
    if account.partition(":")[0] not in CounterAccount.Kind.values:
        raise ValidationError({"account": ValidationError("There is no such account.", code="invalid")})
    if check_amount(amount) == 0:
        raise ValidationError({"amount": ValidationError("A movement moves something.", code="invalid")})


def _refuse_cancelled(action: Action) -> None:
    """Nobody cancels it meanwhile: that needs the counter, which is ours."""
    if Action.objects.of(action.workspace_id).get(pk=action.pk).is_cancelled:
        raise Conflict("action_cancelled", "What was cancelled earns nothing.")


def _same(first: Entry, wallet: Wallet, amount: int) -> Entry:
    """The first entry of a key, unless the repeat asks for something else."""
    if (first.wallet_id, first.amount) != (wallet.pk, amount):
        raise Conflict("key_reused", "This key already stands for another movement.")
    return first
