"""Two clocks: the real one for machinery, and each workspace's own for everything rules know."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MICROSECOND = timedelta(microseconds=1)

_lock = threading.Lock()
_last = datetime.min.replace(tzinfo=UTC)


def real_now() -> datetime:
    """The time of the machine: for rate buckets, leases, sessions, key expiry and logs, never for rules."""
    return datetime.now(UTC)


def unique_now() -> datetime:
    """The time of the machine, at least one microsecond after any this process was given before."""
    global _last
    with _lock:
        _last = max(real_now(), _last + MICROSECOND)
        return _last


@dataclass(frozen=True)
class Period:
    """From a time, to a time, both included; an open end is None."""

    since: datetime | None = None
    until: datetime | None = None

    def __and__(self, other: Period) -> Period:
        since = max((at for at in (self.since, other.since) if at), default=None)
        until = min((at for at in (self.until, other.until) if at), default=None)
        return Period(since, until)
