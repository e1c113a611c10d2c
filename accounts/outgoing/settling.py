"""What came of an attempt: written down, and the message delivered, put off or given up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Attempt, Message
from accounts.outgoing.sending import Outcome
from accounts.rules.patience import note_failure, note_success
from accounts.webhooks.dialects import SVIX_DELAYS, dialect_of

logger = logging.getLogger("acta.outbox")


@transaction.atomic
def settle(message: Message, outcome: Outcome, *, now: datetime) -> None:
    """Note an attempt; it decides about the message only while the message is still this worker's."""
    row = Message.objects.select_for_update().filter(pk=message.pk).first()
    if row is None:
        return
    note(row, outcome, now)
    if row.lease != message.lease:
        logger.warning("Message %s was sent by two workers: its lease had ended.", row.ulid)
        return
    row.attempts += 1
    conclude(row, outcome, now)
    row.save(update_fields=["state", "attempts", "due_at", "lease", "lease_until"])
    if row.endpoint_id is not None:
        note_success(row.endpoint_id) if outcome.is_delivered else note_failure(row.endpoint_id, now=now)


def note(row: Message, outcome: Outcome, now: datetime) -> None:
    """Keep an attempt."""
    attempt = Attempt(
        workspace_id=row.workspace_id,
        message=row,
        at=now,
        status=outcome.status,
        error=outcome.error,
        duration=outcome.milliseconds,
        response=outcome.response,
    )
    Attempt.objects.bulk_create([attempt])


def conclude(row: Message, outcome: Outcome, now: datetime) -> None:
    """Delivered, tried again after the vendor's next delay, or failed when there is none left."""
    delays = delays_of(row)
    if outcome.is_delivered:
        row.end(Message.State.DELIVERED)
    elif row.attempts <= len(delays):
        row.wait_until(now + delays[row.attempts - 1])
    else:
        row.end(Message.State.FAILED)


def delays_of(row: Message) -> tuple[timedelta, ...]:
    """How patient the vendor is; mail is as patient as Svix."""
    return dialect_of(row.endpoint.app).delays if row.endpoint else SVIX_DELAYS


def drop(message: Message) -> None:
    """Nobody listens there any more."""
    message.end(Message.State.DROPPED)
    message.save(update_fields=["state", "due_at", "lease", "lease_until"])
