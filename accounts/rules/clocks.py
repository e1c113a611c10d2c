"""A workspace's test clock: stopped, set forward, and let run again; never backward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.clock import real_now
from accounts.models import Workspace

# From here a clock can still run on for centuries before the calendar ends.
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


@transaction.atomic
def _move(workspace: Workspace, where: Callable[[datetime], datetime | None]) -> Workspace:
    """Lock the clock, ask `where` it shall stand given its time now (None lets it run), and write that."""
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    now = row.now()
    stopped_at = where(now)
    row.clock_stopped_at = stopped_at
    row.clock_ahead = max(now - real_now(), timedelta()) if stopped_at is None else timedelta()
    row.save(update_fields=["clock_stopped_at", "clock_ahead"])
    return row


def stop_clock(workspace: Workspace) -> Workspace:
    """Let the clock stand where it is."""
    return _move(workspace, lambda now: now)


def set_clock(workspace: Workspace, *, to: datetime) -> Workspace:
    """Let the clock stand at a later time."""

    def where(now: datetime) -> datetime:
        if to < now:
            raise ValidationError(
                {"to": f"A workspace's clock never goes backward; it is already {now.isoformat()}."}, code="invalid"
            )
        if to > LATEST:
            raise ValidationError({"to": "A workspace's clock is not set beyond the year 9000."}, code="invalid")
        return to

    return _move(workspace, where)


def run_clock(workspace: Workspace) -> Workspace:
    """Let the clock run again: with the real time, or from where it stands when that is later."""
    return _move(workspace, lambda now: None)
