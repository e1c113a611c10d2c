"""The validator finds what a contract does not allow; otherwise its silence would mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import orjson
import pytest
from django.http import StreamingHttpResponse

from tests.validator import judge_of, watched

PAGE: dict[str, Any] = {
    "actions": [
        {
            "id": "01FCNDV6P870EA6S7TK1DSYDG0",
            "incident_id": "01FCNDV6P870EA6S7TK1DSYDG1",
            "creator": {"api_key": {"id": "01FCNDV6P870EA6S7TK1DSYDG2", "name": "CI"}},
            "description": "Put a bucket under it",
            "status": "outstanding",
            "created_at": "2026-03-02T12:00:00.123456Z",
            "updated_at": "2026-03-02T12:00:00Z",
        }
    ],
    "pagination_meta": {"page_size": 25},
}
REFUSAL: dict[str, Any] = {
    "type": "validation_error",
    "status": 422,
    "request_id": "6f7ee6a1-7c7f-4f0a-9c0b-0d8a51f0a1d5",
    "errors": [{"code": "is_required", "message": "Say it.", "source": {"field": "x", "pointer": "/x"}}],
}


def faults(method: str, path: str, status: int, body: Any, media_type: str = "application/json") -> list[str]:
    """What the judge of incidents says of an answer."""
    judge = judge_of("incidents")
    assert judge
    return judge.faults(method, path, status, media_type, b"" if body is None else orjson.dumps(body))


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("get", "/v3/actions", 200, PAGE),
        ("get", "/v3/actions/", 200, PAGE),
        ("head", "/v3/actions", 200, None),
        ("get", "/v3/actions", 422, REFUSAL),
        ("delete", "/v3/actions/01FCNDV6P870EA6S7TK1DSYDG0", 204, None),
        ("get", "/v9/nothing", 404, REFUSAL),
        ("patch", "/v3/actions", 405, REFUSAL),
    ],
)
def test_what_the_contract_allows_is_let_through(method: str, path: str, status: int, body: Any):
    assert faults(method, path, status, body) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda page: page["actions"][0].update(assignee=None),
        lambda page: page["actions"][0].update(completed_at=None),
        lambda page: page["actions"][0].update(status="done"),
        lambda page: page["actions"][0].update(created_at="2026-03-02T12:00:00"),
        lambda page: page["actions"][0].update(created_at="2026-03-02T12:00:00+01:00"),
        lambda page: page["actions"][0].update(created_at="2026-03-02T12:00:00.1234567Z"),
        lambda page: page["actions"][0].update(colour="red"),
        lambda page: page["actions"][0].update(id=7),
        lambda page: page["actions"][0].pop("creator"),
        lambda page: page["actions"][0]["creator"]["api_key"].pop("name"),
        lambda page: page["pagination_meta"].update(page_size="25"),
        lambda page: page["pagination_meta"].update(after=None),
        lambda page: page.pop("pagination_meta"),
        lambda page: page.update(total=1),
    ],
)
def test_a_spoiled_page_is_found_out(spoil: Callable[[Any], Any]):
    page = deepcopy(PAGE)
    spoil(page)
    assert faults("get", "/v3/actions", 200, page)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda refusal: refusal.update(type="oops"),
        lambda refusal: refusal.update(status="422"),
        lambda refusal: refusal.pop("request_id"),
        lambda refusal: refusal["errors"][0]["source"].pop("pointer"),
        lambda refusal: refusal["errors"][0].update(detail="x"),
        lambda refusal: refusal.update(rate_limit={"name": "CI"}),
    ],
)
def test_a_spoiled_refusal_is_found_out(spoil: Callable[[Any], Any]):
    refusal = deepcopy(REFUSAL)
    spoil(refusal)
    assert faults("put", "/v3/actions/x", 422, refusal)
    assert faults("get", "/v9/nothing", 404, refusal)


def test_what_is_not_documented_is_found_out():
    assert faults("post", "/v3/actions", 200, {"action": PAGE["actions"][0]}) == ["the status 200 is not documented"]
    assert faults("get", "/v3/actions", 301, None) == ["the status 301 is not documented"]
    assert faults("get", "/v9/nothing", 200, PAGE) == ["the status 200 is not documented"]
    assert faults("delete", "/v3/actions/x", 204, PAGE) == ["there is a body"]
    assert faults("head", "/v3/actions", 200, PAGE) == ["there is a body"]
    assert faults("get", "/v3/actions", 200, PAGE, "text/html") == ["the media type is 'text/html'"]


def test_a_stream_is_judged_at_its_end():
    response = watched("incidents", "get", "/v2/actions", json_stream([b'{"actions":[', b'{"id":"x"}', b"]}"]))
    with pytest.raises(AssertionError, match="is a required property"):
        list(response.streaming_content)


def json_stream(parts: list[bytes]) -> StreamingHttpResponse:
    """A stream as a server sends it."""
    return StreamingHttpResponse(iter(parts), content_type="application/json")
