"""The outbox: what is emitted is put down with what it tells, once, and only for those who listen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbound
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import mail, webhooks
from accounts.clock import real_now
from accounts.models import Attempt, Member, Message
from accounts.outgoing.delivery import deliver_due
from accounts.rules import disable_endpoint
from accounts.webhooks.subscribers import Subscribers, subscribers
from incidents.models import Action
from incidents.rules import complete_action
from tests.accounts.factories import make_endpoint
from tests.clients_of import Api
from tests.factories import NOON
from tests.incidents.factories import make_action, make_incident

pytestmark = pytest.mark.django_db
UPDATED = "public_incident.action_updated_v1"


@pytest.fixture
def action(alice: Member) -> Action:
    """Made before anybody listened."""
    return make_action(alice)


def emit(action: Action) -> None:
    """Say that an action was updated."""
    with transaction.atomic():
        webhooks.emit("action_updated_v1", action)


def test_every_endpoint_that_listens_gets_a_message_of_its_own(alice: Member, action: Action):
    endpoints = {make_endpoint(alice)[0].pk for _ in range(3)}
    emit(action)
    messages = list(Message.objects.all())
    assert {message.endpoint_id for message in messages} == endpoints
    assert len({message.message_id for message in messages}) == 3
    assert {bytes(message.body) for message in messages} == {bytes(messages[0].body)}
    assert {(message.state, message.attempts, message.event) for message in messages} == {("pending", 0, UPDATED)}


def test_who_asked_for_other_events_gets_none(alice: Member, action: Action):
    make_endpoint(alice, events=["public_incident.action_created_v1"])
    wanted, _ = make_endpoint(alice, events=[UPDATED])
    emit(action)
    assert [message.endpoint_id for message in Message.objects.all()] == [wanted.pk]


def test_nobody_else_is_told(alice: Member, charlie: Member, action: Action):
    make_endpoint(charlie)
    off, _ = make_endpoint(alice)
    disable_endpoint(off, actor=alice, now=real_now())
    emit(action)
    assert not Message.objects.exists()


def test_what_is_rolled_back_tells_nothing(alice: Member, action: Action):
    make_endpoint(alice)
    with transaction.atomic():
        complete_action(action, actor=alice, at=NOON)
        assert Message.objects.exists()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_emitted(action: Action):
    with pytest.raises(transaction.TransactionManagementError):
        webhooks.emit("action_updated_v1", action)


def test_an_event_without_a_renderer_is_a_fault_of_the_rule(action: Action):
    with pytest.raises(LookupError, match=r"incidents/api/webhooks\.py is registered for action_vanished_v1"):
        webhooks.emit("action_vanished_v1", action)


def test_the_bytes_are_those_of_the_transaction(alice: Member, action: Action):
    make_endpoint(alice)
    emit(action)
    before = bytes(Message.objects.get().body)
    Action.objects.update(description="Something else")
    assert bytes(Message.objects.get().body) == before
    assert b"Something else" not in before


def test_a_message_remembers_the_request_that_caused_it(alice: Member, api: Api, action: Action):
    make_endpoint(alice)
    response = api.delete(f"/v3/actions/{action.ulid}")
    assert Message.objects.get().request_id == response["X-Request-ID"]
    emit(action)
    assert Message.objects.first().request_id == ""  # type: ignore[union-attr]


def queries(action: Action) -> list[str]:
    """What emitting asks of the database."""
    with transaction.atomic(), CaptureQueriesContext(connection) as taken:
        webhooks.emit("action_updated_v1", action)
    return [query["sql"] for query in taken]


def test_where_nobody_listens_it_costs_one_query_and_then_none(action: Action):
    subscribers.forget()
    assert len(queries(action)) == 1  # Who listens?
    assert queries(action) == []


def test_where_somebody_listens_it_costs_three_however_many(alice: Member, action: Action):
    for _ in range(3):
        make_endpoint(alice)
        assert len(queries(action)) == 3  # Who listens, the action as clients see it, the messages.


def test_a_new_endpoint_is_heard_at_once_though_there_was_none(alice: Member, action: Action):
    emit(action)
    make_endpoint(alice)
    emit(action)
    assert Message.objects.count() == 1


def test_an_endpoint_made_while_we_look_is_not_forgotten(alice: Member, monkeypatch: pytest.MonkeyPatch):
    known = Subscribers()
    remember = known._remember

    def late(*arguments: Any) -> None:
        known.forget()
        remember(*arguments)

    monkeypatch.setattr(known, "_remember", late)
    assert known.of(alice.workspace.pk, "incidents", UPDATED) == []
    make_endpoint(alice)
    assert len(known.of(alice.workspace.pk, "incidents", UPDATED)) == 1


def test_creating_changing_and_deleting_an_action_each_tell_once(alice: Member):
    incident = make_incident(alice)
    make_endpoint(alice)
    action = make_action(alice, incident)
    complete_action(action, actor=alice, at=NOON)
    complete_action(action, actor=alice, at=NOON)
    assert [message.event for message in Message.objects.order_by("id")] == [
        "public_incident.action_created_v1",
        UPDATED,
    ]


# The due index


def test_what_is_due_is_found_by_its_index(alice: Member):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads so small a table whole.")
    assert "message_due" in Message.objects.due(real_now()).explain()


def test_a_leased_message_is_nobody_elses_until_its_lease_ends(alice: Member, action: Action):
    make_endpoint(alice)
    emit(action)
    now = real_now()
    Message.objects.update(lease_until=now + timedelta(minutes=1))
    assert not Message.objects.due(now).exists()
    assert Message.objects.due(now + timedelta(minutes=1)).exists()


# Mail


@pytest.fixture
def mail_server(settings: Any) -> None:
    """Somebody who takes mail; Django's tests keep it in memory."""
    settings.EMAIL_URL = "smtp://127.0.0.1"


def write(alice: Member, *to: str) -> list[Message]:
    """A letter."""
    with transaction.atomic():
        return mail.send(alice.workspace, to=to, subject="Tea\nat six", text="Bring a cup – or two.")


def test_mail_goes_through_the_outbox_to_each_on_her_own(alice: Member, mail_server: None):
    write(alice, "alice@example.org", "hatter@example.org")
    assert outbound.outbox == []
    assert deliver_due(now=real_now()) == 2
    assert sorted(letter.to for letter in outbound.outbox) == [["alice@example.org"], ["hatter@example.org"]]
    letter = outbound.outbox[0]
    assert (letter.subject, letter.body) == ("Tea at six", "Bring a cup – or two.")
    assert letter.extra_headers["Message-ID"].startswith("<msg_")
    assert set(Message.objects.values_list("state", flat=True)) == {"delivered"}


def test_without_a_mail_server_a_line_of_the_log_says_so(alice: Member, caplog: pytest.LogCaptureFixture):
    assert write(alice, "alice@example.org") == []
    assert "“Tea at six” was not sent to alice@example.org" in caplog.text


def test_a_mail_server_that_refuses_is_tried_again(alice: Member, mail_server: None, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError("Nobody is here")

    [message] = write(alice, "alice@example.org")
    now: datetime = real_now()
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        deliver_due(now=now)
    assert Attempt.objects.get().error == "Nobody is here"
    deliver_due(now=now + timedelta(seconds=5))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("delivered", 2)
