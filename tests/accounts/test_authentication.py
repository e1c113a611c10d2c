"""Who is let in by a header, for how long she is remembered, and what that costs."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.api import authentication
from accounts.api.authentication import KeyRing, keyring
from accounts.callers import Caller
from accounts.clock import real_now
from accounts.models import Key, Member
from accounts.rules import create_login, revoke_key
from incidents.api.dialect import IncidentDialect
from incidents.roles import NAMES
from tests.clients_of import Api
from tests.factories import make_key, make_workspace
from tests.incidents.factories import make_action
from tests.threads import at_once

IDENTITY = "/incidents/v1/identity"


class Watch:
    """The machine's clocks as authentication reads them, moved by hand."""

    def __init__(self) -> None:
        self.start, self.seconds = real_now(), 0.0

    def monotonic(self) -> float:
        """Seconds since it was made."""
        return 1000.0 + self.seconds

    def real_now(self) -> Any:
        """The time of day."""
        return self.start + timedelta(seconds=self.seconds)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Time that passes only when told."""
    made = Watch()
    monkeypatch.setattr(authentication, "time", SimpleNamespace(monotonic=made.monotonic))
    monkeypatch.setattr(authentication, "real_now", made.real_now)
    return made


@pytest.fixture
def key(api: Api) -> Key:
    """The key of that API."""
    return Key.objects.get(name="Everything")


def status(header: str | None) -> tuple[int, str]:
    """What a request with this `Authorization` header is answered: the status, and the code of the error."""
    response = Client(headers={} if header is None else {"authorization": header}).get(IDENTITY)
    body = response.json()
    return response.status_code, body["errors"][0]["code"] if "errors" in body else ""


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
@pytest.mark.parametrize("spaces", [" ", "   "])
def test_the_word_bearer_may_be_written_in_any_case(token: str, scheme: str, spaces: str) -> None:
    assert status(f"{scheme}{spaces}{token}") == (200, "")


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "{token}",
        "Basic {token}",
        "Token {token}",
        "Bearer:{token}",
        "Bearer\t{token}",
        "Bearer {token}x",
        "Bearer x{token}",
        "Bearer {token} {token}",
        "Bearer {token},Bearer {token}",
        "Bearer {token}, Basic x",
        "Bearer Bearer {token}",
        'Bearer "{token}"',
        "Bearer é",
        "Bearer \x00",
        "Bearer {token}\x00",
        "Bearer " + "inc_" * 100_000,
        "Bearer %s",
    ],
)
def test_any_other_header_is_an_invalid_token(token: str, header: str) -> None:
    assert status(header.replace("{token}", token)) == (401, "access_token_invalid")


def test_no_header_is_missing_material(db: None) -> None:
    assert status(None) == (401, "missing_authorization_material")


def test_a_token_in_the_query_is_no_credential(token: str) -> None:
    for name in ("token", "access_token", "api_key", "personal_api_key"):
        assert Client().get(IDENTITY, {name: token}).status_code == 401


def test_another_vendors_header_is_no_credential(token: str) -> None:
    assert Client(headers={"x-api-token": token}).get(IDENTITY).status_code == 401


def test_a_refused_request_says_nothing_of_limits(db: None) -> None:
    response = Api("incidents", "inc_nobody").get("/v1/identity")
    assert response["WWW-Authenticate"] == "Bearer"
    assert not [name for name in response.headers if name.startswith("X-RateLimit")]


@pytest.mark.parametrize("app", ["cadences", "analytics", "gamification", "actions"])
def test_a_token_of_another_app_is_an_invalid_one(alice: Member, app: str) -> None:
    _key, token = make_key(alice.workspace, app, *NAMES)
    assert status(f"Bearer {token}") == (401, "access_token_invalid")


def test_a_key_opens_its_own_workspace_only(api: Api, strangers_api: Api, alice: Member) -> None:
    action = make_action(alice)
    for method in ("get", "put", "delete"):
        body = {"description": "x", "status": "completed"}
        arguments = [body] if method == "put" else []
        response = getattr(strangers_api, method)(f"/v3/actions/{action.ulid}", *arguments)
        assert response.status_code == 404
    assert api.get(f"/v3/actions/{action.ulid}").json()["action"]["status"] == "outstanding"


def test_a_revoked_key_is_refused_by_the_very_next_request(api: Api, key: Key) -> None:
    assert api.get("/v1/identity").status_code == 200
    revoke_key(key, at=real_now())
    assert api.get("/v1/identity").status_code == 401


def test_a_deleted_key_is_refused_by_the_very_next_request(api: Api, key: Key) -> None:
    assert api.get("/v1/identity").status_code == 200
    key.delete()
    assert api.get("/v1/identity").status_code == 401


def test_a_remembered_key_expires_to_the_moment(api: Api, key: Key, watch: Watch) -> None:
    key.expires_at = watch.start + timedelta(seconds=2)
    key.save()
    assert api.get("/v1/identity").status_code == 200
    watch.seconds = 1.9
    assert api.get("/v1/identity").status_code == 200
    watch.seconds = 2.0
    assert api.get("/v1/identity").status_code == 401


def test_roles_taken_from_a_key_are_gone_with_the_next_request(api: Api, key: Key) -> None:
    assert api.get("/v3/actions").status_code == 200
    key.words = []
    key.save()
    assert api.get("/v3/actions").status_code == 403


def test_a_renamed_workspace_or_member_is_known_by_the_next_request(alice: Member, watch: Watch) -> None:
    _key, token = make_key(alice.workspace, member=alice)
    keyring.find("incidents", token)
    alice.name = "Alice L."
    alice.save()
    alice.workspace.name = "Looking-glass"
    alice.workspace.save()
    found = keyring.find("incidents", token)
    assert found is not None
    assert found.member is not None
    assert (found.member.name, found.workspace.name) == ("Alice L.", "Looking-glass")


@pytest.mark.django_db(transaction=True)
def test_a_key_read_while_it_was_being_revoked_is_refused_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    key, token = make_key(make_workspace())
    # SQLite has one writer at a time, and that is the one who revokes.
    monkeypatch.setattr(authentication, "note_use", lambda key, at: None)
    with transaction.atomic():
        revoke_key(key, at=real_now())
        assert at_once(1, lambda number: keyring.find("incidents", token)) == [key]
    assert keyring.find("incidents", token) is None


def test_what_another_process_revoked_is_refused_within_seconds(api: Api, key: Key, watch: Watch) -> None:
    assert api.get("/v1/identity").status_code == 200
    Key.objects.filter(pk=key.pk).update(revoked_at=watch.start)
    watch.seconds = authentication.REMEMBERED_FOR + 0.1
    assert api.get("/v1/identity").status_code == 401
    assert authentication.REMEMBERED_FOR <= 5


def test_a_remembered_key_costs_no_query(api: Api) -> None:
    with CaptureQueriesContext(connection) as first:
        api.get("/v1/identity")
    with CaptureQueriesContext(connection) as second:
        api.get("/v1/identity")
    assert len(first) == 2  # The key with its workspace and member, and when it was last used.
    assert len(second) == 0


def test_a_token_of_nobody_is_not_remembered(alice: Member, watch: Watch) -> None:
    key, token = make_key(alice.workspace)
    Key.objects.filter(pk=key.pk).update(revoked_at=watch.start)
    assert keyring.find("incidents", token) is None
    Key.objects.filter(pk=key.pk).update(revoked_at=None)
    assert keyring.find("incidents", token) == key


def test_the_last_use_moves_with_use_but_at_most_once_a_minute(api: Api, key: Key, watch: Watch) -> None:
    def used() -> float:
        api.get("/v1/identity")
        key.refresh_from_db()
        assert key.last_used_at is not None
        return (key.last_used_at - watch.start).total_seconds()

    assert used() == 0
    for watch.seconds, last in [(4, 0), (30, 0), (59, 0), (61, 61), (70, 61), (200, 200)]:
        assert used() == last
    keyring.forget()
    watch.seconds = 210
    assert used() == 200


def test_a_refused_token_is_not_noted_as_used(key: Key, token: str) -> None:
    status(f"Bearer {token[:-1]}")
    key.refresh_from_db()
    assert key.last_used_at is None


def test_a_full_ring_forgets_and_still_finds_everybody(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = KeyRing()
    monkeypatch.setattr(KeyRing, "MOST", 2)
    made = [make_key(alice.workspace) for _ in range(5)]
    for key, token in made + made:
        assert ring.find("incidents", token) == key
        assert len(ring._found) <= 2


def test_the_ring_keeps_no_token(token: str) -> None:
    keyring.find("incidents", token)
    assert token not in str(keyring._found)
    assert keyring._found


def test_a_caller_knows_its_request_and_address(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    callers: list[Caller] = []
    monkeypatch.setattr(IncidentDialect, "take", lambda self, caller: callers.append(caller))
    response = api.get("/v1/identity", REMOTE_ADDR="203.0.113.9")
    [caller] = callers
    assert caller.key is not None
    assert (caller.request_id, caller.ip) == (response["X-Request-ID"], "203.0.113.9")
    assert (caller.key.name, caller.app, caller.actor) == ("Everything", "incidents", caller.key)


@pytest.fixture
def signed_in(alice: Member) -> Client:
    """Alice in a browser that checks for forged requests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(create_login(alice, password=None))
    return client


def test_a_session_does_not_let_a_program_in(signed_in: Client) -> None:
    for accept in ("application/json", "*/*"):
        assert signed_in.get(IDENTITY, headers={"accept": accept}).status_code == 401


def test_a_session_does_not_make_up_for_a_bad_token(signed_in: Client) -> None:
    headers = {"accept": "text/html", "authorization": "Bearer nonsense"}
    assert signed_in.get(IDENTITY, headers=headers).status_code == 401


def test_a_session_does_not_count_on_an_apps_own_host(signed_in: Client) -> None:
    headers = {"accept": "text/html", "host": "incidents.localhost"}
    assert signed_in.get("/v1/identity", headers=headers).status_code == 401


def test_a_key_gets_no_page_even_beside_a_session(signed_in: Client, token: str) -> None:
    headers = {"accept": "text/html", "authorization": f"Bearer {token}"}
    assert signed_in.get(IDENTITY, headers=headers).status_code == 406
