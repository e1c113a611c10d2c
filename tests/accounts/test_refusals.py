"""One way to be refused: every exception becomes a status, every fault at once, and ours tell nothing."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.core import exceptions as django
from django.core.signals import got_request_exception
from django.http import Http404
from django.test import Client
from rest_framework import exceptions as drf
from rest_framework.exceptions import ErrorDetail

from accounts.api.refusals import Fault, PayloadTooLarge, QueryFault, Refusal, refusal_of
from accounts.errors import Conflict, TooMany
from accounts.models import Key, Member
from incidents.models import Action
from tests.clients_of import Api
from tests.incidents.factories import make_action, make_incident

DjangoError, DrfError = django.ValidationError, drf.ValidationError


def triples(refusal: Refusal | None) -> list[tuple[str, str, tuple[str, ...]]]:
    """The faults of a refusal."""
    assert refusal is not None
    return [(fault.code, fault.message, fault.path) for fault in refusal.faults]


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (drf.ParseError("x"), 400, "parse_error"),
        (drf.AuthenticationFailed("x", code="access_token_invalid"), 401, "access_token_invalid"),
        (drf.NotAuthenticated("x"), 401, "not_authenticated"),
        (drf.PermissionDenied("x"), 403, "permission_denied"),
        (django.PermissionDenied("x"), 403, "permission_denied"),
        (drf.NotFound("x"), 404, "not_found"),
        (drf.MethodNotAllowed("x", detail="x"), 405, "method_not_allowed"),
        (drf.NotAcceptable("x"), 406, "not_acceptable"),
        (Conflict("locked", "x"), 409, "locked"),
        (PayloadTooLarge("x"), 413, "payload_too_large"),
        (DrfError({"a": ErrorDetail("x", "odd")}), 422, "odd"),
        (DjangoError({"a": DjangoError("x", code="odd")}), 422, "odd"),
        (QueryFault([Fault("invalid", "x", ("a",), query=True)]), 422, "invalid"),
        (TooMany("too_many_rows", "x"), 429, "too_many_rows"),
    ],
)
def test_every_exception_has_its_status_its_code_and_its_sentence(exception: Exception, status: int, code: str) -> None:
    refusal = refusal_of(exception)
    assert refusal is not None
    assert refusal.status == status
    assert [(fault.code, fault.message) for fault in refusal.faults] == [(code, "x")]


@pytest.mark.parametrize(
    "exception", [Http404("secret"), Key.DoesNotExist("secret"), django.ObjectDoesNotExist("secret")]
)
def test_what_does_not_exist_is_not_found_and_not_described(exception: Exception) -> None:
    assert triples(refusal_of(exception)) == [("not_found", "There is no such resource.", ())]


def test_a_suspicious_request_is_refused_without_saying_why() -> None:
    refusal = refusal_of(django.SuspiciousOperation("secret"))
    assert refusal is not None
    assert refusal.status == 400
    assert "secret" not in refusal.faults[0].message


@pytest.mark.parametrize("exception", [RuntimeError(), ValueError(), KeyError("x"), TypeError(), django.FieldError()])
def test_what_is_nobodys_fault_but_ours_is_no_refusal(exception: Exception) -> None:
    assert refusal_of(exception) is None


@pytest.mark.parametrize(("wait", "told"), [(0.001, "1"), (1, "1"), (1.001, "2"), (60, "60")])
def test_a_wait_is_told_in_whole_seconds_that_are_long_enough(wait: float, told: str) -> None:
    refusal = refusal_of(drf.Throttled(wait=wait))
    assert refusal is not None
    assert refusal.headers == {"Retry-After": told}


def test_a_limit_of_the_domain_names_no_time_to_come_back() -> None:
    refusal = refusal_of(TooMany("too_many_keys"))
    assert refusal is not None
    assert refusal.headers == {}


@pytest.mark.parametrize("code", ["required", "null", "blank", "empty"])
def test_nothing_in_every_disguise_is_required(code: str) -> None:
    assert triples(refusal_of(DrfError({"a": ErrorDetail("x", code)}))) == [("required", "x", ("a",))]
    assert triples(refusal_of(DjangoError({"a": DjangoError("x", code=code)}))) == [("required", "x", ("a",))]


def test_faults_of_a_serializer_keep_their_place_however_deep() -> None:
    detail: Any = {
        "name": [ErrorDetail("one", "a"), ErrorDetail("two", "b")],
        "entries": [{}, {"value": [ErrorDetail("three", "c")]}, {"non_field_errors": [ErrorDetail("four", "d")]}],
        "tags": {0: [ErrorDetail("five", "e")]},
        "non_field_errors": [ErrorDetail("six", "f")],
    }
    assert triples(refusal_of(DrfError(detail))) == [
        ("a", "one", ("name",)),
        ("b", "two", ("name",)),
        ("c", "three", ("entries", "1", "value")),
        ("d", "four", ("entries", "2")),
        ("e", "five", ("tags", "0")),
        ("f", "six", ()),
    ]


def test_a_bare_message_has_no_place() -> None:
    assert triples(refusal_of(DrfError("x", code="odd"))) == [("odd", "x", ())]
    assert triples(refusal_of(DjangoError("x", code="odd"))) == [("odd", "x", ())]


def test_faults_of_a_rule_are_told_all_at_once_with_their_words_filled_in() -> None:
    rule = DjangoError(
        {
            "status": [DjangoError("one", code="a"), DjangoError("%(n)s rows", code="b", params={"n": 2})],
            "assignee": "three",
            django.NON_FIELD_ERRORS: DjangoError("four", code="d"),
        }
    )
    assert triples(refusal_of(rule)) == [
        ("a", "one", ("status",)),
        ("b", "2 rows", ("status",)),
        ("invalid", "three", ("assignee",)),
        ("d", "four", ()),
    ]


# As incident.io says it


class Broken:
    """Makes the identity endpoint raise."""

    def __init__(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        self.api, self.monkeypatch = api, monkeypatch

    def get(self, exception: Exception) -> Any:
        """What a request gets while the endpoint raises an exception; straight, as not every status is documented."""

        def raises(*args: Any, **kwargs: Any) -> None:
            raise exception

        self.monkeypatch.setattr("incidents.api.views.utilities.page_url", raises)
        self.api.client.raise_request_exception = False
        return self.api.client.get("/incidents/v1/identity")


@pytest.fixture
def broken(api: Api, monkeypatch: pytest.MonkeyPatch) -> Broken:
    """An endpoint that refuses as it is told."""
    return Broken(api, monkeypatch)


@pytest.mark.parametrize(
    ("exception", "status", "type_", "code"),
    [
        (drf.ParseError(), 400, "invalid_request_error", "invalid_request"),
        (django.SuspiciousOperation(), 400, "invalid_request_error", "invalid_request"),
        (drf.UnsupportedMediaType("x"), 415, "invalid_request_error", "unsupported_media_type"),
        (drf.NotAuthenticated(code="nobody"), 401, "authentication_error", "nobody"),
        (django.PermissionDenied(), 403, "resource_forbidden", "missing_permissions"),
        (drf.PermissionDenied(), 403, "resource_forbidden", "missing_permissions"),
        (Http404(), 404, "not_found", "not_found"),
        (Member.DoesNotExist(), 404, "not_found", "not_found"),
        (drf.MethodNotAllowed("GET"), 405, "method_not_allowed", "method_not_allowed"),
        (drf.NotAcceptable(), 406, "not_acceptable", "not_acceptable"),
        (Conflict("in_use"), 409, "conflict", "conflict"),
        (PayloadTooLarge(), 413, "payload_too_large", "payload_too_large"),
        (DjangoError("x", code="required"), 422, "validation_error", "is_required"),
        (DjangoError("x", code="anything"), 422, "validation_error", "invalid_value"),
        (TooMany("too_many_keys"), 429, "too_many_requests", "too_many_requests"),
        (RuntimeError(), 500, "api_error", "internal_error"),
    ],
)  # fmt: skip
def test_every_refusal_has_the_vendors_type_and_code(
    broken: Broken, exception: Exception, status: int, type_: str, code: str
) -> None:
    response = broken.get(exception)
    body = response.json()
    assert body.keys() == {"type", "status", "request_id", "errors"}
    assert (response.status_code, body["status"], body["type"]) == (status, status, type_)
    assert response["Content-Type"] == "application/json"
    assert body["request_id"] == response["X-Request-ID"]
    [error] = body["errors"]
    assert error.keys() == {"code", "message"}
    assert error["code"] == code
    assert error["message"]
    assert response.has_header("WWW-Authenticate") == (status == 401)


def test_a_limit_of_the_domain_does_not_claim_that_the_keys_limit_was_hit(broken: Broken) -> None:
    response = broken.get(TooMany("too_many_keys", "At most 5000 keys."))
    assert response.json()["errors"] == [{"code": "too_many_requests", "message": "At most 5000 keys."}]
    assert "rate_limit" not in response.json()
    assert response["X-RateLimit-Remaining"] == "1199"


def test_a_pointer_is_escaped_as_rfc_6901_has_it(api: Api) -> None:
    [error] = api.get("/v3/actions?a/b~c[x~1]=1").json()["errors"]
    assert error["source"] == {"field": "a/b~c[x~1]", "pointer": "/a~1b~0c[x~01]"}


def test_faults_of_a_rule_point_to_what_the_client_wrote(
    api: Api, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **facts: Any) -> None:
        raise DjangoError({"assignee": "1", "incident": "2", "description": "3", "elsewhere": "4", "__all__": "5"})

    monkeypatch.setattr("incidents.api.views.work.rules.create_action", refuse)
    response = api.post("/v3/actions", {"incident_id": make_incident(alice).ulid, "description": "x"})
    assert response.status_code == 422
    pointers = [error.get("source", {}).get("pointer") for error in response.json()["errors"]]
    assert pointers == ["/assignee_id", "/incident_id", "/description", "/elsewhere", None]


def test_faults_of_an_update_point_to_what_the_client_wrote(api: Api, alice: Member, charlie: Member) -> None:
    action = make_action(alice)
    body = {"description": " ", "status": "deleted", "assignee_id": charlie.ulid}
    errors = api.put(f"/v3/actions/{action.ulid}", body).json()["errors"]
    assert {error["source"]["pointer"]: error["code"] for error in errors} == {
        "/assignee_id": "invalid_value",
        "/description": "is_required",
        "/status": "invalid_value",
    }


# Our own faults


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What operators read."""
    [handler] = [it for it in logging.getLogger().handlers if it.filters]
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


