"""What the house itself does from time to time: it forgets what is kept only for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts import due
from accounts.rules import retention

HOUR = timedelta(hours=1)


@due.chore("accounts.forget_answers", every=HOUR)
def forget_answers(now: datetime) -> int:
    """Answers kept for repeated requests."""
    return retention.forget_answers(now=now)


@due.chore("accounts.forget_work", every=HOUR)
def forget_work(now: datetime) -> int:
    """Scheduled things that are over."""
    return retention.forget_work(now=now)


@due.chore("accounts.forget_messages", every=HOUR)
def forget_messages(now: datetime) -> int:
    """Webhooks and mail that were sent or given up."""
    return retention.forget_messages(now=now)


@due.chore("accounts.forget_audit", every=HOUR)
def forget_audit(now: datetime) -> int:
    """What people changed long ago."""
    return retention.forget_audit(now=now)
