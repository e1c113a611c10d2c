"""What goes wrong with scheduled work: failures rest and block nobody, workers die and meet, nothing is done twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts import due
from accounts.clock import real_now
from accounts.due import registry, running
from accounts.due.running import LEASE, MOST_ATTEMPTS, PAUSES
from accounts.due.sweeping import claim
from accounts.models import Counter, Due, Workspace
from tests.accounts.diaries import NOTE, Diary
from tests.factories import make_workspace
from tests.threads import at_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def workspace(db: None) -> Workspace:
    """A workspace whose clock runs."""
    return make_workspace()


def in_an_hour() -> datetime:
    """Not due yet by the real time."""
    return real_now() + HOUR


def drawn(workspace: Workspace) -> dict[str, int]:
    """How often each thing was tried and kept."""
    rows = Counter.objects.of(workspace).filter(name__startswith="tried ")
    return {name.removeprefix("tried "): value for name, value in rows.values_list("name", "value")}


# Failures


def test_a_failure_rests_and_is_tried_again(workspace: Workspace, diary: Diary):
    now = real_now()
    due.plan(NOTE, workspace, "tea", now, fails=1)
    assert [failed.error for failed in due.run_due(now=now)] == ["ArithmeticError: It does not add up."]
    assert drawn(workspace) == {}
    assert due.run_due(now=now + PAUSES[0] / 2) == []
    assert Due.objects.get().error == "ArithmeticError: It does not add up."
    assert [done.error for done in due.run_due(now=now + PAUSES[0])] == [""]
    assert drawn(workspace) == {"tea": 1}
    row = Due.objects.get()
    assert (row.state, row.error) == (Due.State.DONE, "")


def test_a_thing_that_always_fails_is_given_up(workspace: Workspace, diary: Diary):
    now = real_now()
    due.plan(NOTE, workspace, "tea", now, fails=99)
    for pause in [timedelta(), *PAUSES]:
        now += pause
        assert due.run_due(now=now)
    assert due.run_due(now=now + 100 * DAY) == []
    row = Due.objects.get()
    assert (row.state, row.attempts) == (Due.State.FAILED, MOST_ATTEMPTS)
    assert "does not add up" in row.error
    due.plan(NOTE, workspace, "tea", now + DAY)
    assert [done.error for done in due.run_due(now=now + DAY)] == [""]


def test_a_thing_that_fails_blocks_no_other(workspace: Workspace, diary: Diary):
    now = real_now()
    for number in range(30):
        due.plan(NOTE, workspace, f"bad {number}", now - HOUR, fails=99)
    due.plan(NOTE, workspace, "good", now)
    while due.run_due(now=now):
        pass
    assert drawn(workspace) == {"good": 1}


def test_a_job_that_is_not_there_any_more_is_a_failure(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", real_now())
    del registry.jobs[NOTE]
    assert due.run_due()[0].error == "KeyError: 'tests.note'"


def test_a_thing_may_take_itself_back_or_plan_itself_again(workspace: Workspace, diary: Diary):
    at = in_an_hour()
    due.plan(NOTE, workspace, "tea", at, again=2)
    for hours in range(3):
        assert len(due.run_due(now=at + hours * HOUR)) == 1
    assert due.run_due(now=at + DAY) == []


def test_what_comes_back_by_itself_keeps_its_rhythm(workspace: Workspace, diary: Diary):
    due.job("tests.daily", every=DAY)(diary.note)
    at = in_an_hour()
    due.plan("tests.daily", workspace, "round", at)
    due.run_due(now=at)
    assert Due.objects.get().due_at == at + DAY
    Due.objects.update(due_at=real_now() - 5 * HOUR - 2 * DAY)
    due.run_due()
    assert real_now() + 18 * HOUR < Due.objects.get().due_at < real_now() + 20 * HOUR


def test_what_comes_back_by_itself_outlives_its_failures(workspace: Workspace, diary: Diary):
    due.job("tests.daily", every=DAY)(diary.note)
    now = real_now()
    due.plan("tests.daily", workspace, "round", now, fails=MOST_ATTEMPTS)
    for pause in [timedelta(), *PAUSES]:
        now += pause
        assert len(due.run_due(now=now)) == 1
    row = Due.objects.get()
    assert (row.state, row.attempts) == (Due.State.WAITING, 0)
    assert row.due_at > now - DAY


# Workers that die, and workers that meet


def test_what_a_dead_worker_held_is_taken_over(workspace: Workspace, diary: Diary):
    now = real_now()
    due.plan(NOTE, workspace, "tea", now)
    held = claim(Due.objects.get().pk, now=now)
    assert held
    assert due.run_due(now=now + LEASE / 2) == []
    assert len(due.run_due(now=now + LEASE)) == 1
    # It was only slow: it finds that its turn is over.
    assert running.run(held, at=now, now=now) is None
    assert drawn(workspace) == {"tea": 1}


def test_a_thing_that_kills_its_workers_is_given_up(workspace: Workspace, diary: Diary):
    now = real_now()
    due.plan(NOTE, workspace, "tea", now)
    pk = Due.objects.get().pk
    for attempt in range(MOST_ATTEMPTS):
        assert claim(pk, now=now + attempt * LEASE)
    assert claim(pk, now=now + DAY) is None
    row = Due.objects.get()
    assert (row.state, row.error) == (Due.State.FAILED, running.KILLED)


def test_what_is_moved_or_taken_back_in_a_workers_hands_is_not_done(workspace: Workspace, diary: Diary):
    now = real_now()
    for key in ("moved", "taken back"):
        due.plan(NOTE, workspace, key, now)
    rows = [claim(row.pk, now=now) for row in Due.objects.all()]
    due.plan(NOTE, workspace, "moved", now + DAY)
    due.cancel(NOTE, workspace, "taken back")
    assert [running.run(row, at=now, now=now) for row in rows if row] == [None, None]
    assert diary.entries == []


@pytest.mark.django_db(transaction=True)
def test_four_workers_do_each_thing_once(diary: Diary):
    workspace, now = make_workspace(), real_now()
    for number in range(40):
        due.plan(NOTE, workspace, str(number), now)

    def work(worker: int) -> int:
        done = 0
        while Due.objects.waiting().exists():
            done += len(due.run_due())
        return done

    assert sum(at_once(4, work)) == 40
    assert drawn(workspace) == {str(number): 1 for number in range(40)}
    assert sorted(diary.keys) == sorted(str(number) for number in range(40))


@pytest.mark.django_db(transaction=True)
def test_eight_who_plan_one_thing_make_one(diary: Diary):
    workspace, at = make_workspace(), in_an_hour()
    at_once(8, lambda number: due.plan(NOTE, workspace, "tea", at, by=number % 2))
    assert Due.objects.count() == 1
