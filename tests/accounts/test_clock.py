"""The workspace's clock: the real time until it is stopped, set and let run; never backward, never twice the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts import clock
from accounts.clock import MICROSECOND, Period, real_now, unique_now
from accounts.models import Workspace
from accounts.rules import run_clock, set_clock, stop_clock
from tests.factories import make_workspace
from tests.threads import at_once, unhurried

DAY = timedelta(days=1)
# Longer than any machine takes between two lines of a test.
SOON = timedelta(minutes=1)

moments = st.datetimes(timezones=st.just(UTC))
periods = st.builds(Period, st.none() | moments, st.none() | moments)


@pytest.fixture
def workspace(db: None) -> Workspace:
    """A workspace whose clock runs."""
    return make_workspace()


def rises(times: list[datetime]) -> bool:
    """Whether each is later than the one before."""
    return all(earlier < later for earlier, later in pairwise(times))


def test_a_running_clock_shows_the_real_time(workspace: Workspace) -> None:
    before = real_now()
    assert before <= workspace.now() <= real_now()
    assert workspace.now().tzinfo is UTC


def test_a_stopped_clock_stands(workspace: Workspace) -> None:
    before = real_now()
    stop_clock(workspace)
    assert workspace.now() == workspace.now()
    assert before <= workspace.now() <= real_now()


def test_a_clock_is_set_forward_and_stands_there(workspace: Workspace) -> None:
    to = real_now() + 30 * DAY
    set_clock(workspace, to=to)
    assert workspace.now() == to


@pytest.mark.parametrize("stopped", [False, True])
def test_a_clock_never_goes_backward(workspace: Workspace, stopped: bool) -> None:
    if stopped:
        set_clock(workspace, to=real_now() + DAY)
    before = workspace.now()
    with pytest.raises(ValidationError) as refused:
        set_clock(workspace, to=before - MICROSECOND)
    assert refused.value.message_dict.keys() == {"to"}
    assert (workspace.now() == before) is stopped


def test_a_clock_may_be_set_to_where_it_stands(workspace: Workspace) -> None:
    stop_clock(workspace)
    now = workspace.now()
    set_clock(workspace, to=now)
    assert workspace.now() == now


def test_a_clock_is_not_set_where_no_time_is_left(workspace: Workspace) -> None:
    with pytest.raises(ValidationError) as refused:
        set_clock(workspace, to=datetime.max.replace(tzinfo=UTC))
    assert refused.value.message_dict.keys() == {"to"}


def test_a_clock_set_forward_runs_on_from_there(workspace: Workspace) -> None:
    to = real_now() + 30 * DAY
    set_clock(workspace, to=to)
    run_clock(workspace)
    assert to < workspace.now() < to + SOON
    assert rises([workspace.now(), workspace.now()])


def test_a_clock_that_fell_behind_runs_on_with_the_real_time(workspace: Workspace) -> None:
    stop_clock(workspace)
    Workspace.objects.update(clock_stopped_at=real_now() - DAY)
    run_clock(workspace)
    assert real_now() - SOON < workspace.now() <= real_now()


def test_running_a_clock_that_runs_ahead_keeps_it_ahead(workspace: Workspace) -> None:
    to = real_now() + 30 * DAY
    set_clock(workspace, to=to)
    for _ in range(3):
        run_clock(workspace)
    assert to < workspace.now() < to + SOON


def test_a_clock_that_runs_ahead_stops_where_it_is(workspace: Workspace) -> None:
    to = real_now() + 30 * DAY
    set_clock(workspace, to=to)
    run_clock(workspace)
    stop_clock(workspace)
    assert to < workspace.now() < to + SOON


def test_time_is_read_afresh_whoever_holds_the_workspace(workspace: Workspace) -> None:
    held = Workspace.objects.get(pk=workspace.pk)
    held.now()
    to = real_now() + DAY
    set_clock(workspace, to=to)
    assert held.now() == to
    assert held.tick() == to + MICROSECOND


def test_a_clock_is_one_workspaces_own(workspace: Workspace) -> None:
    other = make_workspace()
    set_clock(workspace, to=real_now() + DAY)
    assert other.now() < real_now() + SOON
    assert other.tick() < real_now() + SOON


def test_every_tick_is_later_than_any_before_while_the_clock_runs(workspace: Workspace) -> None:
    assert rises([workspace.tick() for _ in range(50)])


def test_every_tick_is_later_than_any_before_while_the_clock_stands(workspace: Workspace) -> None:
    stop_clock(workspace)
    start = workspace.now()
    assert [workspace.tick() for _ in range(5)] == [start + number * MICROSECOND for number in range(1, 6)]
    assert workspace.now() == start + 5 * MICROSECOND


def test_ticks_rise_through_stopping_setting_and_running(workspace: Workspace) -> None:
    times = [workspace.tick()]
    for move in (
        stop_clock,
        lambda it: set_clock(it, to=it.now()),
        run_clock,
        stop_clock,
        lambda it: set_clock(it, to=it.now() + DAY),
        run_clock,
        run_clock,
        stop_clock,
    ):
        move(workspace)
        times += [workspace.tick(), workspace.tick()]
    assert rises(times)


def test_a_tick_is_never_before_now(workspace: Workspace) -> None:
    for move in (run_clock, stop_clock):
        move(workspace)
        assert workspace.now() < workspace.tick()


def test_a_machine_whose_clock_is_put_back_still_ticks_forward(monkeypatch: pytest.MonkeyPatch) -> None:
    first = unique_now()
    monkeypatch.setattr(clock, "real_now", lambda: first - DAY)
    assert [unique_now(), unique_now()] == [first + MICROSECOND, first + 2 * MICROSECOND]


def test_threads_never_get_the_same_time_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    later = real_now() + SOON
    monkeypatch.setattr(clock, "real_now", lambda: later)
    monkeypatch.setattr(clock, "_last", later)
    monkeypatch.setattr(clock, "max", unhurried(max), raising=False)
    assert len(set(at_once(8, lambda number: unique_now()))) == 8


def test_now_is_one_query_and_so_is_a_tick_of_a_running_clock(workspace: Workspace) -> None:
    for ask in (workspace.now, workspace.tick):
        with CaptureQueriesContext(connection) as queries:
            ask()
        assert len(queries) == 1  # The clock.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stopped", [False, True])
def test_no_two_threads_share_a_tick(stopped: bool) -> None:
    workspace = make_workspace()
    if stopped:
        stop_clock(workspace)
    ticks = at_once(8, lambda number: [workspace.tick() for _ in range(5)])
    assert all(rises(own) for own in ticks)
    assert len({at for own in ticks for at in own}) == 40


@pytest.mark.django_db(transaction=True)
def test_another_connection_sees_a_moved_clock_at_once() -> None:
    workspace = make_workspace()
    to = real_now() + DAY
    set_clock(workspace, to=to)
    assert at_once(1, lambda number: workspace.now()) == [to]


@given(periods, periods, moments)
def test_two_periods_narrow_to_what_lies_in_both(one: Period, other: Period, at: datetime) -> None:
    def holds(period: Period) -> bool:
        return (period.since or at) <= at <= (period.until or at)

    assert holds(one & other) == (holds(one) and holds(other))
