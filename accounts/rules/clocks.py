"""A workspace's test clock: stopped, set forward, and let run again; never backward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor, System
from accounts.clock import real_now
from accounts.due.forwarding import arrive, lock_clock, next_on_the_way
from accounts.errors import Conflict
from accounts.models import ClockRun, Workspace

# From here a clock can still run on for centuries before the calendar ends.
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
LET_RUN = "Somebody let the clock run before it got there."


@transaction.atomic
def _move(workspace: Workspace, where: Callable[[datetime], datetime | None]) -> Workspace:
    """Lock the clock, ask `where` it shall stand given its time now (None lets it run), and write that."""
    row = lock_clock(workspace)
    now = row.now()
    stopped_at = where(now)
    row.clock_stopped_at = stopped_at
    row.clock_ahead = max(now - real_now(), timedelta()) if stopped_at is None else timedelta()
    row.save(update_fields=["clock_stopped_at", "clock_ahead"])
    return row


def stop_clock(workspace: Workspace) -> Workspace:
    """Let the clock stand where it is."""
    return _move(workspace, lambda now: now)


def set_clock(workspace: Workspace, *, to: datetime, actor: Actor | None = None) -> Workspace:
    """Forward the clock; it stands there at once where nothing falls due on the way."""
    forward_clock(workspace, to=to, actor=actor or System())
    return Workspace.objects.get(pk=workspace.pk)


@transaction.atomic
def run_clock(workspace: Workspace) -> Workspace:
    """Let the clock run again: with the real time, or from where it stands when that is later."""
    row = _move(workspace, lambda now: None)
    facts = {"state": ClockRun.State.FAILED, "error": LET_RUN, "ended_at": real_now()}
    ClockRun.objects.of(row).under_way().update(**facts)
    return row


@transaction.atomic
def forward_clock(
    workspace: Workspace, *, to: datetime | None = None, by: timedelta | None = None, actor: Actor
) -> ClockRun:
    """
    Ask that the clock stand at a later time, once what falls due before is done.

    With nothing on the way it is there at once; else a worker takes it there, see `accounts.due.forward`.
    """
    row = stop_clock(workspace)
    refuse_two(row)
    since = row.clock_stopped_at or row.now()
    asked = ClockRun(
        workspace=row,
        since=since,
        to=destination(since, to, by),
        actor_kind=actor.actor_kind,
        actor_name=str(actor)[:254],
        requested_at=real_now(),
    )
    asked.save()
    if next_on_the_way(row, until=asked.to, now=asked.requested_at) is None:
        arrive(asked, row, now=asked.requested_at)
    return asked


def refuse_two(workspace: Workspace) -> None:
    """One way at a time."""
    under_way = ClockRun.objects.of(workspace).under_way().first()
    if under_way:
        raise Conflict(
            "clock_is_moving", f"The clock is on its way to {under_way.to.isoformat()}; wait, or let it run."
        )


def destination(now: datetime, to: datetime | None, by: timedelta | None) -> datetime:
    """Where a clock shall stand, told one way or the other."""
    if to is not None and by is None:
        return later(now, to - now, "to")
    if by is not None and to is None:
        return later(now, by, "by")
    raise ValidationError({"to": "Say until when, or by how much: one of the two."}, code="invalid")


def later(now: datetime, by: timedelta, name: str) -> datetime:
    """A time that a clock may be set to; `name` is what is refused."""
    if by < timedelta():
        text = f"A workspace's clock never goes backward; it is already {now.isoformat()}."
        raise ValidationError({name: text}, code="invalid")
    if by > LATEST - now:
        raise ValidationError({name: "A workspace's clock is not set beyond the year 9000."}, code="invalid")
    return now + by