def test_a_fault_of_ours_is_told_to_operators_and_to_nobody_else(broken: Broken, log: io.StringIO) -> None:
    response = broken.get(RuntimeError("secret detail"))
    assert b"secret" not in response.content
    assert b"Runtime" not in response.content
    assert not [value for value in response.headers.values() if "secret" in value]
    written = log.getvalue()
    assert "RuntimeError: secret detail" in written
    assert f"[{response['X-Request-ID']}] Internal error: GET /incidents/v1/identity" in written


def test_a_fault_of_ours_is_logged_once(broken: Broken, log: io.StringIO) -> None:
    broken.get(RuntimeError("secret detail"))
    assert log.getvalue().count(" ERROR ") == 1


def test_no_query_string_and_no_token_is_logged(broken: Broken, log: io.StringIO, token: str) -> None:
    broken.get(RuntimeError())
    broken.api.client.get("/incidents/v1/identity?token=hush&api_key=hush")
    assert log.getvalue().count("RuntimeError") == 2
    assert "hush" not in log.getvalue()
    assert token not in log.getvalue()


def test_whoever_listens_hears_of_a_fault_of_ours(broken: Broken) -> None:
    heard: list[Any] = []

    def listen(sender: Any, request: Any, **kwargs: Any) -> None:
        heard.append(request.path)

    got_request_exception.connect(listen)
    try:
        broken.get(RuntimeError())
        broken.get(drf.ParseError())
    finally:
        got_request_exception.disconnect(listen)
    assert heard == ["/incidents/v1/identity"]


def test_a_refusal_is_an_answer_and_no_event(broken: Broken, log: io.StringIO) -> None:
    for exception in (drf.ParseError(), Http404(), django.PermissionDenied(), Conflict("x"), TooMany("x")):
        broken.get(exception)
    assert log.getvalue() == ""


def test_what_is_not_built_is_an_answer_and_no_event(db: None, log: io.StringIO) -> None:
    assert Client().get("/cadences/v2/me").status_code == 501
    assert log.getvalue() == ""


def test_a_fault_in_the_middle_of_a_change_leaves_nothing_changed(
    api: Api, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = make_action(alice)
    before = Action.objects.values().get()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("actions.ledger.record", fail)
    api.client.raise_request_exception = False
    response = api.put(f"/v3/actions/{action.ulid}", {"description": "x", "status": "completed"})
    assert response.status_code == 500
    assert Action.objects.values().get() == before
