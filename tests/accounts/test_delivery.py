"""Delivery: everything arrives, the same bytes each time, on the vendor's schedule, and nobody holds anybody up."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbound
from django.db import OperationalError

from accounts.clock import real_now
from accounts.models import Attempt, Member, Message, WebhookEndpoint
from accounts.outgoing import delivery
from accounts.outgoing.claims import LEASE
from accounts.outgoing.delivery import Post, deliver_due
from accounts.outgoing.sending import Parcel
from accounts.rules import disable_endpoint, enable_endpoint, replay_message
from tests.accounts.factories import make_endpoint, make_message
from tests.houses import House
from tests.receivers import Receiver, receiving
from tests.servers import inside
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Svix's usual spacing: at once, then after each failure.
WAITS = [
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=10),
]  # fmt: skip


@pytest.fixture(autouse=True)
def private(settings: Any) -> None:
    """Receivers of tests are on this machine."""
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who listens."""
    with receiving() as made:
        yield made


@pytest.fixture
def endpoint(alice: Member, receiver: Receiver) -> WebhookEndpoint:
    """Where she listens."""
    return make_endpoint(alice, receiver.url)[0]


def let_fail(message: Message, now: datetime) -> list[timedelta]:
    """Attempt whenever something is due; the waits between, until nothing is due any more."""
    waits: list[timedelta] = []
    while deliver_due(now=now):
        message.refresh_from_db()
        if message.due_at is None:
            return waits
        waits.append(message.due_at - now)
        assert deliver_due(now=message.due_at - timedelta(microseconds=1)) == 0
        now = message.due_at
    return waits


def test_what_is_delivered_is_delivered_once(alice: Member, receiver: Receiver, endpoint: WebhookEndpoint):
    message, now = make_message(alice, endpoint), real_now()
    assert deliver_due(now=now) == 1
    assert deliver_due(now=now + DAY) == 0
    [got] = receiver.got
    assert (got.id, got.body) == (message.message_id, bytes(message.body))
    assert (got.path, got.headers["content-type"]) == ("/hook", "application/json")
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.response, attempt.error, attempt.at) == (200, "thanks", "", now)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.lease) == ("delivered", 1, None)


@pytest.mark.parametrize("status", [201, 202, 204, 299])
def test_any_2xx_is_a_delivery(alice: Member, receiver: Receiver, endpoint: WebhookEndpoint, status: int):
    receiver.status, receiver.answer = status, b""
    message = make_message(alice, endpoint)
    deliver_due(now=real_now())
    message.refresh_from_db()
    assert message.state == "delivered"


def test_the_schedule_is_svixs_and_ends_in_failure(alice: Member, receiver: Receiver, endpoint: WebhookEndpoint):
    receiver.status = 500
    message = make_message(alice, endpoint)
    assert let_fail(message, real_now()) == WAITS
    assert (message.state, message.attempts) == ("failed", 8)
    assert [attempt.status for attempt in Attempt.objects.all()] == [500] * 8


def test_each_attempt_sends_the_same_bytes_under_the_same_id(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint
):
    receiver.status = 503
    let_fail(make_message(alice, endpoint), real_now())
    assert len({(got.id, got.body) for got in receiver.got}) == 1
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 8
    assert len({got.headers["webhook-signature"] for got in receiver.got}) == 8


def test_a_receiver_that_was_down_for_a_day_gets_everything(alice: Member):
    with receiving() as gone:
        url = gone.url
    endpoint, _ = make_endpoint(alice, url)
    messages = [make_message(alice, endpoint) for _ in range(5)]
    down = now = real_now()
    while now < down + DAY:
        deliver_due(now=now)
        now = min(due for due in Message.objects.values_list("due_at", flat=True) if due)
    assert Attempt.objects.exclude(status=None).count() == 0
    with receiving() as back:
        WebhookEndpoint.objects.update(url=back.url)
        deliver_due(now=now)
    assert {got.id for got in back.got} == {message.message_id for message in messages}
    assert len(back.got) == 5
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_other_workspaces_receivers_hear_nothing(alice: Member, charlie: Member, endpoint: WebhookEndpoint):
    with receiving() as his:
        make_endpoint(charlie, his.url)
        make_message(alice, endpoint)
        assert deliver_due(now=real_now()) == 1
    assert his.got == []


