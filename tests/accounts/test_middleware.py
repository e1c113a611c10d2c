"""One id per request: of ours, in the answer's header, in every error and on every line of the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from accounts.middleware import NoBodyForHead, RequestId, RequestIdFilter, current_request_id
from tests.clients_of import Api
from tests.threads import at_once

PATHS = ["/", "/nothing/", "/incidents/v1/identity", "/incidents/v9/x", "/cadences/v2/me", "/healthz", "/admin/"]


def through(view: Callable[[HttpRequest], HttpResponse], rf: RequestFactory, **headers: str) -> HttpResponse:
    """What the middleware makes of a view's answer."""
    return RequestId(view)(rf.get("/", headers=headers))


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_names_its_request(db: None, path: str) -> None:
    response = Client().get(path)
    assert UUID(response["X-Request-ID"]).version == 4


def test_every_request_has_an_id_of_its_own(api: Api) -> None:
    assert len({api.get("/v1/identity")["X-Request-ID"] for _ in range(20)}) == 20


def test_a_refused_host_has_an_id_in_its_answer_and_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    response = client.get("/", headers={"host": "acta.example.org"})
    assert response.status_code == 400
    [record] = caplog.records
    assert vars(record)["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("name", ["x-request-id", "X-Request-ID", "request-id", "x-correlation-id"])
def test_a_clients_own_id_is_not_believed(api: Api, name: str) -> None:
    claimed = "00000000-0000-4000-8000-000000000000"
    response = api.get("/v1/nothing", headers={name: claimed})
    assert claimed not in response["X-Request-ID"] + response.content.decode()


@pytest.mark.parametrize("path", ["/v1/nothing", "/v3/actions/nothing", "/v3/actions?page_size=0"])
def test_an_error_says_the_id_of_its_header(api: Api, path: str) -> None:
    for response in (api.get(path), Api("incidents", None).get(path)):
        assert response.status_code >= 400
        assert response.json()["request_id"] == response["X-Request-ID"]


def test_a_view_and_whatever_it_calls_know_the_id(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{request.request_id} {current_request_id()}")  # type: ignore[attr-defined]

    response = through(view, rf)
    assert response.content.decode() == f"{response['X-Request-ID']} {response['X-Request-ID']}"


def test_outside_of_a_request_there_is_no_id(rf: RequestFactory) -> None:
    assert current_request_id() == "-"
    through(lambda request: HttpResponse(), rf)
    assert current_request_id() == "-"


def test_a_request_that_fails_leaves_no_id_behind(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        through(view, rf)
    assert current_request_id() == "-"


def test_requests_at_once_do_not_see_each_others_id(rf: RequestFactory) -> None:
    all_inside = Barrier(8, timeout=20)

    def view(request: HttpRequest) -> HttpResponse:
        all_inside.wait()
        return HttpResponse(current_request_id())

    answers = at_once(8, lambda number: through(view, rf))
    assert all(answer.content.decode() == answer["X-Request-ID"] for answer in answers)
    assert len({answer.content for answer in answers}) == 8


def test_every_line_of_the_log_has_the_id(rf: RequestFactory) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(logging.Formatter("[%(request_id)s] %(message)s"))
    logger = logging.getLogger("anything.at.all")
    logger.addHandler(handler)

    def view(request: HttpRequest) -> HttpResponse:
        logger.warning("inside")
        return HttpResponse()

    try:
        response = through(view, rf)
        logger.warning("outside")
    finally:
        logger.removeHandler(handler)
    assert written.getvalue() == f"[{response['X-Request-ID']}] inside\n[-] outside\n"


def test_the_log_of_the_house_has_ids(settings: Any) -> None:
    for handler in settings.LOGGING["handlers"].values():
        assert "request_id" in handler["filters"]
    assert "%(request_id)s" in settings.LOGGING["formatters"]["line"]["format"]


@pytest.mark.parametrize("kind", [HttpResponse, StreamingHttpResponse])
@pytest.mark.parametrize(("method", "body"), [("get", b"text"), ("post", b"text"), ("head", b"")])
def test_head_has_the_headers_of_get_and_no_body(
    rf: RequestFactory, kind: type[HttpResponse | StreamingHttpResponse], method: str, body: bytes
) -> None:
    def view(request: HttpRequest) -> HttpResponseBase:
        made = kind([b"te", b"xt"])
        made["X-Odd"] = "kept"
        return made

    response = NoBodyForHead(view)(getattr(rf, method)("/"))
    assert b"".join(response) == body
    assert response["X-Odd"] == "kept"


@pytest.mark.parametrize("path", ["/incidents/v1/identity", "/incidents/v3/nothing", "/login/"])
def test_head_tells_the_length_that_get_would_have(api: Api, path: str) -> None:
    assert api.client.head(path)["Content-Length"] == str(len(api.client.get(path).content))


def test_head_is_emptied_before_the_server_sees_it(settings: Any) -> None:
    names = settings.MIDDLEWARE
    # Only after the length was told.
    assert names.index("accounts.middleware.NoBodyForHead") < names.index("django.middleware.common.CommonMiddleware")
