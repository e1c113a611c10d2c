"""A clock on its way: what falls due before it gets there is done in order, the clock standing at the time of each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from accounts.clock import MICROSECOND
from accounts.due.outcomes import Outcome
from accounts.due.running import run, take
from accounts.models import ClockRun, Due, Workspace


def move_on(clock_run: ClockRun, *, now: datetime) -> Outcome | None:
    """Do the next thing; None when the clock is there, or another worker is at the next thing."""
    row, at = next_thing(clock_run, now=now)
    while row is not None:
        outcome = run(row, at=at, now=now, then=lambda outcome: count(clock_run, outcome))
        if outcome is not None:
            return outcome
        # It was cancelled or moved at the last moment.
        row, at = next_thing(clock_run, now=now)
    return None


def count(clock_run: ClockRun, outcome: Outcome) -> None:
    """Note a step in the transaction that makes it."""
    failed = 1 if outcome.error else 0
    ClockRun.objects.filter(pk=clock_run.pk).update(steps=F("steps") + 1, failures=F("failures") + failed)


@transaction.atomic
def next_thing(clock_run: ClockRun, *, now: datetime) -> tuple[Due | None, datetime]:
    """Lease what falls due next and set the clock to its time; where nothing is left, set it where it shall stand."""
    workspace = lock_clock(clock_run.workspace)
    stands = workspace.clock_stopped_at
    fresh = ClockRun.objects.under_way().filter(pk=clock_run.pk).first()
    if fresh is None or stands is None:
        return None, now
    pk = next_on_the_way(workspace, until=max(fresh.to, stands), now=now)
    if pk is None:
        arrive(fresh, workspace, now=now)
        return None, now
    row = Due.objects.free(now).select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None or not take(row, now=now):
        return None, now
    row.workspace = workspace
    at = max(row.due_at, stands + MICROSECOND)
    set_clock_to(workspace, at)
    fresh.state, fresh.moved_at = ClockRun.State.RUNNING, now
    fresh.save(update_fields=["state", "moved_at"])
    return row, at


def lock_clock(workspace: Workspace) -> Workspace:
    """The workspace with its clock held still; rows may still be written that point to it."""
    return Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)


def next_on_the_way(workspace: Workspace, *, until: datetime, now: datetime) -> int | None:
    """The first thing due, in somebody's hands or in nobody's; what rests after a failure is left behind."""
    resting = Q(token="", held_until__gt=now)
    rows = Due.objects.of(workspace).waiting().filter(due_at__lte=until).exclude(resting)
    return rows.order_by("due_at", "id").values_list("pk", flat=True).first()


def arrive(clock_run: ClockRun, workspace: Workspace, *, now: datetime) -> None:
    """Nothing is left to do: let the clock stand where it shall, or where it got to."""
    stands = workspace.clock_stopped_at or clock_run.to
    set_clock_to(workspace, max(clock_run.to, stands))
    clock_run.state, clock_run.ended_at = ClockRun.State.DONE, now
    clock_run.save(update_fields=["state", "ended_at"])


def set_clock_to(workspace: Workspace, at: datetime) -> None:
    """Only the clock: whoever holds this workspace knows that its time is read afresh."""
    Workspace.objects.filter(pk=workspace.pk).update(clock_stopped_at=at)
    workspace.clock_stopped_at = at
