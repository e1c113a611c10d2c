"""What operators ask, and what the worker tells."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import RequestFactory
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from accounts import health
from accounts.clock import real_now
from accounts.models import Heartbeat, Member, Message
from accounts.serving import working
from accounts.serving.working import Postman, Pulse, TableWorker
from tests.accounts.factories import make_endpoint, make_message
from tests.receivers import receiving

pytestmark = pytest.mark.django_db


@task()
def ring(times: int) -> str:
    """Something to do."""
    return "ding " * times


def ready() -> tuple[int, dict[str, object]]:
    """What `/readyz` says now."""
    response = health.readyz(RequestFactory().get("/readyz"))
    return response.status_code, json.loads(response.content)


@pytest.fixture
def pulse() -> None:
    """A worker that is alive."""
    Pulse().beat()


def one_look(monkeypatch: pytest.MonkeyPatch) -> TableWorker:
    """A worker that stops instead of waiting."""
    worker = TableWorker("worker:test")
    monkeypatch.setattr("time.sleep", lambda seconds: setattr(worker, "running", False))
    return worker


def test_the_process_answers_without_a_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = health.healthz(RequestFactory().get("/healthz"))
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def test_everything_is_ready(pulse: None):
    every = ("database", "migrations", "queue", "schedule")
    assert ready() == (200, {"ready": True, **dict.fromkeys(every, "ok")})


def test_without_a_worker_it_is_not():
    Heartbeat.objects.create(name="worker:old:1", beat_at=real_now() - timedelta(seconds=31))
    status, found = ready()
    assert status == 503
    assert found["migrations"] == "ok"
    assert "No worker is alive" in str(found["queue"])


def test_with_a_migration_missing_it_is_not(pulse: None):
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    status, found = ready()
    assert status == 503
    assert found["migrations"] == "1 are not applied; run `manage.py migrate`."


def test_with_a_task_left_waiting_it_is_not(pulse: None):
    ring.enqueue(1)
    assert ready()[0] == 200
    DBTaskResult.objects.update(enqueued_at=real_now() - timedelta(minutes=6))
    status, found = ready()
    assert status == 503
    assert "Tasks wait for more than 5 minutes" in str(found["queue"])


def test_with_a_webhook_left_waiting_it_is_not(pulse: None, alice: Member):
    message, now = make_message(alice), real_now()
    Message.objects.update(due_at=now + timedelta(hours=5), attempts=4)
    assert ready()[0] == 200  # It is to be tried again later.
    Message.objects.update(due_at=now - timedelta(minutes=6), lease=message.pk, lease_until=now + timedelta(minutes=1))
    assert ready()[0] == 200  # It is just being sent.
    Message.objects.update(lease_until=now)
    status, found = ready()
    assert status == 503
    assert "Webhooks or mail wait for more than 5 minutes" in str(found["queue"])


def test_with_the_database_gone_it_says_only_that(monkeypatch: pytest.MonkeyPatch):
    def gone() -> None:
        raise DatabaseError("host=db.internal is down")

    monkeypatch.setattr(connection, "cursor", gone)
    status, found = ready()
    assert status == 503
    assert found == {"ready": False, "database": "It does not answer; the setting DATABASE_URL names it."}


def test_a_worker_shows_itself_and_leaves_no_trace():
    pulse = Pulse()
    Heartbeat.objects.create(name="worker:forgotten:1", beat_at=real_now() - timedelta(days=2))
    Heartbeat.objects.create(name=pulse.name, beat_at=real_now() - timedelta(hours=1))
    with pulse:
        beat = Heartbeat.objects.get()
        assert beat.name == pulse.name
        assert real_now() - beat.beat_at < timedelta(seconds=10)
    assert not Heartbeat.objects.exists()


def test_an_idle_worker_only_looks(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries):
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    with django_assert_num_queries(1):  # is anything ready?
        one_look(monkeypatch).run()


def test_an_idle_outbox_is_only_looked_at(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries):
    monkeypatch.setattr(working, "LOOKS_EVERY", 0.0)
    with django_assert_num_queries(1):  # is anything due?
        Postman().round()


def test_the_outbox_is_swept_until_the_worker_ends(alice: Member, settings: Any):
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as receiver:
        message = make_message(alice, make_endpoint(alice, receiver.url)[0])
        postman = Postman()
        postman.round()
        postman.finish()
    assert [got.id for got in receiver.got] == [message.message_id]
    message.refresh_from_db()
    assert message.state == "delivered"


def test_a_worker_runs_what_is_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(working, "close_old_connections", lambda: None)
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    results = [ring.enqueue(times) for times in (1, 2)]
    one_look(monkeypatch).run()
    for result in results:
        result.refresh()
    assert [result.return_value for result in results] == ["ding ", "ding ding "]
