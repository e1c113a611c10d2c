"""A clock set forward: what falls due on the way is done in order, each at its own time, whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError

from accounts import due
from accounts.callers import System
from accounts.clock import MICROSECOND, real_now
from accounts.due import forwarding
from accounts.due.running import LEASE, PAUSES
from accounts.errors import Conflict
from accounts.models import ClockRun, Due, Member, Workspace
from accounts.rules import forward_clock, run_clock, set_clock, stop_clock
from tests.accounts.diaries import NOTE, Diary
from tests.factories import make_member, make_workspace
from tests.threads import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def workspace(db: None) -> Workspace:
    """A workspace whose clock stands."""
    return stop_clock(make_workspace())


def forwarded(workspace: Workspace, **facts: object) -> ClockRun:
    """A clock taken all the way by a worker."""
    asked = forward_clock(workspace, actor=System(), **facts)  # type: ignore[arg-type]
    list(due.forward(asked))
    asked.refresh_from_db()
    return asked


def test_with_nothing_on_the_way_it_is_there_at_once(workspace: Workspace):
    before = workspace.now()
    asked = forward_clock(workspace, by=3 * DAY, actor=System())
    assert (asked.state, asked.steps) == (ClockRun.State.DONE, 0)
    assert workspace.now() == before + 3 * DAY == asked.to


def test_a_month_passes_in_order(workspace: Workspace, diary: Diary):
    start = workspace.now()
    for day in reversed(range(1, 40)):
        due.plan(NOTE, workspace, str(day), start + day * DAY)
    asked = forwarded(workspace, by=30 * DAY)
    assert (asked.state, asked.steps, asked.failures) == (ClockRun.State.DONE, 30, 0)
    assert diary.keys == [str(day) for day in range(1, 31)]
    assert diary.entries == [(key, at, at) for key, at, _ in diary.entries]
    assert diary.times == [start + day * DAY for day in range(1, 31)]
    assert workspace.now() == start + 30 * DAY


def test_nothing_is_done_until_a_worker_comes(workspace: Workspace, diary: Diary):
    start = workspace.now()
    due.plan(NOTE, workspace, "tea", start + HOUR)
    asked = forward_clock(workspace, by=DAY, actor=System())
    assert asked.state == ClockRun.State.REQUESTED
    assert workspace.now() == start
    assert len(due.sweep()) == 1
    assert workspace.now() == start + DAY


def test_what_is_planned_on_the_way_is_done_on_the_way(workspace: Workspace, diary: Diary):
    start = workspace.now()
    due.plan(NOTE, workspace, "often", start + HOUR, again=50)
    due.plan(NOTE, workspace, "once", start + 2 * HOUR + HOUR / 2)
    forwarded(workspace, by=5 * HOUR)
    assert diary.keys == ["often", "often", "once", "often", "often", "often"]
    assert workspace.now() == start + 5 * HOUR


def test_what_falls_due_at_one_time_is_done_one_after_the_other(workspace: Workspace, diary: Diary):
    at = workspace.now() + HOUR
    for key in ("first", "second", "third"):
        due.plan(NOTE, workspace, key, at)
    forwarded(workspace, to=at)
    assert diary.keys == ["first", "second", "third"]
    assert diary.times == [at, at + MICROSECOND, at + 2 * MICROSECOND]
    assert workspace.now() == at + 2 * MICROSECOND


def test_what_was_due_before_is_done_first_and_not_in_the_past(workspace: Workspace, diary: Diary):
    start = workspace.now()
    due.plan(NOTE, workspace, "missed", start - DAY)
    forwarded(workspace, by=DAY)
    assert diary.times == [start + MICROSECOND]


def test_no_other_workspace_notices(workspace: Workspace, diary: Diary):
    other = stop_clock(make_workspace())
    for each in (workspace, other):
        due.plan(NOTE, each, each.slug, each.now() + HOUR)
    before = other.now()
    forwarded(workspace, by=DAY)
    assert diary.keys == [workspace.slug]
    assert other.now() == before


def test_a_clock_that_runs_is_stopped_first(diary: Diary, db: None):
    workspace = make_workspace()
    due.plan(NOTE, workspace, "tea", real_now() + HOUR)
    asked = forwarded(workspace, by=DAY)
    assert diary.keys == ["tea"]
    assert workspace.now() == asked.since + DAY


def test_setting_a_clock_goes_the_same_way(workspace: Workspace, diary: Diary):
    start = workspace.now()
    due.plan(NOTE, workspace, "tea", start + HOUR)
    assert set_clock(workspace, to=start + DAY).clock_stopped_at == start
    due.sweep()
    assert diary.times == [start + HOUR]
    assert workspace.now() == start + DAY


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({}, "to"),
        ({"to": real_now(), "by": DAY}, "to"),
        ({"to": real_now() - 9 * DAY}, "to"),
        ({"by": -MICROSECOND}, "by"),
        ({"by": timedelta(weeks=999_999)}, "by"),
        ({"to": datetime.max.replace(tzinfo=real_now().tzinfo)}, "to"),
    ],
)
def test_a_clock_goes_where_it_can(workspace: Workspace, facts: dict[str, object], named: str):
    with pytest.raises(ValidationError) as refused:
        forward_clock(workspace, actor=System(), **facts)  # type: ignore[arg-type]
    assert refused.value.message_dict.keys() == {named}
    assert not ClockRun.objects.exists()


def test_one_way_at_a_time(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", workspace.now() + HOUR)
    forward_clock(workspace, by=DAY, actor=System())
    with pytest.raises(Conflict, match="on its way"):
        forward_clock(workspace, by=DAY, actor=System())


def test_letting_the_clock_run_ends_its_way(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", workspace.now() + HOUR)
    asked = forward_clock(workspace, by=DAY, actor=System())
    run_clock(workspace)
    assert due.sweep() == []
    asked.refresh_from_db()
    assert (asked.state, asked.error) == (ClockRun.State.FAILED, "Somebody let the clock run before it got there.")


def test_who_asked_is_remembered(workspace: Workspace):
    alice: Member = make_member(workspace, "Alice")
    asked = forward_clock(workspace, by=DAY, actor=alice)
    assert (asked.actor_kind, asked.actor_name) == ("member", "Alice")


def test_what_fails_is_left_behind_and_tried_again_later(workspace: Workspace, diary: Diary):
    start = workspace.now()
    due.plan(NOTE, workspace, "bad", start + HOUR, fails=1)
    due.plan(NOTE, workspace, "good", start + 2 * HOUR)
    asked = forwarded(workspace, by=DAY)
    assert (asked.state, asked.steps, asked.failures) == (ClockRun.State.DONE, 2, 1)
    assert [done.key for done in due.sweep(now=real_now() + PAUSES[0])] == ["bad"]
    assert diary.times[-1] == start + DAY + MICROSECOND


def test_a_worker_alone_does_not_touch_a_clock_on_its_way(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", workspace.now())
    forward_clock(workspace, by=DAY, actor=System())
    assert due.run_due() == []
    assert [done.key for done in due.sweep()] == ["tea"]


def test_a_worker_that_dies_on_the_way_is_followed_by_another(workspace: Workspace, diary: Diary):
    start = workspace.now()
    for hours in (1, 2, 3):
        due.plan(NOTE, workspace, str(hours), start + hours * HOUR)
    asked, now = forward_clock(workspace, by=DAY, actor=System()), real_now()
    assert forwarding.move_on(asked, now=now)
    held, at = forwarding.next_thing(asked, now=now)  # And here it dies.
    assert held
    assert (held.key, at) == ("2", start + 2 * HOUR)
    assert due.sweep(now=now + LEASE / 2) == []
    assert workspace.now() == start + 2 * HOUR
    assert [done.key for done in due.sweep(now=now + LEASE)] == ["2", "3"]
    assert diary.keys == ["1", "2", "3"]
    asked.refresh_from_db()
    assert (asked.steps, workspace.now()) == (3, start + DAY)


def test_a_clock_that_nobody_takes_further_is_late(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", workspace.now() + HOUR)
    asked = forward_clock(workspace, by=DAY, actor=System())
    assert not due.is_late(asked.requested_at + due.PATIENCE)
    assert due.is_late(asked.requested_at + due.PATIENCE + MICROSECOND)


@pytest.mark.django_db(transaction=True)
def test_four_workers_take_one_clock_in_order(diary: Diary):
    workspace = stop_clock(make_workspace())
    start = workspace.now()
    for hours in range(20):
        due.plan(NOTE, workspace, str(hours), start + hours * HOUR)
    asked = forward_clock(workspace, by=DAY, actor=System())

    def until(over: Callable[[], bool]) -> None:
        while not over():
            due.sweep()

    at_once(4, lambda number: until(lambda: not ClockRun.objects.under_way().exists()))
    assert diary.keys == [str(hours) for hours in range(20)]
    assert all(earlier < later for earlier, later in pairwise(diary.times))
    asked.refresh_from_db()
    assert (asked.state, asked.steps) == (ClockRun.State.DONE, 20)
    assert not Due.objects.waiting().exists()
