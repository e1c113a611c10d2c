"""Writes: actions recorded and cancelled, users, transactions, in both dialects, once for each idempotency key."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Member
from actions.addresses import WORDS
from actions.amounts import LARGEST, UNIT
from actions.models import Action, ActionType, Wallet
from tests.actions.api.caller import Igni, refusals, resource
from tests.actions.api.judge import MEDIA_TYPE
from tests.actions.api.world import make_things
from tests.factories import NOON, make_key
from tests.visitors import signed_in

# Near the end of what is kept: two of it are more.
MUCH = LARGEST - 100 * UNIT
ORDER: dict[str, Any] = {"actionType": "transaction", "title": "Order"}


@pytest.fixture
def things(alice: Member) -> SimpleNamespace:
    """Rows of every kind."""
    return make_things(alice)


def test_igni_reads_its_own_words_beside_the_strict_ones(igni: Igni, api: Igni, alice: Member):
    made = igni.made("action", "/actions", type="transaction", title="Order", performer={"email": alice.email})
    assert (made["attributes"]["id"], made["attributes"]["type"]) == (made["id"], "transaction")
    assert made["attributes"]["actionType"] == "transaction"
    assert not {"id", "type"} & api.data(f"/actions/{made['id']}")["attributes"].keys()
    user = igni.data("/users")[0]
    assert user["attributes"]["id"] == int(user["id"])
    wallet = igni.data(f"/users/wallets/{user['id']}")
    assert wallet["attributes"]["id"] == int(user["id"])
    entry = igni.made("transaction", "/users/wallets/transactions", user={"id": user["id"]}, type="add", amount=1)
    assert (entry["attributes"]["id"], entry["attributes"]["type"]) == (int(entry["id"]), "add")


def test_two_names_that_disagree_are_refused(api: Igni, alice: Member):
    body = resource("action", type="event", **ORDER, performer={"email": alice.email})
    assert refusals(api.post("/actions", body), 400) == {("invalid", "/data/attributes/type")}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("250.50", b"250.5"),
        (1, b"1"),
        ("0.000001", b"0.000001"),
        ("-3.10", b"-3.1"),
        ("9000000000000.123456", b"9000000000000.123456"),
        (9000000000000, b"9000000000000"),
        ("2.505E+2", None),
        ("1.0000001", None),
        (True, None),
        ("", None),
        ("99999999999999", None),
        ([1], None),
    ],
)
def test_amounts_are_exact_or_refused(api: Igni, alice: Member, sent: Any, shown: bytes | None):
    response = api.post(
        "/actions", resource("action", **ORDER, performer={"email": alice.email}, params={"value": sent})
    )
    if shown is None:
        assert refusals(response, 400) == {("invalid", "/data/attributes/params/value")}
    else:
        assert b'"params":{"value":' + shown + b"}" in response.content


def test_a_client_may_choose_a_uuid_once(api: Igni, stranger: Igni, alice: Member, charlie: Member):
    id = str(uuid4())
    body = resource("action", id, **ORDER, performer={"email": alice.email})
    assert api.post("/actions", body).json()["data"]["id"] == id
    assert refusals(api.post("/actions", body), 409) == {("duplicate_id", "/data/id")}
    theirs = resource("action", id, **ORDER, performer={"email": charlie.email})
    assert refusals(stranger.post("/actions", theirs), 409) == {("duplicate_id", "/data/id")}
    bad = resource("action", "7", **ORDER, performer={"email": alice.email})
    assert refusals(api.post("/actions", bad), 403) == {("client_id_not_allowed", "/data/id")}
    user = resource("user", id, email="x@y.example", country="PL")
    assert refusals(api.post("/users", user), 403) == {("client_id_not_allowed", "/data/id")}


@pytest.mark.parametrize("source", ["admin", "import", "incidents", "gamification"])
def test_nobody_speaks_for_one_of_our_own_sources(api: Igni, alice: Member, source: str):
    body = resource("action", **ORDER, performer={"email": alice.email}, source=source)
    assert refusals(api.post("/actions", body), 400) == {("invalid", "/data/attributes/source")}
    facts: dict[str, Any] = {"content_type": MEDIA_TYPE, "headers": {"accept": "text/html"}}
    page = signed_in(alice).post("/actions/api/v1/actions", json.dumps(body), **facts)
    assert page.status_code == 400
    assert "is one of our own sources" in page.content.decode()
    assert not Action.objects.exists()


def test_numbers_stay_numbers_and_text_stays_text(api: Igni, alice: Member):
    ActionType.objects.of(alice.workspace).filter(slug="event").update(params=["note"])
    note = '{"price":12.50,"version":"1.10","many":[0.1,"0.1",7,"7",null,true]}'
    body = json.dumps(resource("action", **ORDER | {"actionType": "event"}, performer={"email": alice.email}, params=0))
    made = api.post("/actions", body.replace('"params": 0', f'"params": {{"note": {note}}}'))
    assert made.status_code == 201, made.content
    for answer in (made, api.get(f"/actions/{made.json()['data']['id']}")):
        params = json.loads(answer.content, parse_float=Decimal)["data"]["attributes"]["params"]
        assert params == {"note": json.loads(note, parse_float=Decimal)}


def test_an_external_id_is_told_once_by_each_source(api: Igni, alice: Member):
    facts = {**ORDER, "performer": {"email": alice.email}, "externalId": "1042"}
    api.made("action", "/actions", **facts)
    body = resource("action", **facts)
    assert refusals(api.post("/actions", body), 409) == {("duplicate_external_id", "/data/attributes/externalId")}
    api.made("action", "/actions", **facts, source="shop")


def test_people_are_named_by_attribute_or_relationship_and_never_both(api: Igni, things: SimpleNamespace):
    linked = {"performer": {"data": {"type": "user", "id": str(things.bea.pk)}}}
    made = api.post("/actions", resource("action", None, linked, **ORDER, referrer={"id": str(things.ada.pk)})).json()
    related = made["data"]["relationships"]
    assert [related[name]["data"]["id"] for name in ("performer", "referrer")] == [
        str(things.bea.pk),
        str(things.ada.pk),
    ]
    both = resource("action", None, linked, **ORDER, performer={"id": things.bea.pk})
    assert refusals(api.post("/actions", both), 400) == {("invalid", "/data/attributes/performer")}
    unknown = resource("action", **ORDER, performer={"email": "nobody@y.example"})
    assert refusals(api.post("/actions", unknown), 404) == {("related_not_found", "/data/attributes/performer/email")}
    lost = {"performer": {"data": {"type": "user", "id": "9" * 30}}}
    where = "/data/relationships/performer/data/id"
    assert refusals(api.post("/actions", resource("action", None, lost, **ORDER)), 404) == {
        ("related_not_found", where)
    }


@pytest.mark.parametrize(
    "wrong",
    [{}, {"email": 1}, {"id": True}, {"email": "a@b.example", "id": 1}, {"nick": "x"}, [], "x", 0],
)
def test_a_person_named_strangely_is_refused(api: Igni, wrong: Any):
    response = api.post("/actions", resource("action", **ORDER, performer=wrong))
    [(code, pointer)] = refusals(response, 400)
    assert code == "invalid"
    assert pointer.startswith("/data/attributes/performer")


def test_types_decide_what_may_be_told(api: Igni, things: SimpleNamespace):
    performer = {"id": things.ada.pk}
    inactive = resource("action", actionType="award", title="x", performer=performer)
    assert refusals(api.post("/actions", inactive), 422) == {("action_type_inactive", "/data/attributes/actionType")}
    undeclared = resource("action", actionType="event", title="x", performer=performer, params={"value": 1})
    where = "/data/attributes/params/value"
    assert refusals(api.post("/actions", undeclared), 422) == {("parameter_not_declared", where)}


def test_an_action_is_cancelled_once_and_nothing_else_of_it_changes(api: Igni, igni: Igni, things: SimpleNamespace):
    id = str(things.paid)
    where = f"/actions/{id}"
    assert api.data(where)["attributes"]["points"] == 5
    reason = resource("action", id, cancelled=True, cancelReason="returned")
    cancelled = api.send("patch", where, reason).json()["data"]["attributes"]
    assert (cancelled["cancelled"], cancelled["cancelReason"], cancelled["points"]) == (True, "returned", 0)
    assert igni.send("put", where, resource("action", cancelled="1")).json()["data"]["attributes"]["cancelled"] is True
    back = resource("action", id, cancelled=False)
    assert refusals(api.send("patch", where, back), 403) == {("immutable_attribute", "/data/attributes/cancelled")}
    title = resource("action", id, cancelled=True, title="x")
    assert refusals(api.send("patch", where, title), 403) == {("immutable_attribute", "/data/attributes/title")}
    other = resource("action", str(uuid4()), cancelled=True)
    assert refusals(api.send("patch", where, other), 409) == {("id_mismatch", "/data/id")}
    assert refusals(api.send("patch", where, resource("user", id)), 409) == {("type_mismatch", "/data/type")}
    assert refusals(api.send("patch", where, resource("action", cancelled=True)), 400) == {("required", "/data")}
    assert refusals(api.send("patch", where, resource("action", id)), 400) == {("required", "/data/attributes")}
    vague = resource("action", id, cancelled="yes")
    assert refusals(api.send("patch", where, vague), 400) == {("invalid", "/data/attributes/cancelled")}


def test_somebody_new_is_created_once(api: Igni, things: SimpleNamespace):
    person = {"person": {"firstName": "Dee", "lastName": "Wilk"}}
    facts = {"email": "Dee@y.example", "country": "pl", "active": 1, "subject": person}
    made = api.made("user", "/users", **facts, referrer={"referralCode": things.ada.referral_code})
    assert (made["attributes"]["nameDisplay"], made["attributes"]["countryId"]) == ("Dee Wilk", "PL")
    assert made["attributes"]["active"] is True
    assert "password" not in made["attributes"]
    assert api.data(f"/users/{made['id']}/enroller")["id"] == str(things.ada.pk)
    assert api.data(f"/users/{things.ada.pk}/enroller") is None
    again = refusals(api.post("/users", resource("user", **facts)), 409)
    assert again == {("duplicate_email", "/data/attributes/email")}
    wrong = resource("user", email="x", country="POL", subject={"person": {"nick": 1}}, password="1")
    assert refusals(api.post("/users", wrong), 400) == {
        ("invalid", "/data/attributes/email"),
        ("invalid", "/data/attributes/country"),
        ("invalid", "/data/attributes/subject/person/nick"),
        ("invalid", "/data/attributes/password"),
    }


def test_a_payout_is_held_then_settled_once(api: Igni, things: SimpleNamespace):
    where, user = "/users/wallets/transactions", {"email": things.ada.email}
    held = api.made("transaction", where, user=user, type="sub", amount=10, realized=False)
    assert (held["attributes"]["realized"], held["attributes"]["cancelled"]) == (False, False)
    wallet = api.data(f"/users/wallets/{things.ada.pk}")["attributes"]
    # Fifty given and five paid, less twenty and ten that are held.
    assert (wallet["balanceCurrent"], wallet["balanceAccounting"]) == (25, 55)
    too_much = resource("transaction", user=user, type="sub", amount="25.000001", realized=True)
    assert refusals(api.post(where, too_much), 409) == {("insufficient_funds", "/data/attributes/amount")}
    its = f"{where}/{held['id']}"
    done = api.send("put", its, resource("transaction", realized=True)).json()["data"]["attributes"]
    assert done["realized"] is True
    assert api.send("put", its, resource("transaction", realized=True)).status_code == 200
    undo = api.send("put", its, resource("transaction", cancelled=True))
    assert refusals(undo, 409) == {("invalid_transition", "/data/attributes/cancelled")}
    amount = api.send("put", its, resource("transaction", amount=1))
    assert refusals(amount, 403) == {("immutable_attribute", "/data/attributes/amount")}


def test_all_faults_of_a_transaction_come_at_once(api: Igni):
    body = resource("transaction", type="period", amount=0, currency="euro", realized="maybe", nope=1)
    assert refusals(api.post("/users/wallets/transactions", body), 400) == {
        ("required", "/data/attributes"),
        ("invalid", "/data/attributes/type"),
        ("invalid", "/data/attributes/amount"),
        ("invalid", "/data/attributes/currency"),
        ("invalid", "/data/attributes/realized"),
        ("invalid", "/data/attributes/nope"),
    }


def test_wallets_are_there_before_anything_moves_and_experience_is_one(api: Igni, things: SimpleNamespace):
    rows = {one["id"]: one["attributes"]["balanceCurrent"] for one in api.data("/users/wallets")}
    ada, bea, cyd = (str(one.pk) for one in (things.ada, things.bea, things.cyd))
    assert rows == {ada: 35, bea: 0, f"{bea}-EUR": 7, f"{bea}-XP": 3, cyd: 0}
    assert api.data(f"/users/wallets/{bea}-XP")["attributes"]["currency"] == "XP"
    for lost in (f"{ada}-EUR", f"{ada}-PTS", "0", "x", "9" * 30, f"{bea}-XP.knowledge"):
        assert refusals(api.get(f"/users/wallets/{lost}"), 404) == {("not_found", "")}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("others", "shown"), [(0, MUCH), (MUCH, LARGEST)])
def test_experience_is_exact_as_far_as_an_amount_goes(
    alice: Member, api: Igni, things: SimpleNamespace, sign: int, others: int, shown: int
):
    now = {"workspace": alice.workspace, "performer": things.ada, "created_at": NOON}
    for trait, posted in {"loyalty": MUCH, "influence": others}.items():
        Wallet.objects.create(currency=f"XP.{trait}", posted=sign * posted, **now)
    body = api.get(f"/users/wallets/{things.ada.pk}-XP").content
    assert f'"balanceCurrent":{"-" if sign < 0 else ""}{shown // UNIT}.{shown % UNIT:06}' in body.decode()


@pytest.mark.django_db(transaction=True)
def test_a_repeated_request_records_once_whichever_token_it_brings(alice: Member):
    api = Igni(make_key(alice.workspace, "actions", *WORDS)[1])
    body, key = resource("action", **ORDER, performer={"email": alice.email}), {"idempotency-key": "once"}
    first = api.post("/actions", body, headers=key)
    again = api.post("/actions", body, headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (again["Idempotent-Replayed"], again["Location"]) == ("true", first["Location"])
    other = api.post("/actions", resource("action", **ORDER, performer={"id": 1}), headers=key)
    assert refusals(other, 422) == {("idempotency_key_reused", "Idempotency-Key")}
    long = api.post("/actions", body, headers={"idempotency-key": "x" * 256})
    assert refusals(long, 400) == {("invalid", "Idempotency-Key")}
    assert len(api.data("/actions")) == 1
