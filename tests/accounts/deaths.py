"""What a worker's death is tried on, made, worked at and read inside a house."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from accounts import due
from accounts.callers import System
from accounts.clock import real_now
from accounts.due.running import LEASE
from accounts.models import ClockRun, Counter, Workspace
from accounts.rules import create_workspace, forward_clock, stop_clock
from accounts.serving.preparing import prepare
from accounts.serving.working import work
from tests.factories import NOON

JOB, KEYS, MIDDLE = "tests.die", ("one", "two", "three"), "In the middle of it."
HOUR = timedelta(hours=1)


def note(workspace: Workspace, key: str, *, at: datetime) -> None:
    """Write down the how manieth it is, which nobody can do twice for one key."""
    Counter.objects.create(workspace=workspace, name=key, value=Counter.draw(workspace, "sequence"))


def hang(workspace: Workspace, key: str, *, at: datetime) -> None:
    """The same, but the second never ends."""
    note(workspace, key, at=at)
    if key == KEYS[1]:
        print(MIDDLE, flush=True)
        threading.Event().wait()


def make_due() -> None:
    """Three things that are due."""
    make(real_now())


def make_run() -> None:
    """Three things in the future, and a clock that is asked to go there."""
    workspace = make(real_now() + HOUR)
    forward_clock(stop_clock(workspace), by=24 * HOUR, actor=System())


def make(first: datetime) -> Workspace:
    """Three things, an hour between them or a moment."""
    prepare(lambda sentence: None)
    due.job(JOB)(note)
    workspace = create_workspace("wonderland", at=NOON)
    for number, key in enumerate(KEYS):
        due.plan(JOB, workspace, key, first + timedelta(microseconds=number))
    return workspace


def work_until_killed() -> None:
    """The worker itself."""
    due.job(JOB)(hang)
    work(None)


def follow() -> dict[str, object]:
    """Another worker, before and after the lease of the dead one ends."""
    due.job(JOB)(note)
    before = counted()
    too_early = [str(outcome) for outcome in due.sweep() if outcome.key == KEYS[1]]
    while due.sweep(now=real_now() + LEASE):
        pass
    states = list(ClockRun.objects.values_list("state", "steps"))
    return {"before": before, "too early": too_early, "after": counted(), "runs": states}


def counted() -> dict[str, int]:
    """What was done, and as the how manieth."""
    return dict(Counter.objects.filter(name__in=KEYS).values_list("name", "value"))
