"""Tokens of OAuth clients: fetched with a form, good for two days, in Igni's dialect, gone with their client."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.clock import real_now
from accounts.models import Key, Member
from accounts.rules import revoke_key
from accounts.rules.keys import MOST_TOKENS
from tests.actions.api.caller import Igni, refusals

WHERE = "/actions/api/v1/oauth2/token"


def ask(key: tuple[Key, str], where: str = WHERE, headers: Any = None, **form: str) -> Any:
    """Ask for a token as Igni's plugin does."""
    client, secret = key
    sent = {"grant_type": "client_credentials", "client_id": client.ulid, "client_secret": secret} | form
    body = "&".join(f"{name}={value}" for name, value in sent.items() if value)
    return Client().post(where, body, content_type="application/x-www-form-urlencoded", headers=headers)


def test_a_client_gets_a_token_that_speaks_igni(client_key: tuple[Key, str]):
    response = ask(client_key)
    body = response.json()
    assert (body["token_type"], body["expires_in"], body.keys()) == (
        "Bearer",
        172800,
        {"token_type", "expires_in", "access_token"},
    )
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    [kind, *_] = Igni(body["access_token"], igni=True).data("/action-types")
    assert kind["type"] == "actionType"
    assert ask(client_key, WHERE + "/").status_code == 200


def test_a_client_may_name_itself_in_the_header(client_key: tuple[Key, str]):
    client, secret = client_key
    basic = base64.b64encode(f"{client.ulid}:{secret}".encode()).decode()
    named = {"authorization": f"Basic {basic}"}
    assert ask(client_key, headers=named, client_id="", client_secret="").status_code == 200
    assert ask(client_key, headers={"authorization": "Basic ?"}, client_id="", client_secret="").status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "act_x"}, 401, "invalid_client"),
        ({"client_id": "01FCNDV6P870EA6S7TK1DSYDG0"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_what_is_wrong_is_said_in_oauths_words(client_key: Any, form: dict[str, str], status: int, error: str):
    response = ask(client_key, **form)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.json().keys() == {"error", "message"}


def test_a_token_ends_with_its_time_and_with_its_client(client_key: tuple[Key, str]):
    old, new = (Igni(ask(client_key).json()["access_token"], igni=True) for _ in range(2))
    first = Key.objects.filter(kind="token").order_by("pk").first()
    assert first
    first.expires_at = real_now() - timedelta(seconds=1)
    first.save()
    assert refusals(old.get("/actions"), 401) == {("token_expired", "Authorization")}
    assert new.get("/actions").status_code == 200
    revoke_key(client_key[0], at=real_now())
    response = new.get("/actions")
    assert refusals(response, 401) == {("not_authenticated", "Authorization")}
    assert response["WWW-Authenticate"] == "Bearer"
    assert ask(client_key).status_code == 401


def test_a_client_has_only_so_many_tokens(client_key: tuple[Key, str]):
    for _ in range(MOST_TOKENS + 2):
        ask(client_key)
    assert Key.objects.filter(kind="token").count() == MOST_TOKENS


def test_a_secret_is_no_token_and_a_host_is_one_workspaces(client_key: tuple[Key, str], alice: Member, charlie: Member):
    assert refusals(Igni(client_key[1]).get("/actions"), 401) == {("not_authenticated", "Authorization")}
    hers, his = f"{alice.workspace.slug}.actions.localhost", f"{charlie.workspace.slug}.actions.localhost"
    token = ask(client_key, "/api/v1/oauth2/token", {"host": hers}).json()["access_token"]
    assert ask(client_key, "/api/v1/oauth2/token", {"host": his}).status_code == 401
    assert Igni(token, igni=True, host=hers).get("/actions").status_code == 200
    assert refusals(Igni(token, igni=True, host=his).get("/actions"), 401) == {("not_authenticated", "Authorization")}
