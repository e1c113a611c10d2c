"""Lists: paged by key or streamed, the same rows either way, and not one query more than needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.api import lists
from accounts.models import Member
from incidents.models import Action, Incident
from incidents.rules import delete_action, update_action
from tests.clients_of import Api
from tests.factories import make_key
from tests.incidents.factories import make_action, make_incident

BOTH = pytest.mark.parametrize("version", ["v2", "v3"])
PATHS = pytest.mark.parametrize("path", ["/v1/identity", "/v2/actions", "/v3/actions"])
CHUNK = 3


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams of three rows at a time."""
    monkeypatch.setattr(lists, "CHUNK", CHUNK)


@pytest.fixture
def incident(alice: Member) -> Incident:
    """Where the actions of a test are."""
    return make_incident(alice)


def several(alice: Member, incident: Incident, count: int) -> list[str]:
    """New actions, oldest first."""
    return [make_action(alice, incident).ulid for _ in range(count)]


def ids(response: Any) -> list[str]:
    """The ids of a list, paged or streamed."""
    assert response.status_code == 200, response
    return [item["id"] for item in orjson.loads(b"".join(response))["actions"]]


def pages(api: Api, size: int) -> Iterator[list[str]]:
    """Every page, as a client that follows `pagination_meta` reads them."""
    query: dict[str, Any] = {"page_size": size}
    while True:
        response = api.get("/v3/actions", query)
        yield ids(response)
        if "after" not in response.json()["pagination_meta"]:
            return
        query["after"] = response.json()["pagination_meta"]["after"]


# Pages


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 250])
def test_pages_joined_are_the_whole_list(api: Api, alice: Member, incident: Incident, size: int) -> None:
    made = several(alice, incident, 7)
    found = [*pages(api, size)]
    assert [ulid for page in found for ulid in page] == made
    assert all(len(page) == size for page in found[:-1])
    assert found[-1]


def test_a_client_that_goes_on_until_a_page_is_empty_gets_each_row_once(
    api: Api, alice: Member, incident: Incident
) -> None:
    made = several(alice, incident, 5)
    seen: list[str] = []
    while page := ids(api.get("/v3/actions", {"page_size": 2, **({"after": seen[-1]} if seen else {})})):
        seen += page
    assert seen == made


def test_pages_stay_whole_while_rows_are_added_changed_and_deleted(
    api: Api, alice: Member, incident: Incident, noon: datetime
) -> None:
    made = several(alice, incident, 6)
    rows = {action.ulid: action for action in Action.objects.all()}
    reader = pages(api, 2)
    seen = next(reader)
    new = several(alice, incident, 1)
    delete_action(rows[made[0]], actor=alice, at=noon + timedelta(hours=1))
    update_action(rows[made[3]], actor=alice, at=noon + timedelta(hours=1), description="Changed")
    delete_action(rows[seen[-1]], actor=alice, at=noon + timedelta(hours=1))
    assert seen + [ulid for page in reader for ulid in page] == made + new


def test_a_row_of_an_earlier_time_does_not_shift_the_pages_after_it(
    api: Api, alice: Member, incident: Incident, noon: datetime
) -> None:
    made = several(alice, incident, 4)
    reader = pages(api, 2)
    first = next(reader)
    make_action(alice, incident, at=noon - timedelta(days=1))
    assert first + next(reader) == made


def test_after_may_name_a_row_the_filters_leave_out(api: Api, alice: Member, incident: Incident) -> None:
    elsewhere = make_action(alice).ulid
    [here] = several(alice, incident, 1)
    assert ids(api.get("/v3/actions", {"incident_id": incident.ulid, "after": elsewhere})) == [here]


def test_after_the_last_row_comes_an_empty_page(api: Api, alice: Member, incident: Incident) -> None:
    *_, last = several(alice, incident, 2)
    response = api.get("/v3/actions", {"after": last, "page_size": 250})
    assert response.json() == {"actions": [], "pagination_meta": {"page_size": 250}}


def test_an_empty_list_is_empty_however_it_is_read(api: Api) -> None:
    assert api.get("/v2/actions").json() == {"actions": []}
    assert api.get("/v3/actions").json() == {"actions": [], "pagination_meta": {"page_size": 25}}


def test_after_a_strangers_row_is_not_found(strangers_api: Api, alice: Member) -> None:
    response = strangers_api.get("/v3/actions", {"after": make_action(alice).ulid})
    assert (response.status_code, response.json()["type"]) == (404, "not_found")


def test_after_a_hidden_row_is_not_found(api: Api, alice: Member) -> None:
    hidden = make_action(alice, make_incident(alice, visibility="private"))
    viewer = Api("incidents", make_key(alice.workspace, "incidents", "viewer")[1])
    assert viewer.get("/v3/actions", {"after": hidden.ulid}).status_code == 404
    assert api.get("/v3/actions", {"after": hidden.ulid}).status_code == 200


