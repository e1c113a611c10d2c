"""The calls of Igni's plugin for shops, with a client's token, and everything it relies on in what comes back."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import Key, Member
from tests.actions.api.caller import ROOT, resource
from tests.actions.api.judge import MEDIA_TYPE, judged
from tests.actions.api.world import make_things
from tests.actions.factories import make_performer

MOVES = "/users/wallets/transactions"


class Plugin:
    """It says the type of its bodies even where it sends none, and reads nothing of an answer but the body."""

    def __init__(self, key: Key, secret: str) -> None:
        form = {"grant_type": "client_credentials", "client_id": key.ulid, "client_secret": secret}
        sent: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"}
        self.token = Client().post(f"{ROOT}/oauth2/token", urlencode(form), **sent).json()["access_token"]
        self.client = Client(headers={"authorization": f"Bearer {self.token}", "accept": "*/*"})

    def get(self, url: str) -> Any:
        """A document that came without a redirect."""
        return self._read("get", url, self.client.get(ROOT + url, headers={"content-type": MEDIA_TYPE}))

    def send(self, method: str, url: str, type_: str, **attributes: Any) -> Any:
        """What a write is answered with."""
        body = json.dumps(resource(type_, **attributes))
        return self._read(method, url, getattr(self.client, method)(ROOT + url, body, content_type=MEDIA_TYPE))

    def post(self, url: str, type_: str, **attributes: Any) -> Any:
        """What a new resource is answered with."""
        return self.send("post", url, type_, **attributes)

    def _read(self, method: str, url: str, response: Any) -> Any:
        body = judged(method, url, response, igni=True).json()
        assert isinstance(body, dict)
        assert body
        return body


@pytest.fixture
def plugin(client_key: tuple[Key, str]) -> Plugin:
    """The plugin, set up with a client of Alice's workspace."""
    return Plugin(*client_key)


@pytest.fixture
def things(alice: Member) -> SimpleNamespace:
    """Rows of every kind."""
    return make_things(alice)


def test_actions_that_stand_with_who_did_them(plugin: Plugin, things: SimpleNamespace):
    body = plugin.get("/actions?filter[cancelled]=0&include=performer")
    stand = [one for one in things.deeds if one != things.deeds[3]]
    assert {one["id"] for one in body["data"]} == {str(one.pk) for one in stand} | {str(things.paid)}
    people = {one["id"]: one for one in body["included"]}
    assert {one["type"] for one in people.values()} == {"user"}
    for one in body["data"]:
        performer = people[one["relationships"]["performer"]["data"]["id"]]
        assert "@" in performer["attributes"]["email"]
        assert "data" in one["relationships"]["referrer"]
        assert one["attributes"]["title"].startswith("Deed ")
        assert one["attributes"]["createdAt"]
        assert isinstance(one["attributes"]["params"], dict)
    values = {one["attributes"]["title"]: one["attributes"]["params"].get("value") for one in body["data"]}
    assert values == {"Deed 0": 1, "Deed 1": None, "Deed 2": 3}


def test_a_user_by_her_email(plugin: Plugin, things: SimpleNamespace):
    [first] = plugin.get("/users?filter[email]=bea@y.example")["data"]
    assert (first["type"], first["attributes"]["id"]) == ("user", things.bea.pk)
    assert first["attributes"]["referralCode"] == things.bea.referral_code
    assert plugin.get("/users?filter%5Bemail%5D=bea%40y.example")["data"] == [first]
    assert plugin.get("/users?filter[email]=nobody@y.example")["data"] == []


def test_addresses_are_made_of_whole_numbers(plugin: Plugin, things: SimpleNamespace):
    id = things.ada.pk
    user, wallet = (plugin.get(f"{where}/{id}")["data"] for where in ("/users", "/users/wallets"))
    assert (user["id"], user["attributes"]["id"]) == (str(id), id)
    assert (wallet["id"], wallet["attributes"]["id"]) == (str(id), id)
    assert (wallet["type"], wallet["attributes"]["currency"]) == ("wallet", "PTS")
    assert wallet["relationships"]["user"]["data"] == {"type": "user", "id": str(id)}
    entry = plugin.get(f"{MOVES}/{things.moves[0].pk}")["data"]
    assert (entry["id"], entry["attributes"]["id"]) == (str(things.moves[0].pk), things.moves[0].pk)


def test_a_wallet_says_what_it_holds(plugin: Plugin, things: SimpleNamespace):
    # Fifty were given and five earned; twenty wait to leave, which is not yet accounted for.
    wallet = plugin.get(f"/users/wallets/{things.ada.pk}")["data"]["attributes"]
    assert (wallet["balanceAccounting"], wallet["balanceCurrent"]) == (55, 35)
    assert type(wallet["balanceAccounting"]) is int
    plugin.post(MOVES, "transaction", user={"email": things.bea.email}, type="add", amount="12.50", realized=True)
    assert plugin.get(f"/users/wallets/{things.bea.pk}")["data"]["attributes"]["balanceAccounting"] == 12.5
    assert plugin.get(f"/users/wallets/{things.cyd.pk}")["data"]["attributes"]["balanceAccounting"] == 0