# Lasting failure


def test_after_five_days_of_failure_it_is_switched_off_and_its_owner_told(
    alice: Member, bob: Member, receiver: Receiver, endpoint: WebhookEndpoint, settings: Any
):
    settings.EMAIL_URL, receiver.status = "smtp://127.0.0.1", 500
    make_message(alice, endpoint)
    now = real_now()
    deliver_due(now=now)
    Message.objects.update(due_at=now + 5 * DAY - timedelta(seconds=1))
    deliver_due(now=now + 5 * DAY - timedelta(seconds=1))
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.failing_since) == (True, now)
    Message.objects.filter(kind="webhook").update(due_at=now + 5 * DAY)
    deliver_due(now=now + 5 * DAY)
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_at) == (False, now + 5 * DAY)
    assert endpoint.disabled_reason == "It had failed for 5 days."
    [letter] = outbound.outbox
    assert letter.to == [alice.email]
    assert receiver.url in str(letter.body)


def test_without_mail_the_log_says_it(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint, caplog: pytest.LogCaptureFixture
):
    receiver.status = 500
    make_message(alice, endpoint)
    WebhookEndpoint.objects.update(failing_since=real_now() - 5 * DAY)
    deliver_due(now=real_now())
    assert f"“Webhooks of incidents are switched off” was not sent to {alice.email}" in caplog.text


def test_one_success_makes_it_whole(alice: Member, receiver: Receiver, endpoint: WebhookEndpoint):
    WebhookEndpoint.objects.update(failing_since=real_now() - 4 * DAY)
    make_message(alice, endpoint)
    deliver_due(now=real_now())
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_what_waits_for_an_endpoint_that_is_switched_off_is_dropped(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint
):
    message = make_message(alice, endpoint)
    disable_endpoint(endpoint, actor=alice, now=real_now())
    assert deliver_due(now=real_now()) == 0
    message.refresh_from_db()
    assert (message.state, receiver.got) == ("dropped", [])
    enable_endpoint(endpoint, actor=alice, at=real_now())
    replay_message(message, actor=alice, now=real_now())
    deliver_due(now=real_now())
    assert [got.id for got in receiver.got] == [message.message_id]


def test_a_replay_sends_the_same_again_with_all_its_retries(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint
):
    receiver.status = 500
    message, now = make_message(alice, endpoint), real_now()
    let_fail(message, now)
    replay_message(message, actor=alice, now=now)
    assert let_fail(message, now) == WAITS
    assert len({(got.id, got.body) for got in receiver.got}) == 1
    assert Attempt.objects.count() == 16


def test_a_secret_that_cannot_be_read_is_a_failed_attempt(alice: Member, receiver: Receiver, endpoint: WebhookEndpoint):
    WebhookEndpoint.objects.update(locked_secret="gAAAAA")
    make_message(alice, endpoint)
    deliver_due(now=real_now())
    assert "does not open it" in Attempt.objects.get().error
    assert receiver.got == []