def test_after_a_row_of_another_kind_is_not_found(api: Api, alice: Member, incident: Incident) -> None:
    several(alice, incident, 1)
    for ulid in (incident.ulid, alice.ulid):
        assert api.get("/v3/actions", {"after": ulid}).status_code == 404


def test_a_faulty_filter_is_told_before_an_unknown_after(api: Api) -> None:
    assert api.get("/v3/actions", {"after": "nothing", "page_size": "0"}).status_code == 422


@pytest.mark.parametrize(("size", "found"), [(1, 1), (25, 4), (250, 4)])
def test_a_page_holds_what_was_asked_for_and_echoes_it(
    api: Api, alice: Member, incident: Incident, size: int, found: int
) -> None:
    several(alice, incident, 4)
    response = api.get("/v3/actions", {"page_size": size})
    assert len(ids(response)) == found
    assert response.json()["pagination_meta"]["page_size"] == size


def test_without_a_size_a_page_has_25_rows(api: Api, alice: Member, incident: Incident) -> None:
    made = several(alice, incident, 26)
    response = api.get("/v3/actions")
    assert ids(response) == made[:25]
    assert response.json()["pagination_meta"] == {"page_size": 25, "after": made[24]}


# Streams


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 1])
def test_a_stream_is_what_the_pages_are(
    api: Api, alice: Member, incident: Incident, small_chunks: None, count: int
) -> None:
    made = several(alice, incident, count)
    streamed = orjson.loads(b"".join(api.get("/v2/actions")))
    assert streamed.keys() == {"actions"}
    assert streamed["actions"] == api.get("/v3/actions", {"page_size": 250}).json()["actions"]
    assert [item["id"] for item in streamed["actions"]] == made


def test_a_stream_narrows_in_every_chunk(api: Api, alice: Member, incident: Incident, small_chunks: None) -> None:
    other = make_incident(alice)
    made = []
    for _ in range(7):
        made += several(alice, incident, 1)
        several(alice, other, 1)
    assert ids(api.get("/v2/actions", {"incident_id": incident.ulid})) == made


def test_a_stream_shows_no_stranger_in_any_chunk(
    api: Api, alice: Member, charlie: Member, incident: Incident, small_chunks: None
) -> None:
    strange = make_incident(charlie)
    made = []
    for _ in range(7):
        made += several(alice, incident, 1)
        several(charlie, strange, 1)
    assert ids(api.get("/v2/actions")) == made


def test_a_stream_reads_one_chunk_at_a_time_and_no_row_twice(
    api: Api, alice: Member, incident: Incident, small_chunks: None
) -> None:
    several(alice, incident, 3 * CHUNK + 1)
    api.get("/v1/identity")  # The key is known from here on.
    with CaptureQueriesContext(connection) as queries:
        stream = iter(api.get("/v2/actions"))
        assert len(queries) == 1  # The first chunk: whatever is refused is refused before the first byte.
        for read in (1, 1, 2, 3, 4):  # The opening bracket and the first chunk cost nothing more.
            next(stream)
            assert len(queries) == read
        assert [*stream] == [b"]}"]
    assert len(queries) == 4
    assert all(query["sql"].endswith(f"LIMIT {CHUNK}") for query in queries)


def test_a_stream_stays_whole_while_rows_are_added(
    api: Api, alice: Member, incident: Incident, small_chunks: None, noon: datetime
) -> None:
    made = several(alice, incident, 2 * CHUNK)
    stream = iter(api.get("/v2/actions"))
    body = next(stream) + next(stream)
    new = several(alice, incident, 1)
    make_action(alice, incident, at=noon - timedelta(days=1))
    body += b"".join(stream)
    assert [item["id"] for item in orjson.loads(body)["actions"]] == made + new


# What every answer is like


@PATHS
def test_head_is_get_without_a_body(api: Api, alice: Member, path: str) -> None:
    make_action(alice)
    shown, headed = api.get(path), api.client.head(f"/incidents{path}")
    assert headed.status_code == 200
    assert headed.content == b""
    for name in ("Content-Type", "Content-Length", "Vary", "Cache-Control"):
        assert headed[name] == shown[name]


def test_head_of_a_long_list_reads_no_further_than_the_first_chunk(
    api: Api, alice: Member, incident: Incident, small_chunks: None
) -> None:
    several(alice, incident, 3 * CHUNK)
    api.get("/v1/identity")  # The key is known from here on.
    with CaptureQueriesContext(connection) as queries:
        response = api.client.head("/incidents/v2/actions")
        assert b"".join(response) == b""
    assert len(queries) == 1  # The first chunk.


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/identity", {"GET", "HEAD", "OPTIONS"}),
        ("/v2/actions", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("/v3/actions/", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("/v3/actions/nothing", {"GET", "PUT", "DELETE", "HEAD", "OPTIONS"}),
    ],
)
def test_options_tell_what_may_be_done(api: Api, path: str, allowed: set[str]) -> None:
    response = api.client.options(f"/incidents{path}")
    assert (response.status_code, response.content) == (204, b"")
    assert set(response["Allow"].split(", ")) == allowed


