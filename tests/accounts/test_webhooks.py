"""Endpoints: signatures that the vendor's own package verifies, secrets shown once, rotation, rules and the command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts import vault
from accounts.clock import real_now
from accounts.errors import Conflict
from accounts.models import Member, Message, WebhookEndpoint
from accounts.outgoing.delivery import deliver_due
from accounts.rules import (
    disable_endpoint,
    enable_endpoint,
    replay_message,
    rotate_secret,
    send_test_event,
    update_endpoint,
)
from accounts.webhooks import HookDialect, StandardWebhooks, dialect_of, emit
from accounts.webhooks.dialects import dialects
from tests.accounts.factories import make_endpoint, make_message
from tests.factories import NOON
from tests.receivers import Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Somebody who listens on this machine."""
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as made:
        yield made


@pytest.fixture
def own_data(settings: Any, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.ACTA_DATA = tmp_path
    return tmp_path


def sent(receiver: Receiver) -> Any:
    """What arrived last, once everything due was sent."""
    deliver_due(now=real_now())
    return receiver.got[-1]


# Signatures


def test_the_vendors_package_verifies_what_arrives(alice: Member, receiver: Receiver):
    endpoint, secret = make_endpoint(alice, receiver.url)
    make_message(alice, endpoint)
    got = sent(receiver)
    assert Webhook(secret).verify(got.body, got.headers) == got.json()


def test_what_was_changed_on_the_way_is_not_verified(alice: Member, receiver: Receiver):
    endpoint, secret = make_endpoint(alice, receiver.url)
    make_message(alice, endpoint)
    got = sent(receiver)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body + b" ", got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body, got.headers | {"webhook-id": "msg_other"})
    with pytest.raises(WebhookVerificationError):
        Webhook(StandardWebhooks().new_secret()).verify(got.body, got.headers)


def test_the_signature_follows_svixs_convention(alice: Member, receiver: Receiver):
    endpoint, secret = make_endpoint(alice, receiver.url)
    make_message(alice, endpoint)
    got = sent(receiver)
    scheme, _, rest = secret.partition("_")
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.new(base64.b64decode(rest), signed, hashlib.sha256).digest()).decode()
    assert (scheme, len(base64.b64decode(rest))) == ("whsec", 24)
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.headers["webhook-id"].startswith("msg_")
    assert abs(int(got.headers["webhook-timestamp"]) - real_now().timestamp()) < 10


