"""Scheduled work: each thing once, at its time, by its workspace's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import due
from accounts.clock import real_now
from accounts.due import registry
from accounts.models import Due, Workspace
from accounts.rules import run_clock, set_clock, stop_clock
from accounts.rules.retention import WORK_KEPT, forget_work
from tests.accounts.diaries import NOTE, Diary
from tests.factories import make_workspace

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def workspace(db: None) -> Workspace:
    """A workspace whose clock runs."""
    return make_workspace()


def in_an_hour() -> datetime:
    """Not due yet by the real time."""
    return real_now() + HOUR


# Planning


def test_a_thing_is_done_when_it_is_due_and_not_before(workspace: Workspace, diary: Diary):
    at = in_an_hour()
    due.plan(NOTE, workspace, "tea", at, cups=2)
    assert due.run_due(now=at - timedelta(seconds=1)) == []
    assert [str(done) for done in due.run_due(now=at)] == [
        f"tests.note tea of {workspace.slug}, due {at:%Y-%m-%dT%H:%M:%SZ}: done"
    ]
    assert diary.times == [at]
    assert diary.payloads == [{"cups": 2}]
    assert due.run_due(now=at + DAY) == []


def test_planning_twice_is_one_thing(workspace: Workspace, diary: Diary):
    at = in_an_hour()
    for _ in range(2):
        due.plan(NOTE, workspace, "tea", at)
    assert Due.objects.count() == 1
    assert len(due.run_due(now=at)) == 1
    due.plan(NOTE, workspace, "tea", at)
    assert due.run_due(now=at) == []


def test_a_plan_is_moved_by_planning_it_again(workspace: Workspace, diary: Diary):
    at = in_an_hour()
    due.plan(NOTE, workspace, "tea", at)
    due.plan(NOTE, workspace, "tea", at + HOUR)
    assert due.run_due(now=at) == []
    assert len(due.run_due(now=at + HOUR)) == 1
    due.plan(NOTE, workspace, "tea", at + DAY)
    assert len(due.run_due(now=at + DAY)) == 1


def test_a_plan_taken_back_is_not_carried_out(workspace: Workspace, diary: Diary):
    at = in_an_hour()
    due.plan(NOTE, workspace, "tea", at)
    assert due.cancel(NOTE, workspace, "tea")
    assert not due.cancel(NOTE, workspace, "tea")
    assert due.run_due(now=at) == []


def test_what_was_done_cannot_be_taken_back(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", real_now())
    due.run_due()
    assert not due.cancel(NOTE, workspace, "tea")
    assert Due.objects.get().state == Due.State.DONE


def test_a_plan_belongs_to_the_transaction_that_makes_it(workspace: Workspace, diary: Diary):
    with transaction.atomic():
        due.plan(NOTE, workspace, "tea", real_now())
        transaction.set_rollback(True)
    assert due.run_due() == []


def test_only_known_jobs_and_small_payloads_are_planned(workspace: Workspace, diary: Diary):
    with pytest.raises(LookupError, match=r"tests\.unknown"):
        due.plan("tests.unknown", workspace, "tea", real_now())
    with pytest.raises(ValueError, match="4096"):
        due.plan(NOTE, workspace, "tea", real_now(), text="x" * 4096)


def test_two_jobs_cannot_have_one_name(diary: Diary):
    with pytest.raises(ValueError, match="two jobs"):
        due.job(NOTE)(diary.note)


def test_another_workspaces_plan_is_another_plan(workspace: Workspace, diary: Diary):
    other, at = make_workspace(), in_an_hour()
    due.plan(NOTE, workspace, "tea", at)
    due.plan(NOTE, other, "tea", at + HOUR)
    due.cancel(NOTE, other, "tea")
    assert [done.workspace for done in due.run_due(now=at + DAY)] == [workspace.slug]


def test_one_workspace_alone_can_be_asked_for(workspace: Workspace, diary: Diary):
    other, at = make_workspace(), in_an_hour()
    for each in (workspace, other):
        due.plan(NOTE, each, "tea", at)
    assert [done.workspace for done in due.run_due(other, now=at)] == [other.slug]


# Clocks


def test_nothing_falls_due_while_the_clock_stands(workspace: Workspace, diary: Diary):
    stop_clock(workspace)
    due.plan(NOTE, workspace, "tea", in_an_hour())
    assert due.run_due(now=real_now() + DAY) == []
    run_clock(workspace)
    assert len(due.run_due(now=real_now() + DAY)) == 1


def test_a_standing_clock_shows_what_is_due(workspace: Workspace, diary: Diary):
    at = set_clock(workspace, to=real_now() + DAY).now()
    due.plan(NOTE, workspace, "now", at)
    due.plan(NOTE, workspace, "soon", at + timedelta(seconds=1))
    assert len(due.run_due()) == 1
    assert at < diary.times[0] < at + timedelta(seconds=1)
    assert diary.times[0] == diary.entries[0][2]


def test_a_clock_that_is_ahead_makes_things_due_earlier(workspace: Workspace, diary: Diary):
    due.plan(NOTE, make_workspace(), "later", real_now() + 2 * HOUR)
    set_clock(workspace, to=real_now() + 3 * HOUR)
    run_clock(workspace)
    due.plan(NOTE, workspace, "tea", real_now() + 2 * HOUR)
    assert [done.key for done in due.run_due()] == ["tea"]
    assert diary.times[0] > real_now() + 2 * HOUR


def test_a_thousand_workspaces_are_looked_at_in_two_questions(
    workspace: Workspace, diary: Diary, django_assert_num_queries: Any
):
    facts = {"created_at": real_now(), "clock_stopped_at": real_now()}
    Workspace.objects.bulk_create([Workspace(slug=f"still-{number}", **facts) for number in range(1000)])
    rows = [Due(workspace_id=pk, job=NOTE, key="x", due_at=in_an_hour()) for pk in workspaces()]
    Due.objects.bulk_create(rows)
    with django_assert_num_queries(3):  # what is due in time; what by moved clocks; which clocks are on their way
        assert due.sweep() == []


def workspaces() -> Any:
    """The ids of all."""
    return Workspace.objects.values_list("pk", flat=True)


# Housekeeping


def test_what_is_over_is_forgotten_after_a_while(workspace: Workspace, diary: Diary):
    now = real_now()
    for key, at in (("done", now), ("waits", now + 90 * DAY)):
        due.plan(NOTE, workspace, key, at)
    due.run_due(now=now)
    assert forget_work(now=now + WORK_KEPT) == 0
    assert forget_work(now=now + WORK_KEPT + HOUR) == 1
    assert Due.objects.get().key == "waits"


def test_chores_are_done_at_the_start_and_then_in_their_time(workspace: Workspace):
    done_at: dict[str, datetime] = {}
    now = real_now()
    assert due.do_chores(done_at, now=now).keys() == registry.chores.keys()
    often = {name for name, chore in registry.chores.items() if chore.every <= HOUR / 2}
    assert due.do_chores(done_at, now=now + HOUR / 2).keys() == often
    assert due.do_chores(done_at, now=now + HOUR).keys() == registry.chores.keys()


def test_what_nobody_has_tried_for_long_is_late(workspace: Workspace, diary: Diary):
    now = real_now()
    due.plan(NOTE, workspace, "tea", now, fails=9)
    assert not due.is_late(now + due.PATIENCE - timedelta(seconds=1))
    assert due.is_late(now + due.PATIENCE)
    due.run_due(now=now)
    assert not due.is_late(now + DAY)
