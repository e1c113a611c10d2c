"""`manage.py tick` and `manage.py clock`: what falls due, done by hand, and told."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts import due
from accounts.clock import real_now
from accounts.models import Heartbeat, IdempotencyRecord, Workspace
from accounts.rules import idempotency, stop_clock
from accounts.rules.retention import ANSWERS_KEPT
from accounts.serving.working import Sweeper
from tests.accounts.diaries import NOTE, Diary
from tests.factories import make_key, make_workspace

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def workspace() -> Workspace:
    """A workspace whose clock runs."""
    return make_workspace("acme")


def run(name: str, *arguments: str) -> list[str]:
    """The lines that a command printed as its result."""
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()


def test_it_does_what_is_due_and_says_so(workspace: Workspace, diary: Diary):
    at = real_now()
    for number in range(30):
        due.plan(NOTE, workspace, f"{number:02}", at)
    said = [line for line in run("tick") if line.startswith("tests.note")]
    assert said == [f"tests.note {number:02} of acme, due {at:%Y-%m-%dT%H:%M:%SZ}: done" for number in range(30)]
    assert run("tick") == ["Nothing is due."]


def test_it_can_be_for_one_workspace(workspace: Workspace, diary: Diary):
    for each in (workspace, make_workspace("other")):
        due.plan(NOTE, each, each.slug, real_now())
    run("tick", "--workspace", "acme")
    assert diary.keys == ["acme"]
    with pytest.raises(CommandError, match="There is no workspace nowhere"):
        run("tick", "--workspace", "nowhere")


def test_a_failure_is_told_and_is_the_exit_code(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "bad", real_now(), fails=1)
    due.plan(NOTE, workspace, "good", real_now())
    with pytest.raises(CommandError, match="1 of 2 failed"):
        run("tick")
    assert diary.keys == ["bad", "good"]


def test_it_keeps_the_house(workspace: Workspace):
    key, _ = make_key(workspace)
    idempotency.claim(key, "k1", "", now=real_now() - 2 * ANSWERS_KEPT)
    assert "accounts.forget_answers: 1" in run("tick")
    assert not IdempotencyRecord.objects.exists()


def test_a_clock_is_forwarded_and_waited_for(workspace: Workspace, diary: Diary):
    start = stop_clock(workspace).now()
    due.plan(NOTE, workspace, "tea", start + HOUR)
    due.plan(NOTE, workspace, "cake", start + 50 * HOUR)
    done, state = run("clock", "acme", "--forward", "1d12h", "--wait")
    assert done.startswith("tests.note tea of acme")
    assert "stands at" in state
    assert workspace.now() == start + 36 * HOUR
    assert diary.times == [start + HOUR]


def test_without_waiting_it_is_left_to_the_worker(workspace: Workspace, diary: Diary):
    start = stop_clock(workspace).now()
    due.plan(NOTE, workspace, "tea", start + HOUR)
    [state] = run("clock", "acme", "--set", (start + 2 * HOUR).isoformat())
    assert "on its way to" in state
    assert diary.entries == []
    with pytest.raises(CommandError, match="on its way"):
        run("clock", "acme", "--forward", "1w")
    run("tick")
    assert workspace.now() == start + 2 * HOUR


def test_waiting_tells_what_failed_on_the_way(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "bad", real_now() + HOUR, fails=1)
    with pytest.raises(CommandError, match="1 things failed on the way"):
        run("clock", "acme", "--forward", "1d", "--wait")


# The worker


def test_an_idle_round_only_looks(django_assert_num_queries):
    sweeper = Sweeper()
    sweeper.sweep()
    # what is due in time; what by moved clocks; which clocks are on their way
    with django_assert_num_queries(3) as queries:
        assert not sweeper.sweep()
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_a_round_that_did_something_is_followed_by_another(workspace: Workspace, diary: Diary):
    due.plan(NOTE, workspace, "tea", real_now())
    sweeper = Sweeper()
    assert sweeper.sweep()
    assert not sweeper.sweep()


def test_a_round_that_fails_is_logged_and_the_next_one_comes(monkeypatch: pytest.MonkeyPatch, caplog):
    def gone() -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(due, "sweep", gone)
    assert not Sweeper().sweep_safely()
    assert "the disk is gone" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_worker_sweeps_beside_its_tasks(diary: Diary):
    workspace = make_workspace("acme")
    due.plan(NOTE, workspace, "tea", real_now())
    with Sweeper() as sweeper:
        assert sweeper.idle.wait(20)
    assert diary.keys == ["tea"]
    assert not Heartbeat.objects.exists()
