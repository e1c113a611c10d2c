"""One answer for one idempotency key of a credential, however often the request comes; times are the machine's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.errors import Conflict
from accounts.models import IdempotencyRecord, Key

# Longer than any request may take; who works longer loses nothing, as the row is locked while its work is under way.
LEASE = timedelta(minutes=1)
LONGEST_KEY = 255
IN_PROGRESS = "A request with this idempotency key is under way. Try again in a moment."
REUSED = "This idempotency key came with another request before. Use a new key for a new request."

State = IdempotencyRecord.State


def claim(credential: Key, key: str, fingerprint: str, *, now: datetime) -> IdempotencyRecord:
    """
    The record of a key: ours to answer while it runs, or answered already.

    It is committed before the work begins, so it must not be called within a transaction.
    """
    fresh = IdempotencyRecord(
        workspace_id=credential.workspace_id,
        credential=credential,
        key=valid_key(key),
        fingerprint=fingerprint,
        token=uuid4().hex,
        lease_until=now + LEASE,
        created_at=now,
    )
    while True:
        IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)
        row = known(fresh)
        if row is not None and (row.token == fresh.token or settled(row, fresh, now=now) or take_over(row, fresh)):
            return row


def valid_key(key: str) -> str:
    """A key as it may be."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValidationError(f"An idempotency key has 1 to {LONGEST_KEY} characters.", code="idempotency_key_invalid")
    return key


def known(like: IdempotencyRecord) -> IdempotencyRecord | None:
    """The record of the same key; None if it was released a moment ago."""
    row: IdempotencyRecord | None = (
        IdempotencyRecord.objects.of(like.workspace_id).filter(credential=like.credential_id, key=like.key).first()
    )
    return row


def settled(row: IdempotencyRecord, asked: IdempotencyRecord, *, now: datetime) -> bool:
    """Whether it is answered; False where whoever worked on it is gone."""
    if row.fingerprint != asked.fingerprint:
        raise ValidationError(REUSED, code="idempotency_key_reused")
    if row.state == State.DONE:
        return True
    if row.lease_until > now:
        raise Conflict("idempotency_in_progress", IN_PROGRESS)
    return False


def ours(row: IdempotencyRecord) -> QuerySet[IdempotencyRecord]:
    """The record, as long as nobody took it over or answered it."""
    rows = IdempotencyRecord.objects.of(row.workspace_id)
    return rows.filter(pk=row.pk, token=row.token, state=State.RUNNING)


def take_over(row: IdempotencyRecord, fresh: IdempotencyRecord) -> bool:
    """Whether a lease that ended is ours now; if its holder is at work all the same, this waits for the answer."""
    taken = ours(row).update(token=fresh.token, lease_until=fresh.lease_until)
    row.token, row.lease_until = fresh.token, fresh.lease_until
    return bool(taken)


def hold(row: IdempotencyRecord) -> None:
    """Keep a claim for the length of the caller's transaction, or refuse if it was taken over."""
    if ours(row).select_for_update(no_key=True).first() is None:
        raise Conflict("idempotency_in_progress", IN_PROGRESS)


def keep(row: IdempotencyRecord, *, status: int, headers: dict[str, str], body: bytes) -> None:
    """Keep the answer, in the transaction of the work; nothing if the claim was taken over."""
    ours(row).update(state=State.DONE, token="", status=status, headers=headers, body=body)
    row.state, row.status, row.headers, row.body = State.DONE, status, headers, body


def release(row: IdempotencyRecord) -> None:
    """Forget a claim that came to nothing, so that the next request may try."""
    ours(row).delete()
