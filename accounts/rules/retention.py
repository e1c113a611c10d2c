"""What is kept only for a while, by the machine's clock, and forgotten after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Attempt, AuditEntry, ClockRun, Due, IdempotencyRecord, Message

ANSWERS_KEPT = timedelta(hours=24)
WORK_KEPT = timedelta(days=30)
# Small, so that nobody waits long for the one writer of SQLite.
AT_ONCE = 500


def forget(rows: QuerySet[Any]) -> int:
    """Delete a little at a time, and write nothing where there is nothing; how many."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        deleted += rows.filter(pk__in=keys).delete()[0]
    return deleted


def forget_answers(*, now: datetime) -> int:
    """Answers to idempotency keys; a repeat after that is a new request."""
    return forget(IdempotencyRecord.objects.filter(created_at__lt=now - ANSWERS_KEPT, lease_until__lt=now))


def forget_work(*, now: datetime) -> int:
    """Things that were done or given up, and clocks that arrived."""
    over = now - WORK_KEPT
    return forget(Due.objects.filter(ended_at__lt=over)) + forget(ClockRun.objects.filter(ended_at__lt=over))


def forget_messages(*, now: datetime) -> int:
    """What was sent or given up, with every attempt; what still waits is kept. No setting is for ever."""
    if not settings.ACTA_KEEP_MESSAGES_DAYS:
        return 0
    over = now - timedelta(days=settings.ACTA_KEEP_MESSAGES_DAYS)
    ended = Message.objects.filter(due_at__isnull=True, created_at__lt=over)
    deleted = 0
    while keys := list(ended.values_list("pk", flat=True)[:AT_ONCE]):
        Attempt.objects.filter(message__in=keys).delete()
        deleted += ended.filter(pk__in=keys).delete()[0]
    return deleted


def forget_audit(*, now: datetime) -> int:
    """What people changed long ago. No setting is for ever."""
    if not settings.ACTA_KEEP_AUDIT_DAYS:
        return 0
    return forget(AuditEntry.objects.older_than(now - timedelta(days=settings.ACTA_KEEP_AUDIT_DAYS)))
