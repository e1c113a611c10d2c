"""The envelope of every refusal, who is let in, and by which door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from accounts.models import Member
from incidents.roles import NAMES, SCOPES, scopes_of
from tests.clients_of import Api
from tests.factories import make_key
from tests.incidents.factories import make_action


def envelope(response: Any, status: int, type_: str, code: str) -> dict[str, Any]:
    """The body of a refusal, checked against what every refusal has."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = orjson.loads(response.content)
    assert (body["type"], body["status"], body["errors"][0]["code"]) == (type_, status, code)
    assert body["request_id"] == response["X-Request-ID"]
    UUID(body["request_id"])
    assert all(error["message"] for error in body["errors"])
    return body


def test_without_a_credential(db: None) -> None:
    response = Api("incidents", None).get("/v3/actions")
    envelope(response, 401, "authentication_error", "missing_authorization_material")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["", "x", "inc_" + "0" * 64, "é", "a b", "x" * 5000, "\x00"])
def test_with_a_token_of_nobody(db: None, token: str) -> None:
    envelope(Api("incidents", token).get("/v3/actions"), 401, "authentication_error", "access_token_invalid")


def test_a_key_of_another_app_opens_nothing(alice: Member) -> None:
    _key, token = make_key(alice.workspace, "cadences", *NAMES)
    envelope(Api("incidents", token).get("/v3/actions"), 401, "authentication_error", "access_token_invalid")


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "/v2/actions"), ("post", "/v3/actions"), ("put", "/v2/actions/{}"), ("delete", "/v3/actions/{}")],
)
def test_a_viewer_changes_nothing(viewer: Api, alice: Member, method: str, path: str) -> None:
    action = make_action(alice)
    response = viewer.send(method, path.format(action.ulid), {"description": "x", "status": "completed"})
    envelope(response, 403, "resource_forbidden", "missing_permissions")
    action.refresh_from_db()
    assert action.status == "outstanding"


def test_a_key_without_roles_only_knows_itself(alice: Member) -> None:
    api = Api("incidents", make_key(alice.workspace, name="Nothing")[1])
    envelope(api.get("/v3/actions"), 403, "resource_forbidden", "missing_permissions")
    assert api.get("/v1/identity").json()["identity"] == {
        "name": "Nothing",
        "roles": [],
        "dashboard_url": "http://testserver/",
        "teams": [],
        "team_roles": [],
    }


@pytest.mark.parametrize("path", ["/v1/nothing", "/v2/severities", "/v3", "/v3/", "/v3/actions/x/y", "/v2/actions//"])
def test_an_unknown_path_is_refused_before_anybody_is_asked_who_she_is(db: None, path: str) -> None:
    envelope(Api("incidents", None).get(path), 404, "not_found", "not_found")


@pytest.mark.parametrize("method", ["patch", "post"])
def test_a_wrong_method(api: Api, alice: Member, method: str) -> None:
    response = api.send(method, f"/v3/actions/{make_action(alice).ulid}", {})
    envelope(response, 405, "method_not_allowed", "method_not_allowed")
    assert {"GET", "PUT", "DELETE"} <= set(response["Allow"].split(", "))


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/*", "text/html, */*;q=0.1", "APPLICATION/JSON"]
)
def test_json_is_acceptable(api: Api, accept: str) -> None:
    assert api.get("/v1/identity", headers={"accept": accept})["Content-Type"] == "application/json"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0"])
def test_anything_else_is_not(api: Api, accept: str) -> None:
    envelope(api.get("/v1/identity", headers={"accept": accept}), 406, "not_acceptable", "not_acceptable")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"nothing", b"{'a': 1}", b'{"description": "\\ud800"}', b'{"a": NaN}'])
def test_a_body_that_is_not_json(api: Api, body: bytes) -> None:
    envelope(api.post("/v3/actions", body), 400, "invalid_request_error", "invalid_request")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"[{}]"])
def test_json_that_is_no_object(api: Api, body: bytes) -> None:
    response = api.post("/v3/actions", body)
    assert response.status_code == 422
    assert response.json()["errors"]


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", ""]
)
def test_json_is_read_whatever_it_calls_itself(api: Api, content_type: str) -> None:
    response = api.post("/v3/actions", b'{"description": "x"}', content_type=content_type)
    assert [error["source"]["field"] for error in response.json()["errors"]] == ["incident_id"]