def test_options_are_told_to_nobody_without_a_key(db: None) -> None:
    assert Api("incidents", None).client.options("/incidents/v3/actions").status_code == 401


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "DELETE", "PROPFIND", "X" * 100])
def test_any_other_method_is_refused_with_those_that_are_allowed(api: Api, method: str) -> None:
    response = api.client.generic(method, "/incidents/v3/actions")
    assert (response.status_code, response.json()["type"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(response["Allow"].split(", "))


@BOTH
def test_a_trailing_slash_is_answered_and_never_redirected(api: Api, alice: Member, version: str) -> None:
    incident = make_incident(alice)
    response = api.post(f"/{version}/actions/", {"incident_id": incident.ulid, "description": "x"})
    assert response.status_code == 201
    path = f"/{version}/actions/{response.json()['action']['id']}/"
    assert api.get(path).status_code == 200
    assert api.put(path, {"description": "y", "status": "completed"}).json()["action"]["status"] == "completed"
    assert api.delete(path).status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/v2/actions//",
        "/v3//actions",
        "/v3/actions/x/y",
        "/v3/actions%0A",
        "/v2/no%0Athing",
        "/v3/a%00",
        "/v3/%FF",
        "/v1",
    ],
)
def test_a_path_that_leads_nowhere_is_refused_in_the_dialect(api: Api, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, response.json()["type"]) == (404, "not_found")


@PATHS
@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/html, application/json;q=0.001",
        "text/html;q=0, */*",
        "text/plain,*/*;q=0.1",
        " application/json ",
    ],
)
def test_json_is_answered_to_whoever_takes_it(api: Api, path: str, accept: str) -> None:
    response = api.get(path, headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@PATHS
@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/*",
        "application/xml",
        "application/jsonp",
        "application/vnd.api+json",
        "application/json;q=0",
        "application/json; q=0.000, text/html",
        "*/*;q=0",
        "json",
    ],
)
def test_whoever_takes_no_json_is_refused_in_json(api: Api, path: str, accept: str) -> None:
    response = api.get(path, headers={"accept": accept})
    assert (response.status_code, response["Content-Type"]) == (406, "application/json")
    assert response.json()["errors"][0]["code"] == "not_acceptable"


@BOTH
def test_a_format_in_the_query_changes_nothing(api: Api, version: str) -> None:
    response = api.get(f"/{version}/actions", {"format": "api"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@PATHS
def test_no_answer_is_kept_by_a_cache_or_given_to_another(api: Api, path: str) -> None:
    stranger = Api("incidents", None)
    for response in (api.get(path), stranger.get(path), api.client.options(f"/incidents{path}")):
        assert response["Cache-Control"] == "no-store"
        assert {"accept", "cookie", "authorization"} <= set(response["Vary"].lower().split(", "))


# Queries; the key is known to all of them from the request before


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/v2/actions", 1),  # The rows.
        ("/v3/actions", 1),  # The rows.
        ("/v3/actions?page_size=2&after={}", 2),  # Whether that row is seen by the caller, and the rows.
        ("/v3/actions?incident_id={}&created_at[gte]=2026-01-01", 1),  # The rows.
        ("/v3/actions?updated_at[gte]=2026-01-01", 3),  # Whether the changes are few, which they are, and the rows.
        ("/v3/actions?page_size=0", 0),  # Nothing.
        ("/v3/actions?incident_id=nonsense", 0),  # Nothing.
        ("/v3/actions/{}", 1),  # The row.
        ("/v3/actions/nonsense", 0),  # Nothing.
        ("/v1/identity", 0),  # Nothing.
    ],
)
@pytest.mark.parametrize("rows", [1, 8])
def test_reading_costs_the_same_however_many_rows_there_are(
    api: Api, alice: Member, bob: Member, incident: Incident, path: str, count: int, rows: int
) -> None:
    for _ in range(rows):
        action = make_action(alice, incident, assignee=bob)
    api.get("/v1/identity")
    with CaptureQueriesContext(connection) as queries:
        api.get(path.format(action.ulid))
    assert len(queries) == count, [query["sql"] for query in queries]


def test_a_refused_credential_costs_one_query(api: Api) -> None:
    with CaptureQueriesContext(connection) as queries:
        Api("incidents", "inc_" + "0" * 64).get("/v3/actions")
    assert len(queries) == 1  # The keys of that prefix.
