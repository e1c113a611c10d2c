"""Wallets: made, locked in one order, moved, and moved back."""

from __future__ import annotations

from collections import Counter
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


def lock_or_make_wallets(workspace: int, pairs: set[tuple[int, str]], *, at: datetime) -> dict[tuple[int, str], Wallet]:
    """Wallets by performer and currency, made where there are none, locked in the order of their keys."""
    found = _lock_pairs(workspace, pairs)
    if missing := sorted(pairs - found.keys()):
        made = [Wallet(workspace_id=workspace, performer_id=who, currency=what, created_at=at) for who, what in missing]
        Wallet.objects.bulk_create(made, ignore_conflicts=True)
        found = _lock_pairs(workspace, pairs)
    return found


def _lock_pairs(workspace: int, pairs: set[tuple[int, str]]) -> dict[tuple[int, str], Wallet]:
    people, currencies = {who for who, _ in pairs}, {what for _, what in pairs}
    rows = Wallet.objects.of(workspace).filter(performer__in=people, currency__in=currencies)
    locked = rows.select_for_update().order_by("pk")
    found = {(wallet.performer_id, wallet.currency): wallet for wallet in locked}
    return {pair: found[pair] for pair in pairs if pair in found}


def find_or_make_accounts(workspace: int, kind: str, names: set[str], *, at: datetime) -> dict[str, int]:
    """The keys of counter accounts of a kind by name, made where there are none."""
    rows = CounterAccount.objects.filter(workspace=workspace, kind=kind, name__in=names).values_list("name", "pk")
    found = dict(rows)
    if missing := sorted(names - found.keys()):
        made = [CounterAccount(workspace_id=workspace, kind=kind, name=name, created_at=at) for name in missing]
        CounterAccount.objects.bulk_create(made, ignore_conflicts=True)
        found = dict(rows.all())
    return found


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
    """Append a movement and carry it into the caches; the wallet is locked."""
    write_entries([entry], {wallet.pk: wallet})
    return entry


def write_entries(entries: list[Entry], wallets: dict[int, Wallet]) -> None:
    """Append movements and carry them into the caches of their wallets, which are locked."""
    for entry in entries:
        wallets[entry.wallet_id].count(entry)
    # What fails from here on takes the caller's transaction with it: half a movement is none.
    with transaction.atomic(savepoint=False):
        Entry.objects.bulk_create(entries)
        save_wallets([wallets[pk] for pk in sorted({entry.wallet_id for entry in entries})])


def save_wallets(wallets: list[Wallet]) -> None:
    """Write the caches of some wallets."""
    if len(wallets) == 1:
        (wallet,) = wallets
        Wallet.objects.filter(pk=wallet.pk).update(**{name: getattr(wallet, name) for name in CACHES})
    else:
        Wallet.objects.bulk_update(wallets, CACHES)


def earned(entries: Iterable[Entry]) -> int:
    """The points of movements that are posted."""
    return sum(entry.amount for entry in entries if (entry.currency, entry.status) == (POINTS, Status.POSTED))


def tally(entries: Iterable[Entry]) -> None:
    """Carry what was posted for facts into their net points."""
    points: Counter[Any] = Counter()
    for entry in entries:
        points[entry.action_id] += earned([entry])
    wanted = [action for action, amount in points.items() if action and amount]
    rows = list(Tally.objects.filter(pk__in=wanted)) if wanted else []
    for row in rows:
        row.points = check_amount(row.points + points[row.pk])
    if rows:
        Tally.objects.bulk_update(rows, ["points"])


def reverse_entries(action: Action, *, actor: Actor, at: datetime, reason: str) -> list[Entry]:
    """Take back all a fact moved: what is pending is voided, what was posted gets its opposite, once."""
    entries = list(Entry.objects.of(action.workspace_id).filter(action=action).order_by("pk"))
    reversed_already = {entry.reverses_id for entry in entries}
    waiting = [entry for entry in entries if entry.status == Status.PENDING]
    standing = [entry for entry in entries if entry.stands and entry.pk not in reversed_already]
    if not waiting and not standing:
        return []
    wallets = lock_wallets({entry.wallet_id for entry in [*waiting, *standing]})
    for entry in waiting:
        wallets[entry.wallet_id].count(entry, -1)
    contrary = [entry.opposite(at=at, reason=reason).act(actor) for entry in standing]
    Entry.objects.filter(pk__in=[entry.pk for entry in waiting]).update(status=Status.VOIDED, settled_at=at)
    for entry in contrary:
        wallets[entry.wallet_id].count(entry)
    Entry.objects.bulk_create(contrary)
    save_wallets(list(wallets.values()))
    if standing:
        # All that was posted for it now has its opposite.
        Tally.objects.filter(pk=action.pk).update(points=0)
    return contrary