def test_during_a_rotation_both_secrets_verify_and_then_only_the_new(alice: Member, receiver: Receiver):
    endpoint, old = make_endpoint(alice, receiver.url)
    endpoint, new = rotate_secret(endpoint, actor=alice, now=real_now(), grace=timedelta(hours=1))
    make_message(alice, endpoint)
    got = sent(receiver)
    assert len(got.headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(got.body, got.headers)
    WebhookEndpoint.objects.update(old_secret_until=real_now())
    make_message(alice, endpoint)
    got = sent(receiver)
    Webhook(new).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(got.body, got.headers)


def test_a_message_put_down_before_a_rotation_is_signed_as_of_its_attempt(alice: Member, receiver: Receiver):
    endpoint, _ = make_endpoint(alice, receiver.url)
    make_message(alice, endpoint)
    _, new = rotate_secret(endpoint, actor=alice, now=real_now(), grace=timedelta())
    got = sent(receiver)
    Webhook(new).verify(got.body, got.headers)


# Secrets at rest


def test_no_secret_stands_in_the_database(alice: Member):
    endpoint, secret = make_endpoint(alice)
    rotate_secret(endpoint, actor=alice, now=real_now())
    [row] = WebhookEndpoint.objects.values()
    assert secret.removeprefix("whsec_") not in str(row)
    endpoint.refresh_from_db()
    assert endpoint.secrets(real_now())[1] == secret


def test_the_key_is_for_its_owner_alone_and_made_once(own_data: Path):
    with ThreadPoolExecutor(10) as pool:
        locked = list(pool.map(vault.lock, ["whsec_x"] * 10))
    assert {vault.unlock(one) for one in locked} == {"whsec_x"}
    [key] = own_data.iterdir()
    assert (key.name, stat.S_IMODE(key.stat().st_mode)) == ("vault_key", 0o600)


def test_another_key_opens_nothing(own_data: Path, settings: Any, tmp_path: Path):
    locked = vault.lock("whsec_x")
    settings.ACTA_DATA = tmp_path / "other"
    settings.ACTA_DATA.mkdir()
    with pytest.raises(vault.Unreadable):
        vault.unlock(locked)


# Rules


def test_what_an_endpoint_is_told_can_change(alice: Member, receiver: Receiver):
    endpoint, _ = make_endpoint(alice)
    waiting = make_message(alice, endpoint)
    update_endpoint(endpoint, actor=alice, at=NOON, url=receiver.url, events=["public_incident.action_created_v1"])
    assert sent(receiver).id == waiting.message_id
    with pytest.raises(ValidationError):
        update_endpoint(endpoint, actor=alice, at=NOON, url="ftp://hooks.example")


def test_an_app_without_webhooks_says_so(alice: Member):
    with pytest.raises(ValidationError) as refused:
        make_endpoint(alice, app="cadences")
    assert refused.value.message_dict == {"app": ["cadences sends no webhooks."]}


def test_what_is_off_takes_no_test_and_no_replay(alice: Member):
    endpoint, _ = make_endpoint(alice)
    message = make_message(alice, endpoint)
    endpoint = disable_endpoint(endpoint, actor=alice, now=real_now())
    again = disable_endpoint(endpoint, actor=alice, now=real_now())
    assert again.disabled_at == endpoint.disabled_at
    with pytest.raises(Conflict):
        send_test_event(endpoint, actor=alice, at=NOON)
    with pytest.raises(Conflict):
        replay_message(message, actor=alice, now=real_now())
    enable_endpoint(endpoint, actor=alice, at=NOON)
    send_test_event(endpoint, actor=alice, at=NOON)


def test_what_is_under_way_is_not_replayed(alice: Member):
    message, now = make_message(alice), real_now()
    Message.objects.update(lease="0" * 32, lease_until=now + timedelta(minutes=1))
    replay_message(message, actor=alice, now=now)
    assert Message.objects.get().lease is not None


def test_a_test_event_looks_like_one_of_the_vendors(alice: Member, receiver: Receiver):
    endpoint, _ = make_endpoint(alice, receiver.url)
    send_test_event(endpoint, actor=alice, at=NOON)
    body = sent(receiver).json()
    assert body["event_type"] == "public_incident.action_created_v1"
    assert "test event" in body[body["event_type"]]["description"]


# Dialects


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> HookDialect:
    """A vendor with nothing of his own."""
    monkeypatch.setitem(dialects, "accounts", None)
    return HookDialect("accounts")


def test_a_new_event_is_a_function_and_its_name(alice: Member, plain: HookDialect):
    @plain.renders("member_waved")
    def waved(endpoint: WebhookEndpoint, *, hands: int) -> dict[str, int]:
        return {"hands": hands}

    assert plain.types() == ["member_waved"]
    with pytest.raises(ValueError, match="already"):
        plain.renders("member_waved")(waved)
    assert plain.render(plain.event("member_waved"), alice, hands=2).body == b'{"hands":2}'


def test_an_app_that_tells_nothing_is_named(alice: Member):
    with pytest.raises(LookupError, match="accounts sends no webhooks"), transaction.atomic():
        emit("member_waved", alice)


def test_incidents_speaks_standard_webhooks_as_patiently_as_svix():
    dialect = dialect_of("incidents")
    assert isinstance(dialect.signing, StandardWebhooks)
    assert sum(dialect.delays, timedelta()) > timedelta(days=1)
    assert dialect.patience == timedelta(days=5)


# The command


def run(*arguments: str) -> tuple[str, str]:
    """What it printed, and what it said."""
    out, talk = io.StringIO(), io.StringIO()
    call_command("createwebhook", *arguments, stdout=out, stderr=talk)
    return out.getvalue(), talk.getvalue()


def test_the_command_prints_the_secret_and_nothing_else(alice: Member):
    printed, said = run(
        "wonderland", "incidents", "https://hooks.example", "--event", "public_incident.action_updated_v1"
    )
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.secrets(real_now()) == [printed.strip()]
    assert (endpoint.workspace, endpoint.events) == (alice.workspace, ["public_incident.action_updated_v1"])
    assert f"/admin/accounts/webhookendpoint/{endpoint.pk}/change/" in said
    assert printed.strip() not in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "incidents", "https://hooks.example"], "There is no workspace nowhere"),
        (["wonderland", "incidents", "http://127.0.0.1"], "url: The address is not public"),
        (["wonderland", "incidents", "https://hooks.example", "--event", "x"], "events: incidents has no events x."),
        (["wonderland", "cadences", "https://hooks.example"], "app: cadences sends no webhooks."),
    ],
)
def test_its_mistakes_are_sentences(alice: Member, arguments: list[str], sentence: str):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