def test_a_customer_signs_up_and_buys(plugin: Plugin, things: SimpleNamespace):
    named = {"person": {"firstName": "Cyd", "lastName": "Wilk"}}
    facts: dict[str, Any] = {"email": "wilk@y.example", "country": "PL", "active": 1, "subject": named}
    made = plugin.post("/users", "user", **facts, referrer={"referralCode": things.bea.referral_code})["data"]
    assert type(made["attributes"]["id"]) is int
    shown = plugin.get(f"/users/{made['attributes']['id']}")["data"]
    assert (shown["attributes"]["email"], shown["attributes"]["nameDisplay"]) == ("wilk@y.example", "Cyd Wilk")
    enroller = plugin.get(f"/users/{made['attributes']['id']}/enroller")["data"]
    assert enroller["attributes"]["id"] == things.bea.pk
    order: dict[str, Any] = {"title": "Order 1042", "takenAt": "2026-03-02 14:05:00", "params": {"value": "250.50"}}
    people: dict[str, Any] = {"performer": {"email": "wilk@y.example"}, "referrer": {"email": things.bea.email}}
    action = plugin.post("/actions", "action", type="transaction", **order, **people)["data"]
    assert (action["attributes"]["type"], action["attributes"]["params"]["value"]) == ("transaction", 250.5)
    assert action["relationships"]["referrer"]["data"]["id"] == str(things.bea.pk)
    gone = plugin.send("put", f"/actions/{action['id']}", "action", cancelled="1")["data"]
    assert gone["attributes"]["cancelled"] is True
    assert action["id"] not in {one["id"] for one in plugin.get("/actions?filter[cancelled]=0")["data"]}


def test_a_coupon_is_paid_for_at_once(plugin: Plugin, things: SimpleNamespace):
    facts: dict[str, Any] = {"type": "sub", "amount": 10, "realized": True, "description": "Coupon"}
    made = plugin.post(MOVES, "transaction", user={"referralCode": things.ada.referral_code}, **facts)["data"]
    shown = plugin.get(f"{MOVES}/{made['attributes']['id']}")["data"]["attributes"]
    assert (shown["realized"], shown["cancelled"], shown["type"]) == (True, False, "sub")
    assert plugin.get(f"/users/wallets/{things.ada.pk}")["data"]["attributes"]["balanceAccounting"] == 45


@pytest.mark.parametrize(
    ("change", "read", "accounting", "current"),
    [({"realized": True}, (True, False), 45, 25), ({"cancelled": True}, (False, True), 55, 35)],
)
def test_a_payout_waits_and_is_settled(
    plugin: Plugin, things: Any, change: Any, read: Any, accounting: Any, current: Any
):
    facts: dict[str, Any] = {"type": "sub", "amount": 10, "realized": False, "description": "Payout request"}
    made = plugin.post(MOVES, "transaction", user={"email": things.ada.email}, **facts)["data"]["attributes"]
    where = f"{MOVES}/{made['id']}"

    def state() -> tuple[Any, Any]:
        shown = plugin.get(where)["data"]["attributes"]
        return shown["realized"], shown["cancelled"]

    assert state() == (False, False)
    assert {type(one) for one in state()} == {bool}
    for _ in range(2):
        plugin.send("put", where, "transaction", **change)
        assert state() == read
        assert {type(one) for one in state()} == {bool}
    wallet = plugin.get(f"/users/wallets/{things.ada.pk}")["data"]["attributes"]
    assert (wallet["balanceAccounting"], wallet["balanceCurrent"]) == (accounting, current)


@pytest.mark.parametrize("path", ["/actions", "/users", "/users/wallets", MOVES])
def test_an_empty_query_is_no_query(plugin: Plugin, things: SimpleNamespace, path: str):
    assert plugin.get(f"{path}?")["data"] == plugin.get(path)["data"] != []


def test_a_refusal_has_a_body_too(plugin: Plugin, alice: Member):
    make_performer(alice)
    again = plugin.post("/users", "user", email=alice.email, country="PL")
    assert [one["status"] for one in again["errors"]] == ["409"]
    poor = plugin.post(MOVES, "transaction", user={"email": alice.email}, type="sub", amount=1, description="Coupon")
    assert [one["code"] for one in poor["errors"]] == ["insufficient_funds"]
    nothing = plugin.post("/actions", "action")
    assert len(nothing["errors"]) >= 3


def test_a_wrong_secret_is_explained_in_words(client_key: tuple[Key, str]):
    form = {"grant_type": "client_credentials", "client_id": client_key[0].ulid, "client_secret": "act_wrong"}
    sent: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"}
    response = Client().post(f"{ROOT}/oauth2/token", urlencode(form), **sent)
    assert (response.status_code, response.json()["message"]) == (401, "Client authentication failed")
