"""Endpoints, messages and attempts in the admin: secrets shown once, every button a rule."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.clock import real_now
from accounts.models import Attempt, AuditEntry, Member, Message, WebhookEndpoint
from tests.accounts.factories import make_attempt, make_endpoint, make_message
from tests.visitors import shown, signed_in, told

ENDPOINTS = "/admin/accounts/webhookendpoint/"
MESSAGES = "/admin/accounts/message/"
ATTEMPTS = "/admin/accounts/attempt/"
CREATED, UPDATED = "public_incident.action_created_v1", "public_incident.action_updated_v1"


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


def secret_on(page: str) -> str:
    """The secret a page shows."""
    [secret] = re.findall(r'<code id="secret">([^<]+)</code>', page)
    return str(secret)


def add(client: Client, **facts: str | list[str]) -> str:
    """The page that follows the form of a new endpoint."""
    return shown(client.post(f"{ENDPOINTS}add/", {"app": "incidents", "url": "https://hooks.example/in"} | facts))


def press(client: Client, row: WebhookEndpoint | Message, button: str) -> list[str]:
    """Press a button of a row; what she is told."""
    page = ENDPOINTS if isinstance(row, WebhookEndpoint) else MESSAGES
    return told(client.post(f"{page}{row.pk}/press/{button}/", follow=True))


def test_a_new_endpoints_secret_is_shown_this_once(owner: Client, alice: Member):
    secret = secret_on(add(owner, events=[f"incidents {CREATED}"]))
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.events, endpoint.workspace) == ([CREATED], alice.workspace)
    assert endpoint.secrets(real_now()) == [secret]
    for page in (ENDPOINTS, f"{ENDPOINTS}{endpoint.pk}/change/", f"{ENDPOINTS}{endpoint.pk}/history/", "/admin/"):
        assert secret not in shown(owner.get(page))
    assert secret not in str([[row.get_decoded() for row in Session.objects.all()], list(AuditEntry.objects.values())])


def test_what_the_rule_refuses_is_an_error_of_the_form(owner: Client):
    assert "The address is not public" in add(owner, url="http://10.0.0.1/")
    assert not WebhookEndpoint.objects.exists()


def test_where_to_and_what_can_change(owner: Client, alice: Member):
    endpoint, secret = make_endpoint(alice, events=[CREATED])
    facts = {"url": "https://new.example/", "events": [f"incidents {UPDATED}"]}
    owner.post(f"{ENDPOINTS}{endpoint.pk}/change/", facts)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.events, endpoint.app) == ("https://new.example/", [UPDATED], "incidents")
    assert endpoint.secrets(real_now()) == [secret]


def test_saving_what_was_not_changed_changes_nothing(owner: Client, alice: Member):
    endpoint, _ = make_endpoint(alice, events=[CREATED])
    page = shown(owner.get(f"{ENDPOINTS}{endpoint.pk}/change/"))
    assert re.search(rf'value="incidents {CREATED}"[^>]* checked', page)
    owner.post(f"{ENDPOINTS}{endpoint.pk}/change/", {"url": endpoint.url, "events": [f"incidents {CREATED}"]})
    endpoint.refresh_from_db()
    assert endpoint.events == [CREATED]


def test_a_new_secret_is_shown_and_the_old_one_stays_for_a_day(owner: Client, alice: Member):
    endpoint, old = make_endpoint(alice)
    page = shown(owner.post(f"{ENDPOINTS}{endpoint.pk}/press/rotate/"))
    endpoint.refresh_from_db()
    assert endpoint.secrets(real_now()) == [secret_on(page), old]
    assert endpoint.secrets(real_now() + timedelta(days=1)) == [secret_on(page)]
    assert "Given a new secret" in shown(owner.get(f"{ENDPOINTS}{endpoint.pk}/history/"))
    owner.get(f"{ENDPOINTS}{endpoint.pk}/press/rotate/")
    endpoint.refresh_from_db()
    assert endpoint.secrets(real_now())[1] == old


def test_an_endpoint_is_tried_switched_off_and_on(owner: Client, alice: Member):
    endpoint, _ = make_endpoint(alice)
    assert press(owner, endpoint, "test") == ["“https://hooks.example/in” is sent a test event."]
    assert Message.objects.get().event == CREATED
    press(owner, endpoint, "disable")
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "Switched off by hand.")
    assert press(owner, endpoint, "test") == ["“https://hooks.example/in” stays as it is."]
    press(owner, endpoint, "enable")
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_at) == (True, None)


def test_a_message_shows_its_bytes_and_is_sent_again(owner: Client, alice: Member):
    message = make_message(alice)
    make_attempt(alice, message)
    page = shown(owner.get(f"{MESSAGES}{message.pk}/change/"))
    assert message.message_id in page
    assert "&quot;event_type&quot;:&quot;public_incident.action_created_v1&quot;" in page
    press(owner, message, "replay")
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)


def test_several_messages_are_sent_again_at_once(owner: Client, alice: Member):
    messages = [make_message(alice) for _ in range(2)]
    Message.objects.update(state="failed", due_at=None)
    owner.post(MESSAGES, {"action": "replay", "_selected_action": [str(message.pk) for message in messages]})
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}


def test_messages_are_found_by_state_event_and_id(owner: Client, alice: Member):
    one, other = make_message(alice), make_message(alice)
    Message.objects.filter(pk=other.pk).update(state="failed", due_at=None, event=UPDATED)
    for query in ({"state__exact": "failed"}, {"event": UPDATED}, {"q": other.message_id}, {"q": other.ulid}):
        page = shown(owner.get(MESSAGES, query))
        assert f"/message/{other.pk}/" in page, query
        assert f"/message/{one.pk}/" not in page, query


def test_attempts_are_found_by_their_message(owner: Client, alice: Member):
    one, other = make_attempt(alice), make_attempt(alice)
    page = shown(owner.get(ATTEMPTS, {"q": other.message.message_id}))
    assert f"/attempt/{other.pk}/" in page
    assert f"/attempt/{one.pk}/" not in page


@pytest.mark.parametrize("noun", ["message", "attempt"])
def test_nobody_writes_history_by_hand(owner: Client, alice: Member, noun: str):
    attempt = make_attempt(alice)
    row = attempt if noun == "attempt" else attempt.message
    assert owner.get(f"/admin/accounts/{noun}/add/").status_code == 403
    assert 'name="_save"' not in shown(owner.get(f"/admin/accounts/{noun}/{row.pk}/change/"))
    assert owner.post(f"/admin/accounts/{noun}/{row.pk}/change/", {"error": "none"}).status_code == 403
    assert Attempt.objects.get().error == ""


@pytest.mark.parametrize("button", ["rotate", "disable", "test"])
def test_a_stranger_presses_nothing(alice: Member, charlie: Member, button: str):
    endpoint, secret = make_endpoint(alice)
    signed_in(charlie).post(f"{ENDPOINTS}{endpoint.pk}/press/{button}/")
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.secrets(real_now())) == (True, [secret])
    assert not Message.objects.exists()
