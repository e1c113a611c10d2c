"""Documents as JSON:API 1.1 has them: media types, members, includes, fields, errors."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Member
from tests.actions.api.caller import Igni, refusals, resource
from tests.actions.api.judge import MEDIA_TYPE
from tests.actions.factories import make_performer
from tests.factories import make_key


@pytest.fixture
def order(api: Igni, alice: Member, bob: Member) -> Any:
    """Something Alice did, referred by Bob."""
    people = {"performer": {"email": alice.email}, "referrer": {"email": bob.email}}
    return api.made("action", "/actions", actionType="transaction", title="Order", params={"value": "250.50"}, **people)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (None, 200),
        ("", 200),
        ("*/*", 200),
        ("application/*", 200),
        (MEDIA_TYPE, 200),
        (MEDIA_TYPE.upper(), 200),
        (f"{MEDIA_TYPE};q=0.5", 200),
        (f'{MEDIA_TYPE};profile="https://example.org/a,b;c"', 200),
        (f"{MEDIA_TYPE};charset=utf-8, {MEDIA_TYPE}", 200),
        (f"{MEDIA_TYPE};charset=utf-8, */*", 200),
        (f"text/html, {MEDIA_TYPE};q=0.1", 200),
        (f"{MEDIA_TYPE};charset=utf-8", 406),
        (f"{MEDIA_TYPE};charset=utf-8, {MEDIA_TYPE};version=1", 406),
        (f'{MEDIA_TYPE};ext="https://example.org/bulk"', 406),
        (f'{MEDIA_TYPE};ext="https://example.org/bulk", {MEDIA_TYPE}', 200),
        (f"{MEDIA_TYPE};q=0", 406),
        (f"{MEDIA_TYPE};q=0, */*", 406),
        ("*/*;q=0", 406),
        ("application/*;q=0, */*", 406),
        ("text/html", 406),
        ("application/json", 406),
    ],
)
def test_accept_decides_whether_there_is_an_answer(api: Igni, accept: str | None, status: int):
    response = api.get("/actions", headers={} if accept is None else {"accept": accept})
    assert response.status_code == status
    if status == 406:
        assert refusals(response, 406) == {("not_acceptable", "Accept")}


@pytest.mark.parametrize(
    ("sent", "ok"),
    [
        (MEDIA_TYPE, True),
        (f'{MEDIA_TYPE}; profile="https://example.org/x"', True),
        (f"{MEDIA_TYPE}; charset=utf-8", False),
        (f'{MEDIA_TYPE}; ext="https://example.org/atomic"', False),
        ("application/json", False),
        ("text/plain", False),
    ],
)
def test_a_body_is_a_document_by_its_content_type(api: Igni, alice: Member, sent: str, ok: bool):
    body = resource("action", actionType="event", title="Came", performer={"email": alice.email})
    response = api.post("/actions", body if ok else "{}", content_type=sent)
    assert (
        response.status_code == 201 if ok else refusals(response, 415) == {("unsupported_media_type", "Content-Type")}
    )


@pytest.mark.parametrize(("sent", "status"), [(MEDIA_TYPE, 200), ("text/plain", 200), (f"{MEDIA_TYPE};charset=x", 415)])
def test_a_content_type_without_a_body_matters_only_when_it_is_ours_and_twisted(api: Igni, sent: str, status: int):
    assert api.get("/actions", CONTENT_TYPE=sent).status_code == status


def test_everything_included_comes_once_and_is_linked(api: Igni, order: Any, alice: Member, bob: Member):
    api.made("action", "/actions", actionType="event", title="Came", performer={"email": alice.email})
    paths = "performer,referrer,actionType,team,transactions,performer.team"
    body = api.get("/actions", {"include": paths}).json()
    assert [one["type"] for one in body["included"]].count("user") == 2
    assert {one["attributes"]["email"] for one in body["included"] if one["type"] == "user"} == {alice.email, bob.email}


def test_a_field_is_never_both_so_the_type_is_a_relationship_only_when_it_is_included(api: Igni, order: Any):
    plain, with_type = (
        api.data(f"/actions/{order['id']}"),
        api.data(f"/actions/{order['id']}", {"include": "actionType"}),
    )
    assert plain["attributes"]["actionType"] == "transaction"
    assert "actionType" not in plain["relationships"]
    assert "actionType" not in with_type["attributes"]
    assert with_type["relationships"]["actionType"]["data"]["type"] == "actionType"


def test_include_is_there_when_asked_for_even_if_it_is_empty(api: Igni):
    assert api.get("/actions", {"include": "referrer"}).json()["included"] == []
    assert "included" not in api.get("/actions?include=").json()


def test_fields_limit_attributes_and_relationships_and_leave_what_is_included(api: Igni, order: Any):
    query = {"fields[action]": "title,points", "include": "performer", "fields[user]": "email"}
    body = api.get(f"/actions/{order['id']}", query).json()
    assert body["data"].keys() == {"type", "id", "attributes", "links"}
    assert body["data"]["attributes"].keys() == {"title", "points"}
    [user] = body["included"]
    assert user["attributes"].keys() == {"email"}
    assert api.data(f"/actions/{order['id']}?fields[action]=")["attributes"] == {}
    only = api.data(f"/actions/{order['id']}", {"fields[action]": "performer"})
    assert (only["attributes"], only["relationships"].keys()) == ({}, {"performer"})


def test_every_fault_of_a_query_is_named_at_once(api: Igni):
    query = {
        "sort": "nope",
        "include": "nope",
        "filter[nope]": "1",
        "filter[takenAtLessEqual]": "yesterday",
        "page[number]": "0",
        "page[size]": "many",
        "fields[nope]": "x",
        "fields[action]": "nope",
        "nope": "1",
        "page[after]": "x",
    }
    assert refusals(api.get("/actions", query), 400) == {
        ("invalid_sort", "sort"),
        ("invalid_include", "include"),
        ("invalid_filter", "filter[nope]"),
        ("invalid_filter", "filter[takenAtLessEqual]"),
        ("invalid_page", "page[number]"),
        ("invalid_page", "page[size]"),
        ("invalid_page", "page[after]"),
        ("invalid_fields", "fields[nope]"),
        ("invalid_fields", "fields[action]"),
        ("invalid_query_parameter", "nope"),
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b'"data"',
        b'{"data": {"type": "action", "type": "action"}}',
        b'{"data": {"type": "action", "attributes": {"title": "a\\u0000"}}}',
        b'{"data": {"type": "action", "attributes": {"params": {"x": [["\\u0000"]]}}}}',
        b'{"data": {"type": "action", "attributes": {"title": "\\ud800"}}}',
        b'{"data": {"type": "action", "attributes": {"params": {"value": NaN}}}}',
        b'{"data": {"type": "action", "attributes": {"params": {"value": 1' + b"0" * 200 + b"}}}}",
        b'{"data": {"type": "action", "attributes": {"params": {"value": 1e999999999}}}}',
        b'{"data":' * 100 + b"1" + b"}" * 100,
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_document_is_a_400_with_a_document(api: Igni, raw: bytes):
    assert {pointer for _, pointer in refusals(api.post("/actions", raw), 400)} <= {"", "/data"}


def test_all_faults_of_a_document_come_at_once_with_pointers_that_exist(api: Igni):
    body = resource(
        "action", actionType="transaction", tilte="x", params={"value": "1.0000001", "a/b": 1}, takenAt="now"
    )
    assert refusals(api.post("/actions", body), 400) == {
        ("invalid", "/data/attributes/tilte"),
        ("required", "/data/attributes"),
        ("invalid", "/data/attributes/params/value"),
        ("parameter_not_declared", "/data/attributes/params/a~1b"),
        ("invalid", "/data/attributes/takenAt"),
    }


@pytest.mark.parametrize("path", ["/nowhere", "/actions/x/nowhere", "/users/1/wallets/2", ""])
def test_an_unknown_path_is_refused_with_a_document(api: Igni, path: str):
    assert refusals(api.get(path), 404) == {("not_found", "")}


def test_an_action_is_never_deleted_and_other_methods_are_refused_with_a_document(api: Igni, order: Any):
    response = api.send("delete", f"/actions/{order['id']}")
    assert refusals(response, 405) == {("method_not_allowed", "")}
    assert response["Allow"] == "GET, PUT, PATCH, HEAD, OPTIONS"
    assert refusals(api.post("/users/wallets", {}), 405) == {("method_not_allowed", "")}


def test_a_body_beyond_the_limit_is_refused_with_a_document(api: Igni):
    assert refusals(api.post("/actions", b" " * (1 << 20) + b"{}"), 413) == {("payload_too_large", "")}


def test_every_link_leads_somewhere_and_every_path_works_with_a_slash(api: Igni, order: Any, alice: Member):
    def links(part: Any) -> Any:
        for name, value in (
            part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        ):
            if name in ("self", "related", "first", "last") and isinstance(value, str):
                yield value.removeprefix("http://testserver/actions/api/v1")
            yield from links(value)

    user = make_performer(alice).pk
    paths = ["/actions", f"/actions/{order['id']}?include=actionType,performer.team", "/users?include=wallets"]
    paths += [f"/users/{user}", f"/users/wallets/{user}", "/users/wallets/transactions", "/action-types", "/teams"]
    found = {link for path in paths for link in links(api.get(path).json())}
    assert len(found) > 20
    for link in found:
        path, mark, query = link.partition("?")
        assert api.client.get(f"{api.prefix}{link}").status_code == 200, link
        assert api.client.get(f"{api.prefix}{path}/{mark}{query}").status_code == 200, link


@pytest.mark.parametrize("rel", ["performer", "referrer", "actionType", "team", "transactions"])
def test_relationships_can_be_read_and_not_changed(api: Igni, order: Any, rel: str, stranger: Igni):
    where = f"/actions/{order['id']}/relationships/{rel}"
    assert api.get(where).json()["links"]["related"].endswith(f"/{order['id']}/{rel}")
    for method in ("post", "patch", "delete"):
        assert refusals(api.send(method, where, {"data": None}), 403) == {("unsupported_operation", "")}
        assert refusals(stranger.send(method, where, {"data": None}), 404) == {("not_found", "")}


def test_the_singular_alias_answers_with_canonical_links(api: Igni, order: Any, alice: Member):
    user = make_performer(alice).pk
    assert api.data(f"/action/{order['id']}") == order
    for alias, path in ((f"/user/{user}", f"/users/{user}"), (f"/wallet/{user}", f"/users/wallets/{user}")):
        assert api.get(alias).json() == api.get(path).json()


def test_a_missing_scope_is_a_403_also_for_what_is_included(alice: Member, order: Any):
    key = Igni(make_key(alice.workspace, "actions", "actions:read")[1])
    assert key.get("/actions").status_code == 200
    assert refusals(key.get("/actions", {"include": "performer"}), 403) == {("missing_scope", "include")}
    assert refusals(key.get("/users"), 403) == {("missing_scope", "Authorization")}
    assert refusals(key.post("/actions", {}), 403) == {("missing_scope", "Authorization")}


def test_too_many_requests_are_a_429_with_a_document(alice: Member):
    key = Igni(make_key(alice.workspace, "actions", "actions:read", limit=1)[1])
    key.get("/actions")
    response = key.get("/actions")
    assert refusals(response, 429) == {("throttled", "")}
    assert int(response["Retry-After"]) >= 1