def test_a_fault_of_ours_is_a_failed_attempt_and_logged(
    alice: Member, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(parcel: Parcel) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(delivery, "send", broken)
    message = make_message(alice, endpoint)
    deliver_due(now=real_now())
    message.refresh_from_db()
    assert (message.state, Attempt.objects.get().error) == ("pending", "A fault of ours: ZeroDivisionError.")
    assert f"Message {message.ulid} could not be sent" in caplog.text


def test_an_error_of_the_receiver_is_kept_as_every_database_takes_it(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint
):
    receiver.status, receiver.answer = 500, b"\x00\xff\xed\xa0\x80 oh no"
    make_message(alice, endpoint)
    deliver_due(now=real_now())
    assert "oh no" in Attempt.objects.get().response


# Workers


@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_each_message_once(alice: Member, receiver: Receiver):
    for _ in range(10):
        endpoint, _ = make_endpoint(alice, receiver.url)
        for _ in range(3):
            make_message(alice, endpoint)
    now = real_now()
    attempts = at_once(2, lambda number: deliver_due(now=now))
    assert sum(attempts) == len(receiver.got) == len({got.id for got in receiver.got}) == 30
    assert set(Message.objects.values_list("state", "attempts")) == {("delivered", 1)}


def test_a_message_of_a_worker_that_died_is_sent_by_the_next(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
):
    message, now = make_message(alice, endpoint), real_now()
    with monkeypatch.context() as dying:
        dying.setattr(delivery, "begin", lambda work, name: None)
        Post().sweep(now=now)
    assert deliver_due(now=now + LEASE - timedelta(seconds=1)) == 0
    assert deliver_due(now=now + LEASE) == 1
    assert [got.id for got in receiver.got] == [message.message_id]


def test_who_lost_the_lease_notes_the_attempt_and_decides_nothing(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint
):
    message, now, slow = make_message(alice, endpoint), real_now(), Post()
    slow.sweep(now=now)
    receiver.status = 500
    deliver_due(now=now + LEASE)
    slow.collect(clock=lambda: now)
    message.refresh_from_db()
    assert (message.state, message.attempts, Attempt.objects.count()) == ("pending", 1, 2)


def test_a_receiver_that_hangs_holds_nobody_else_up(alice: Member, receiver: Receiver, endpoint: WebhookEndpoint):
    release = threading.Event()
    with receiving(before=lambda received: release.wait(20)) as hanging:
        stuck, _ = make_endpoint(alice, hanging.url)
        for _ in range(20):
            make_message(alice, stuck)
        for _ in range(5):
            make_message(alice, endpoint)
        post = Post()
        until = time.monotonic() + 8
        while len(receiver.got) < 5 and time.monotonic() < until:
            post.sweep(now=real_now())
            post.collect(clock=real_now, seconds=0.5)
        assert len(receiver.got) == 5
        assert len(hanging.got) <= 2
        release.set()
        while post.under_way:
            post.collect(clock=real_now)


def test_looking_at_an_empty_outbox_is_one_query(django_assert_num_queries: Any):
    with django_assert_num_queries(1):  # Is anything due?
        assert deliver_due(now=real_now()) == 0


def test_an_outcome_waits_for_a_database_that_cannot_be_asked(
    alice: Member, receiver: Receiver, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
):
    def busy(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    message, post = make_message(alice, endpoint), Post()
    post.sweep(now=real_now())
    with monkeypatch.context() as locked:
        locked.setattr(delivery, "settle", busy)
        with pytest.raises(OperationalError):
            post.collect(clock=real_now)
    post.collect(clock=real_now)
    message.refresh_from_db()
    assert (message.state, len(receiver.got), post.under_way) == ("delivered", 1, {})


# Other processes


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing(house: House):
    died = threading.Event()
    house.env["ACTA_WEBHOOKS_ALLOW_PRIVATE"] = "1"
    with receiving(before=lambda received: died.wait(30)) as receiver:
        house.run("migrate", "--verbosity", "0")
        (house.data / "receiver").write_text(receiver.url)
        inside(house, "tests.accounts.worlds:write")
        with working(house) as first:
            wait_for(receiver, 1)
            first.kill()
        died.set()
        inside(house, "tests.accounts.worlds:end_leases")
        sent = len(receiver.got)
        with working(house):
            wait_for(receiver, sent + 3)
    assert inside(house, "tests.accounts.worlds:states") == ["delivered"] * 3
    assert len({got.id for got in receiver.got}) == 3


@contextmanager
def working(house: House) -> Iterator[subprocess.Popen[str]]:
    """A worker, asked to end at the end."""
    worker = house.start("worker")
    try:
        yield worker
    finally:
        worker.terminate()
        worker.communicate()


def wait_for(receiver: Receiver, count: int) -> None:
    """Until somebody called so often."""
    until = time.monotonic() + 30
    while len(receiver.got) < count:
        assert time.monotonic() < until, f"{len(receiver.got)} of {count} came."
        time.sleep(0.05)
