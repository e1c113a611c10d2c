"""What waits is posted or voided, once, and counts from then on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.errors import Conflict
from actions.models import Entry
from actions.rules import boards
from actions.rules.numbers import hold_numbers
from actions.rules.wallets import lock_wallets, save_wallets, tally

Status = Entry.Status


@transaction.atomic
def settle_entry(entry: Entry, status: Entry.Status, *, at: datetime) -> Entry:
    """Post or void what waits; the same again changes nothing, the other is refused."""
    hold_numbers(entry.workspace_id)
    fresh: Entry = Entry.objects.of(entry.workspace_id).get(pk=entry.pk)
    if fresh.status == Status.PENDING:
        settle_entries([fresh], status, at=at)
    elif fresh.status != status:
        raise Conflict("invalid_transition", f"What is {fresh.status} is not {status} any more.")
    return fresh


def settle_entries(entries: list[Entry], status: Entry.Status, *, at: datetime) -> None:
    """Settle a few hundred that wait; the counter is held, so nobody else does."""
    wallets = lock_wallets({entry.wallet_id for entry in entries})
    for entry in entries:
        wallets[entry.wallet_id].count(entry, -1)
        entry.status, entry.settled_at = status, at
        wallets[entry.wallet_id].count(entry)
    Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(status=status, settled_at=at)
    save_wallets(list(wallets.values()))
    if status == Status.POSTED and entries:
        tally(entries)
        boards.count(entries[0].workspace_id, entries=entries)
