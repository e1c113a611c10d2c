"""GET /v2/actions and /v3/actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.api import lists
from accounts.models import Member
from incidents.models import Action, Mode
from incidents.rules import complete_action, delete_action
from tests.clients_of import Api
from tests.incidents.factories import make_action, make_incident

BOTH = pytest.mark.parametrize("version", ["v2", "v3"])


def ids(response: Any) -> list[str]:
    """The ids of a list, in its order."""
    assert response.status_code == 200, response
    return [item["id"] for item in orjson.loads(b"".join(response))["actions"]]


@BOTH
def test_every_action_is_listed_oldest_first(api: Api, alice: Member, noon: datetime, version: str) -> None:
    later = make_action(alice, at=noon + timedelta(hours=1))
    earlier = make_action(alice, at=noon)
    assert ids(api.get(f"/{version}/actions")) == [earlier.ulid, later.ulid]


@BOTH
def test_what_an_action_shows(api: Api, alice: Member, bob: Member, noon: datetime, version: str) -> None:
    action = make_action(alice, assignee=bob, description="Fetch **towels**")
    complete_action(action, actor=bob, at=noon + timedelta(microseconds=1_500_000))
    assert api.get(f"/{version}/actions").json()["actions"] == [
        {
            "id": action.ulid,
            "incident_id": action.incident.ulid,
            "creator": {"user": {"id": alice.ulid, "name": "Alice", "role": "owner", "email": alice.email}},
            "assignee": {"id": bob.ulid, "name": "Bob", "role": "responder", "email": bob.email},
            "description": "Fetch **towels**",
            "status": "completed",
            "completed_at": "2026-03-02T12:00:01.500000Z",
            "created_at": "2026-03-02T12:00:00.000000Z",
            "updated_at": "2026-03-02T12:00:01.500000Z",
        }
    ]


@BOTH
def test_what_an_action_has_not_is_absent(api: Api, alice: Member, version: str) -> None:
    make_action(alice)
    [action] = api.get(f"/{version}/actions").json()["actions"]
    assert action.keys() == {"id", "incident_id", "creator", "description", "status", "created_at", "updated_at"}


@BOTH
def test_a_deleted_action_stays_as_a_tombstone(api: Api, alice: Member, noon: datetime, version: str) -> None:
    action = make_action(alice)
    delete_action(action, actor=alice, at=noon)
    [tombstone] = api.get(f"/{version}/actions").json()["actions"]
    assert (tombstone["id"], tombstone["status"]) == (action.ulid, "deleted")


@BOTH
def test_only_real_incidents_count_unless_a_mode_is_asked_for(api: Api, alice: Member, version: str) -> None:
    of_mode = {mode: make_action(alice, make_incident(alice, mode=mode)).ulid for mode in Mode.values}
    assert ids(api.get(f"/{version}/actions")) == [of_mode["standard"], of_mode["retrospective"]]
    for mode, action in of_mode.items():
        assert ids(api.get(f"/{version}/actions", {"incident_mode": mode})) == [action]


@BOTH
def test_incident_id_narrows(api: Api, alice: Member, version: str) -> None:
    wanted, _other = make_action(alice), make_action(alice)
    assert ids(api.get(f"/{version}/actions", {"incident_id": wanted.incident.ulid})) == [wanted.ulid]


@BOTH
@pytest.mark.parametrize("incident_id", ["01FCNDV6P870EA6S7TK1DSYDG0", "nonsense", "\x00", "é" * 500])
def test_an_unknown_incident_has_no_actions(api: Api, alice: Member, version: str, incident_id: str) -> None:
    make_action(alice)
    assert ids(api.get(f"/{version}/actions", {"incident_id": incident_id})) == []


@BOTH
def test_an_unknown_mode_is_refused(api: Api, version: str) -> None:
    response = api.get(f"/{version}/actions", {"incident_mode": "real"})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["code"] == "invalid_value"
    assert error["source"] == {"field": "incident_mode", "pointer": "/incident_mode"}


def test_v2_ignores_what_is_not_its_parameter(api: Api, alice: Member) -> None:
    action = make_action(alice)
    assert ids(api.get("/v2/actions", {"page_size": "1000", "after": "x", "utm": "y"})) == [action.ulid]


def test_v2_has_no_pages(api: Api, alice: Member) -> None:
    make_action(alice)
    assert api.get("/v2/actions").json().keys() == {"actions"}


def test_v2_streams_in_chunks_what_v3_pages(api: Api, alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "CHUNK", 3)
    incident = make_incident(alice)
    made = [make_action(alice, incident).ulid for _ in range(7)]
    response = api.get("/v2/actions")
    assert response.streaming
    assert ids(response) == made


def test_v2_streams_each_chunk_with_one_query(api: Api, alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "CHUNK", 3)
    incident = make_incident(alice)
    for _ in range(6):
        make_action(alice, incident)
    api.get("/v1/identity")  # The key is known from here on.
    with CaptureQueriesContext(connection) as queries:
        list(api.get("/v2/actions").streaming_content)
    assert len(queries) == 3  # Two full chunks and an empty one.


def test_v3_pages_by_the_last_id(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    made = [make_action(alice, incident).ulid for _ in range(5)]
    first = api.get("/v3/actions", {"page_size": 2})
    assert ids(first) == made[:2]
    assert first.json()["pagination_meta"] == {"page_size": 2, "after": made[1]}
    second = api.get("/v3/actions", {"page_size": 2, "after": made[1]})
    assert ids(second) == made[2:4]
    last = api.get("/v3/actions", {"page_size": 2, "after": made[3]})
    assert ids(last) == made[4:]
    assert last.json()["pagination_meta"] == {"page_size": 2}


def test_v3_answers_an_empty_page_after_the_last_row(api: Api, alice: Member) -> None:
    action = make_action(alice)
    response = api.get("/v3/actions", {"after": action.ulid})
    assert ids(response) == []
    assert response.json()["pagination_meta"] == {"page_size": 25}


def test_a_full_last_page_says_that_nothing_follows(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    for _ in range(2):
        make_action(alice, incident)
    assert "after" not in api.get("/v3/actions", {"page_size": 2}).json()["pagination_meta"]


@pytest.mark.parametrize("after", ["01FCNDV6P870EA6S7TK1DSYDG0", "nonsense"])
def test_after_an_unknown_row_is_not_found(api: Api, after: str) -> None:
    response = api.get("/v3/actions", {"after": after})
    assert (response.status_code, response.json()["type"]) == (404, "not_found")


@pytest.mark.parametrize("page_size", ["0", "251", "-1", "1.5", "ten", "٣", "9" * 400, " 5"])
def test_a_page_size_out_of_range_is_refused(api: Api, page_size: str) -> None:
    response = api.get("/v3/actions", {"page_size": page_size})
    assert response.status_code == 422
    assert response.json()["errors"][0]["source"]["field"] == "page_size"


@pytest.mark.parametrize("field", ["created_at", "updated_at"])
@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        ("gte", "2026-03-02T12:00:00Z", [1, 2]),
        ("gte", "2026-03-02T12:00:00.000001Z", [2]),
        ("gte", "2026-03-03", [2]),
        ("gte", "2026-03-02T13:00:00+01:00", [1, 2]),
        ("lte", "2026-03-02T12:00:00Z", [0, 1]),
        ("lte", "2026-03-02T11:59:59.999999Z", [0]),
        ("lte", "2026-03-02", [0]),
        ("date_range", "2026-03-01~2026-03-02", [0, 1]),
        ("date_range", "2026-03-02~2026-03-02", [1]),
        ("date_range", "2026-03-02T12:00:00Z~2026-03-02T12:00:00Z", [1]),
        ("date_range", "2026-03-04~2026-03-01", []),
        ("gte", "0001-01-01", [0, 1, 2]),
        ("lte", "9999-12-31", [0, 1, 2]),
        ("lte", "1969-12-31", []),
    ],
)
def test_time_filters_include_their_ends(
    api: Api, alice: Member, noon: datetime, field: str, operator: str, value: str, found: list[int]
) -> None:
    incident = make_incident(alice)
    made = [make_action(alice, incident, at=noon + timedelta(days=day)).ulid for day in (-1, 0, 1)]
    assert ids(api.get("/v3/actions", {f"{field}[{operator}]": value})) == [made[i] for i in found]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("created_at[date_range]", "2026-03-01"),
        ("created_at[date_range]", "2026-03-01~"),
        ("created_at[gte]", "yesterday"),
        ("created_at[gte]", "2026-02-30"),
        ("created_at[gte]", "2026-03-01T00:00:00"),
        ("created_at[gt]", "2026-03-01"),
        ("created_at[]", "2026-03-01"),
        ("created_at[gte][lte]", "2026-03-01"),
        ("created_at", "2026-03-01"),
        ("incident_id[one_of]", "01FCNDV6P870EA6S7TK1DSYDG0"),
        ("status[one_of]", "outstanding"),
        ("created_at[date_range]", "2026-03-01~9999-12-32"),
    ],
)
def test_what_a_list_cannot_filter_by_is_refused_not_ignored(api: Api, key: str, value: str) -> None:
    response = api.get("/v3/actions", {key: value})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["code"], error["source"]["field"]) == ("invalid_value", key)


def test_v2_refuses_bracketed_filters_it_does_not_have(api: Api) -> None:
    assert api.get("/v2/actions", {"updated_at[gte]": "2026-03-01"}).status_code == 422


def test_several_filters_narrow_together(api: Api, alice: Member, noon: datetime) -> None:
    incident = make_incident(alice)
    for day in range(4):
        make_action(alice, incident, at=noon + timedelta(days=day))
    make_action(alice, at=noon + timedelta(days=1))
    query = {
        "incident_id": incident.ulid,
        "created_at[gte]": "2026-03-03",
        "created_at[lte]": "2026-03-05",
        "incident_mode": "standard",
    }
    assert len(ids(api.get("/v3/actions", query))) == 2


def test_an_updated_action_is_found_by_its_update(api: Api, alice: Member, noon: datetime) -> None:
    incident = make_incident(alice)
    changed, _still = make_action(alice, incident), make_action(alice, incident)
    delete_action(changed, actor=alice, at=noon + timedelta(hours=2))
    assert ids(api.get("/v3/actions", {"updated_at[gte]": "2026-03-02T13:00:00Z"})) == [changed.ulid]


@pytest.mark.parametrize("few", [0, 1, 2])
def test_few_changes_and_many_are_found_alike(
    api: Api, alice: Member, noon: datetime, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.models.querysets.FEW", few)
    incident = make_incident(alice)
    made = [make_action(alice, incident, at=noon + timedelta(days=day)).ulid for day in range(4)]
    query = {"updated_at[gte]": "2026-03-04", "page_size": 1}
    assert ids(api.get("/v3/actions", query)) == made[2:3]
    assert ids(api.get("/v3/actions", query | {"after": made[2]})) == made[3:]


def test_a_page_stays_whole_while_rows_are_inserted(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    made = [make_action(alice, incident).ulid for _ in range(4)]
    first = ids(api.get("/v3/actions", {"page_size": 2}))
    new = make_action(alice, incident).ulid
    assert first + ids(api.get("/v3/actions", {"after": first[-1]})) == [*made, new]


@BOTH
def test_a_list_is_one_query(api: Api, alice: Member, bob: Member, version: str) -> None:
    incident = make_incident(alice)
    for _ in range(3):
        make_action(alice, incident, assignee=bob)
    api.get("/v1/identity")  # The key is known from here on.
    with CaptureQueriesContext(connection) as queries:
        assert len(ids(api.get(f"/{version}/actions"))) == 3
    assert len(queries) == 1  # The rows, with their people and keys.


def test_a_later_page_asks_whether_its_start_exists(api: Api, alice: Member) -> None:
    action = make_action(alice)
    api.get("/v1/identity")
    with CaptureQueriesContext(connection) as queries:
        api.get("/v3/actions", {"after": action.ulid})
    assert len(queries) == 2  # The row named in after, the rows.


def test_actions_of_private_incidents_do_not_exist_without_global_access(api: Api, viewer: Api, alice: Member) -> None:
    private = make_action(alice, make_incident(alice, visibility="private"))
    public = make_action(alice)
    for version in ("v2", "v3"):
        assert ids(api.get(f"/{version}/actions")) == [private.ulid, public.ulid]
        assert ids(viewer.get(f"/{version}/actions")) == [public.ulid]
        assert viewer.get(f"/{version}/actions/{private.ulid}").status_code == 404
    assert ids(viewer.get("/v3/actions", {"incident_id": private.incident.ulid})) == []
    assert viewer.get("/v3/actions", {"after": private.ulid}).status_code == 404


@BOTH
def test_another_workspace_sees_nothing(strangers_api: Api, alice: Member, version: str) -> None:
    action = make_action(alice)
    assert ids(strangers_api.get(f"/{version}/actions")) == []
    assert ids(strangers_api.get(f"/{version}/actions", {"incident_id": action.incident.ulid})) == []
    assert strangers_api.get(f"/{version}/actions/{action.ulid}").status_code == 404


def test_ids_sort_as_they_were_created(alice: Member, noon: datetime) -> None:
    incident = make_incident(alice)
    for second in (5, 3, 4, 1, 2):
        make_action(alice, incident, at=noon + timedelta(microseconds=second))
    rows = Action.objects.order_by("id").values_list("created_at", flat=True)
    assert list(rows) == sorted(rows)
