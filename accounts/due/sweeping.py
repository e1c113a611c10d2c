"""What a worker does again and again: look, without writing; take what is due; go on with clocks on their way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from accounts.clock import real_now
from accounts.due.forwarding import move_on
from accounts.due.looking import look
from accounts.due.outcomes import Outcome
from accounts.due.registry import chores
from accounts.due.running import run, take
from accounts.models import ClockRun, Due, Workspace

# A worker asks this often whether it shall stop, and lets the others have their turn.
BATCH = 20
PATIENCE = timedelta(minutes=5)


def sweep(workspace: Workspace | None = None, *, now: datetime | None = None) -> list[Outcome]:
    """One round; empty when there was nothing to do."""
    return [*run_due(workspace, now=now), *move_clocks(workspace, now=now)]


def run_due(workspace: Workspace | None = None, *, now: datetime | None = None, most: int = BATCH) -> list[Outcome]:
    """Do what is due by each workspace's clock; `now` is the machine's time where that is not for it to say."""
    tried = (try_one(pk, now=now or real_now()) for pk in look(workspace, now or real_now(), most))
    return [outcome for outcome in tried if outcome]


def try_one(pk: int, *, now: datetime) -> Outcome | None:
    """Do one thing, if it is still to be done."""
    row = claim(pk, now=now)
    # A machine whose clock is a little behind still does nothing before its time.
    return run(row, at=max(row.workspace.tick(), row.due_at), now=now) if row else None


@transaction.atomic
def claim(pk: int, *, now: datetime) -> Due | None:
    """The row under a lease of ours, unless somebody has it, or moved or took it back since we looked."""
    rows = Due.objects.free(now).due(now).select_related("workspace")
    row: Due | None = rows.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    return row if row and take(row, now=now) else None


def move_clocks(workspace: Workspace | None = None, *, now: datetime | None = None) -> list[Outcome]:
    """Take every clock that is on its way some steps further."""
    rows = ClockRun.objects.of(workspace) if workspace else ClockRun.objects.all()
    under_way = rows.under_way().select_related("workspace").order_by("id")
    return [outcome for one in under_way for outcome in islice(forward(one, now=now), BATCH)]


def forward(clock_run: ClockRun, *, now: datetime | None = None) -> Iterator[Outcome]:
    """Take a clock to where it is asked to be; ends early where another worker is at the next thing."""
    while outcome := move_on(clock_run, now=now or real_now()):
        yield outcome


def is_late(now: datetime) -> bool:
    """Whether things wait for long that a worker should have done, or a clock is stuck on its way."""
    since = now - PATIENCE
    return Due.objects.late(since).exists() or ClockRun.objects.stuck(since).exists()


def do_chores(done_at: dict[str, datetime], *, now: datetime) -> dict[str, int]:
    """Do each chore whose time has come since it was last done by this process; how much each did."""
    did = {}
    for name, chore in chores.items():
        if name not in done_at or done_at[name] + chore.every <= now:
            done_at[name] = now
            did[name] = chore.work(now)
    return did
