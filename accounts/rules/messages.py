"""Messages of the outbox, sent once more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.callers import Actor
from accounts.models import Message
from accounts.rules.webhooks import require_enabled


@transaction.atomic
def replay_message(message: Message, *, actor: Actor, now: datetime) -> Message:
    """Send the same bytes under the same id again, now and with all retries; one that is waiting stops waiting."""
    row: Message = Message.objects.select_for_update().get(pk=message.pk)
    if row.endpoint is not None:
        require_enabled(row.endpoint)
    if row.lease_until is None or row.lease_until <= now:
        row.attempts = 0
        row.wait_until(now)
        row.save(update_fields=["state", "attempts", "due_at", "lease", "lease_until"])
    return row