def test_a_form_is_not_json(api: Api) -> None:
    response = api.post("/v3/actions", b"description=x", content_type="application/x-www-form-urlencoded")
    envelope(response, 400, "invalid_request_error", "invalid_request")


def test_a_body_over_a_mebibyte(api: Api) -> None:
    response = api.post("/v3/actions", b'{"description": "' + b"x" * (1 << 20) + b'"}')
    envelope(response, 413, "payload_too_large", "payload_too_large")


def test_the_host_door_is_the_same_root(token: str, alice: Member) -> None:
    action = make_action(alice)
    by_host = Api("incidents", token, host="incidents.localhost")
    assert by_host.get(f"/v3/actions/{action.ulid}").json()["action"]["id"] == action.ulid
    envelope(by_host.get("/v2/nothing"), 404, "not_found", "not_found")


@pytest.mark.parametrize("path", ["/", "/v9/actions", "/incidents/v3/actions", "/admin/", "/docs"])
def test_behind_its_own_host_the_api_answers_everything(db: None, path: str) -> None:
    envelope(Api("incidents", None, host="incidents.localhost").get(path), 404, "not_found", "not_found")


def test_v2_says_when_upstream_switches_it_off(api: Api) -> None:
    assert api.get("/v2/actions")["Sunset"] == "Thu, 31 Dec 2026 00:00:00 GMT"
    assert api.get("/v2/actions")["Deprecation"] == "true"
    assert "Sunset" not in api.get("/v3/actions")


@pytest.mark.parametrize("path", ["/v2/actions/", "/v3/actions/", "/v1/identity/"])
def test_a_trailing_slash_is_not_redirected(api: Api, path: str) -> None:
    assert api.get(path).status_code == 200


def test_the_limit_is_told_on_every_answer(api: Api) -> None:
    for path, left in [("/v1/identity", 1199), ("/v3/actions/nope", 1198), ("/v3/actions?page_size=0", 1197)]:
        response = api.get(path)
        assert response["X-RateLimit-Limit"] == "1200, 1200;window=60"
        assert response["X-RateLimit-Remaining"] == str(left)
        assert response["X-RateLimit-Used"] == str(1200 - left)
        assert response["X-RateLimit-Reset"].isdigit()


def test_too_many_requests(alice: Member) -> None:
    action = make_action(alice)
    api = Api("incidents", make_key(alice.workspace, "incidents", *NAMES, name="Slow", limit=2)[1])
    api.get("/v1/identity")
    api.get("/v1/identity")
    response = api.delete(f"/v3/actions/{action.ulid}")
    body = envelope(response, 429, "too_many_requests", "too_many_requests")
    limit = body["rate_limit"]
    assert (limit["name"], limit["limit"], limit["remaining"]) == ("Slow", 2, 0)
    assert limit["retry_after"].endswith("Z")
    assert int(response["Retry-After"]) >= 1
    assert response["X-RateLimit-Limit"] == "2, 2;window=60"
    action.refresh_from_db()
    assert action.status == "outstanding"


def test_an_error_of_ours_keeps_the_envelope(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("incidents.api.views.utilities.page_url", broken)
    api.client.raise_request_exception = False
    response = api.get("/v1/identity")
    envelope(response, 500, "api_error", "internal_error")
    assert b"secret" not in response.content


def test_every_scope_of_the_slice_is_granted_by_some_role() -> None:
    needed = {"actions.view", "actions.create", "actions.update", "actions.destroy"}
    assert needed <= scopes_of(frozenset(NAMES))
    assert set(SCOPES) <= set(NAMES)
    assert needed & scopes_of(frozenset({"viewer"})) == {"actions.view"}
    assert needed <= scopes_of(frozenset({"incident_editor"}))


def test_our_own_description_is_served(api: Api) -> None:
    document = api.get("/v1/openapiV3.json").json()
    assert {"/v2/actions", "/v3/actions/{id}", "/v1/identity"} <= document["paths"].keys()
