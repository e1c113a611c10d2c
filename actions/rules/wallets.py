"""Wallets: made, locked in one order, moved, and moved back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.callers import Actor
from actions.amounts import POINTS, check_amount
from actions.models import Action, CounterAccount, Entry, Tally, Wallet
from actions.models.wallets import CACHES

Status = Entry.Status


def lock_wallets(ids: Any) -> dict[int, Wallet]:
    """Wallets by key, locked in the order of their keys, so that no two transactions wait for each other."""
    return {wallet.pk: wallet for wallet in Wallet.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def lock_wallet(workspace: int, performer: int, currency: str, *, at: datetime) -> Wallet:
    """The wallet of a performer in a currency, made when there is none, locked."""
    hers = {"workspace": workspace, "performer": performer, "currency": currency}
    wallet: Wallet | None = Wallet.objects.select_for_update().filter(**hers).first()
    if wallet is None:
        made = Wallet(workspace_id=workspace, performer_id=performer, currency=currency, created_at=at)
        Wallet.objects.bulk_create([made], ignore_conflicts=True)
        wallet = Wallet.objects.select_for_update().get(**hers)
    return wallet


def find_or_make_account(workspace: int, account: str, *, at: datetime) -> int:
    """The key of a counter account such as `issued:rule 7`; two at once make one."""
    kind, _, name = account.partition(":")
    same = CounterAccount.objects.filter(workspace=workspace, kind=kind, name=name).values_list("pk", flat=True)
    found: int | None = same.first()
    if found is None:
        made = CounterAccount(workspace_id=workspace, kind=kind, name=name, created_at=at)
        CounterAccount.objects.bulk_create([made], ignore_conflicts=True)
        found = int(same.get())
    return found


def write_entry(entry: Entry, wallet: Wallet) -> Entry:
    """Append a movement and carry it into the caches; the wallet is locked, and so is the fact if there is one."""
    wallet.count(entry)
    # What fails from here on takes the caller's transaction with it: half a movement is none.
    with transaction.atomic(savepoint=False):
        Entry.objects.bulk_create([entry])
        Wallet.objects.filter(pk=wallet.pk).update(**{name: getattr(wallet, name) for name in CACHES})
        tally(entry.workspace_id, entry.action_id, [entry])
    return entry


def tally(workspace: int, action: Any, entries: Iterable[Entry]) -> None:
    """Carry what was posted into the net points of its fact."""
    points = sum(entry.amount for entry in entries if (entry.currency, entry.status) == (POINTS, Status.POSTED))
    if action is None or not points:
        return
    row = Tally.objects.filter(pk=action).first() or Tally(workspace_id=workspace, action_id=action)
    row.points = check_amount(row.points + points)
    Tally.objects.bulk_create([row], update_conflicts=True, unique_fields=["action"], update_fields=["points"])


def reverse_entries(action: Action, *, actor: Actor, at: datetime, reason: str) -> None:
    """Take back all a locked fact moved: what is pending is voided, what was posted gets its opposite, once."""
    entries = Entry.objects.of(action.workspace_id).filter(action=action)
    wallets = lock_wallets(entries.order_by().values("wallet"))
    if not wallets:
        return
    waiting = [_withdraw(entry, wallets[entry.wallet_id]) for entry in entries.pending()]
    contrary = [entry.opposite(at=at, reason=reason).act(actor) for entry in entries.unreversed()]
    for entry in contrary:
        wallets[entry.wallet_id].count(entry)
    Entry.objects.filter(pk__in=waiting).update(status=Status.VOIDED, settled_at=at)
    Entry.objects.bulk_create(contrary)
    Wallet.objects.bulk_update(wallets.values(), CACHES)
    tally(action.workspace_id, action.pk, contrary)


def _withdraw(entry: Entry, wallet: Wallet) -> int:
    wallet.count(entry, -1)
    return entry.pk
