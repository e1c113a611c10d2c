"""What was held for a period is posted when that closes, a few hundred at a time, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts.models import Counter, Workspace
from actions.models import Entry, Performer
from actions.rules.numbers import hold_numbers
from actions.rules.settling import settle_entries

SETTLE = "actions.settle"
# Up to which time all periods of a workspace are settled, in microseconds.
SETTLED = "settled until"
BATCH = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def settled_until(workspace: int) -> datetime | None:
    """What closes no later than this is closed, whatever the clock of a late writer says."""
    rows = Counter.objects.of(workspace).filter(name=SETTLED).values_list("value", flat=True)
    value: int | None = rows.first()
    return None if value is None else EPOCH + value * MICROSECOND


@transaction.atomic
def settle_periods(workspace: Workspace, *, until: datetime, at: datetime) -> bool:
    """Post what closes by a time, and void what is held for whoever may not earn any more; whether more is left."""
    hold_numbers(workspace.pk)
    _close(workspace.pk, until)
    rows = Entry.objects.of(workspace).pending().filter(settles_at__lte=until).order_by("settles_at", "id")
    entries: list[Entry] = list(rows[: BATCH + 1])
    some = entries[:BATCH]
    earning = set(
        Performer.objects.of(workspace)
        .earning(at)
        .filter(pk__in={entry.performer_id for entry in some})
        .values_list("pk", flat=True)
    )
    settle_entries([e for e in some if e.performer_id in earning], Entry.Status.POSTED, at=at)
    settle_entries([e for e in some if e.performer_id not in earning], Entry.Status.VOIDED, at=at)
    return len(entries) > BATCH


def _close(workspace: int, until: datetime) -> None:
    value = (until - EPOCH) // MICROSECOND
    Counter.objects.bulk_create([Counter(workspace_id=workspace, name=SETTLED, value=value)], ignore_conflicts=True)
    Counter.objects.of(workspace).filter(name=SETTLED, value__lt=value).update(value=value)
