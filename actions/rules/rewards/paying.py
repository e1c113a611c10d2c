"""What rules pay becomes entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts import due
from accounts.models import Due
from actions.models import Action, CounterAccount, Detail, Entry, Wallet
from actions.models.acts import Acted, short
from actions.models.facts import TEXT_LENGTH
from actions.rules.rewards.in_force import rules_in_force
from actions.rules.rewards.periods import Place
from actions.rules.rewards.pricing import PAID, Line, Pricing
from actions.rules.settlements import SETTLE, settled_until
from actions.rules.wallets import find_or_make_accounts, lock_or_make_wallets, write_entries


def pay(action: Action, detail: Detail, *, stamp: int | None, by: Acted, at: datetime) -> list[Entry]:
    """Write what the rules in force pay for an action; the counter is held."""
    versions = [v for v in rules_in_force(action.workspace_id, stamp) if v.type_id in (None, action.type_id)]
    if not versions or action.performer_id is None:
        return []
    now = at
    if any(version.frequency != version.Frequency.INSTANT for version in versions):
        now = max(at, settled_until(action.workspace_id) or at)
    lines = Pricing(action, detail, versions, zone=action.workspace.zone, at=now).lines()
    return write_lines(action, [line for line in lines if line.why == PAID], by=by, at=at)


def write_lines(action: Action, lines: Sequence[Line], *, by: Acted, at: datetime) -> list[Entry]:
    """Entries of an action, in wallets that are made where they are missing."""
    if not lines:
        return []
    workspace, issued = action.workspace_id, CounterAccount.Kind.ISSUED
    accounts = find_or_make_accounts(workspace, issued, {line.version.rule.slug for line in lines}, at=at)
    pairs = {(line.performer.pk, line.version.currency) for line in lines if line.performer}
    wallets = lock_or_make_wallets(workspace, pairs, at=at)
    entries = [
        entry_of(action, line, wallets[line.performer.pk, line.version.currency], line.place, at)
        for line in lines
        if line.performer and line.place
    ]
    for entry in entries:
        entry.account_id = accounts[entry.rule]
        entry.act_as(by)
    write_entries(entries, {wallet.pk: wallet for wallet in wallets.values()})
    plan_settlements(workspace, {entry.settles_at for entry in entries if entry.settles_at})
    return entries


def entry_of(action: Action, line: Line, wallet: Wallet, where: Place, at: datetime) -> Entry:
    """A line as it is kept; what is held for a period waits."""
    version, held = line.version, where.settles_at is not None
    return Entry(
        workspace_id=action.workspace_id,
        wallet=wallet,
        performer_id=wallet.performer_id,
        kind=Entry.Kind.PERIOD if held else Entry.Kind.ADD,
        amount=line.amount,
        currency=version.currency,
        status=Entry.Status.PENDING if held else Entry.Status.POSTED,
        settles_at=where.settles_at,
        effective_at=where.effective_at,
        day=where.day,
        created_at=at,
        action=action,
        rule=version.rule.slug,
        version=version.number,
        computed_from=line.computed_from,
        reason=short(version.rule.name, TEXT_LENGTH),
    )


def plan_settlements(workspace: int, times: Iterable[datetime]) -> None:
    """See to it that what is held is posted when its period closes."""
    for settles_at in sorted(times):
        key = settles_at.isoformat()
        if not Due.objects.of(workspace).waiting().filter(job=SETTLE, key=key).exists():
            due.plan(SETTLE, workspace, key, settles_at)
