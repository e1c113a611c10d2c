"""Who sends what: each message belongs to one worker for a while, and to the next if that one is not heard of again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import Message

# Longer than any attempt takes.
LEASE = timedelta(minutes=2)
LOOKED_AT = 100
# One receiver that hangs holds no more than this much of a worker.
EACH = 2


def claim(*, now: datetime, most: int, busy: Counter[int | None]) -> list[Message]:
    """Take what is due, for this worker alone; looking costs no lock, and taking nothing no write."""
    full = [endpoint for endpoint, count in busy.items() if endpoint and count >= EACH]
    due = Message.objects.due(now).exclude(endpoint__in=full)
    if most < 1 or not due.exists():
        return []
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True).only("id", "endpoint")[:LOOKED_AT]
        chosen, lease = fair(rows, most, busy.copy()), uuid4()
        Message.objects.filter(pk__in=chosen).update(lease=lease, lease_until=now + LEASE)
    taken = Message.objects.filter(pk__in=chosen, lease=lease).select_related("endpoint", "workspace")
    return list(taken.order_by("due_at"))


def fair(rows: Iterable[Message], most: int, busy: Counter[int | None]) -> list[UUID]:
    """The first of them, but not too many for one endpoint."""
    chosen: list[UUID] = []
    for row in rows:
        if len(chosen) < most and (row.endpoint_id is None or busy[row.endpoint_id] < EACH):
            busy[row.endpoint_id] += 1
            chosen.append(row.pk)
    return chosen
