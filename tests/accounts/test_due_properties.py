"""Whatever is planned, moved, taken back and forwarded, what falls due is done in order, once, at its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import due
from accounts.callers import System
from accounts.clock import MICROSECOND
from accounts.models import Due, Workspace
from accounts.rules import forward_clock, stop_clock
from tests.accounts.diaries import NOTE, Diary
from tests.factories import make_workspace

HOUR = timedelta(hours=1)
keys = st.sampled_from(["a", "b", "c", "d"])
hours = st.integers(-3, 12)
steps = st.one_of(
    st.tuples(st.just("plan"), keys, hours, st.integers(0, 3)),
    st.tuples(st.just("cancel"), keys),
    st.tuples(st.just("forward"), st.integers(0, 9)),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("tick")),
)


@dataclass
class Thing:
    """A plan as the oracle knows it."""

    number: int
    at: datetime
    again: int
    done: bool = False


class Oracle:
    """The same story in a few lines: plans in a dictionary, a clock in a variable."""

    def __init__(self, now: datetime) -> None:
        self.now, self.things, self.numbers = now, dict[str, Thing](), count()
        self.done: list[tuple[str, datetime]] = []

    def plan(self, key: str, at: datetime, again: int) -> None:
        """A new plan, or an old one moved; the same again is nothing."""
        thing = self.things.setdefault(key, Thing(next(self.numbers), at, again))
        if (thing.at, thing.again) != (at, again):
            thing.at, thing.again, thing.done = at, again, False

    def cancel(self, key: str) -> None:
        """Only what is not done."""
        if key in self.things and not self.things[key].done:
            del self.things[key]

    def go(self, to: datetime) -> None:
        """Everything up to a time, the earliest first, the clock never backward."""
        while open_ := [
            (it.at, it.number, key) for key, it in self.things.items() if not it.done and it.at <= self.to(to)
        ]:
            at, _, key = min(open_)
            self.now = max(at, self.now + MICROSECOND)
            self.done.append((key, self.now))
            thing = self.things[key]
            thing.done = True
            if thing.again:
                self.plan(key, self.now + HOUR, thing.again - 1)
        self.now = self.to(to)

    def to(self, to: datetime) -> datetime:
        """A time that is not before now."""
        return max(to, self.now)


class Play:
    """A story told to the rules and to the oracle alike."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.oracle = workspace, Oracle(workspace.now())

    def plan(self, key: str, hours: int, again: int) -> None:
        """At a time before or after now."""
        at = self.oracle.now + hours * HOUR
        due.plan(NOTE, self.workspace, key, at, again=again)
        self.oracle.plan(key, at, again)

    def cancel(self, key: str) -> None:
        """Whatever its state."""
        due.cancel(NOTE, self.workspace, key)
        self.oracle.cancel(key)

    def forward(self, hours: int) -> None:
        """And a worker takes it there."""
        list(due.forward(forward_clock(self.workspace, by=hours * HOUR, actor=System())))
        self.oracle.go(self.oracle.now + hours * HOUR)

    def sweep(self) -> None:
        """Rounds of a worker until nothing is left to do."""
        while due.sweep():
            pass
        self.oracle.go(self.oracle.now)

    def tick(self) -> None:
        """Somebody writes something."""
        self.oracle.now = self.workspace.tick()


@pytest.mark.django_db
@given(story=st.lists(steps, max_size=20))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_story_ends_as_it_should(diary: Diary, story: list[tuple[Any, ...]]):
    diary.entries.clear()
    with transaction.atomic():
        play = Play(stop_clock(make_workspace()))
        for step, *facts in story:
            getattr(play, step)(*facts)
            assert play.workspace.now() == play.oracle.now
        assert [(key, at) for key, at, _ in diary.entries] == play.oracle.done
        assert all(at == shown for _, at, shown in diary.entries)
        waiting = set(Due.objects.of(play.workspace).waiting().values_list("key", flat=True))
        assert waiting == {key for key, thing in play.oracle.things.items() if not thing.done}
        transaction.set_rollback(True)
