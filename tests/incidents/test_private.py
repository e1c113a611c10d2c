"""Private incidents, and all that belongs to them, do not exist for a key that may do everything but see them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Member
from incidents.models import Action, FollowUp, Incident, IncidentUpdate
from incidents.roles import NAMES
from incidents.rules import complete_follow_up, create_follow_up, post_update
from tests.clients_of import Api
from tests.factories import NOON, make_key
from tests.incidents.factories import make_action, make_incident
from tests.incidents.test_write_actions import faults

Hidden = dict[str, str]


@pytest.fixture
def blind(alice: Member) -> Api:
    """The API as a key with every role but one sees it."""
    return Api("incidents", make_key(alice.workspace, "incidents", *({*NAMES} - {"global_access"}))[1])


@pytest.fixture
def hidden(alice: Member) -> Hidden:
    """What a private incident has, by noun."""
    incident = make_incident(alice, visibility="private", name="Hush")
    follow_up = create_follow_up(incident, title="Hush", actor=alice, at=NOON)
    complete_follow_up(follow_up, actor=alice, at=NOON)
    update = post_update(incident, idempotency_key="hush", message="Hush", actor=alice, at=NOON)
    rows: list[Any] = [incident, make_action(alice, incident, description="Hush"), follow_up, update]
    names = ("incident", "action", "follow_up", "update")
    return {name: row.ulid for name, row in zip(names, rows, strict=True)} | {"number": str(incident.number)}


LISTS = [
    "/v1/actions",
    "/v2/actions",
    "/v3/actions",
    "/v2/follow_ups",
    "/v3/follow_ups",
    "/v2/incidents",
    "/v2/incident_updates",
]


@pytest.mark.parametrize("path", LISTS)
def test_lists_leave_it_out(api: Api, blind: Api, hidden: Hidden, path: str) -> None:
    for query in ("", f"?incident_id={hidden['incident']}"):
        assert b"Hush" in b"".join(api.get(path + query))
        response = blind.get(path + query)
        assert response.status_code == 200
        assert b"Hush" not in b"".join(response)


def test_it_is_not_counted_and_no_page_begins_behind_it(blind: Api, hidden: Hidden) -> None:
    assert blind.get("/v2/incidents").json()["pagination_meta"]["total_record_count"] == 0
    assert blind.get("/v2/incidents?filter_mode=any&status_category[not_in]=closed").json()["incidents"] == []
    for noun, path in [("incident", "/v2/incidents"), ("update", "/v2/incident_updates"), ("action", "/v3/actions")]:
        assert blind.get(path, {"after": hidden[noun]}).status_code == 404
    assert blind.get("/v3/follow_ups", {"after": hidden["follow_up"]}).status_code == 404


WORK = {"description": "Mine", "title": "Mine", "status": "completed"}
EDIT = {"incident": {"name": "Mine"}, "notify_incident_channel": False}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/v2/incidents/{incident}", None),
        ("get", "/v2/incidents/{number}", None),
        ("post", "/v2/incidents/{incident}/actions/edit", EDIT),
        ("post", "/v2/incidents/{number}/actions/edit", EDIT),
        ("get", "/v1/actions/{action}", None),
        ("get", "/v1/actions/{follow_up}", None),
        *((method, f"/{v}/actions/{{action}}", WORK) for v in ("v2", "v3") for method in ("get", "put", "delete")),
        *(
            (method, f"/{v}/follow_ups/{{follow_up}}", WORK)
            for v in ("v2", "v3")
            for method in ("get", "put", "delete")
        ),
    ],
)
def test_no_path_leads_to_it(blind: Api, hidden: Hidden, method: str, path: str, body: Any) -> None:
    path = path.format(**hidden)
    response = blind.get(path) if method == "get" else blind.send(method, path, body)
    assert (response.status_code, response.json()["type"]) == (404, "not_found")
    names = [*Incident.objects.values_list("name"), *Action.objects.values_list("description")]
    assert {*names, *FollowUp.objects.values_list("title")} == {("Hush",)}


@pytest.mark.parametrize("path", ["/v2/actions", "/v3/actions", "/v2/follow_ups", "/v3/follow_ups"])
def test_no_work_is_put_into_it(blind: Api, hidden: Hidden, path: str) -> None:
    body = {"incident_id": hidden["incident"], "description": "Mine", "title": "Mine"}
    assert faults(blind.post(path, body)) == {"incident_id": "invalid_value"}


def test_nothing_is_told_of_it(blind: Api, hidden: Hidden) -> None:
    body = {"incident_id": hidden["incident"], "idempotency_key": "k", "message": "Mine"}
    assert faults(blind.post("/v2/incident_updates", body)) == {"incident_id": "invalid_value"}
    assert IncidentUpdate.objects.count() == 1


def test_whoever_opens_one_is_answered_and_then_sees_no_more_of_it(blind: Api, alice: Member) -> None:
    severity = make_incident(alice).severity
    assert severity
    body = {"idempotency_key": "k", "visibility": "private", "severity_id": severity.ulid}
    opened = blind.post("/v2/incidents", body).json()
    assert blind.post("/v2/incidents", body).json() == opened
    assert blind.get(f"/v2/incidents/{opened['incident']['id']}").status_code == 404
