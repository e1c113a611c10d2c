"""Severities, statuses, types, roles, timestamps, users, updates and follow-ups."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Member
from accounts.rules import update_member
from actions.models import Action as Fact
from incidents.models import IncidentStatus, Severity
from tests.clients_of import Api
from tests.factories import make_key
from tests.incidents.factories import make_action, make_incident
from tests.incidents.test_incidents import severity, status
from tests.incidents.test_write_actions import faults, performer_of

SEVERITY = {"name": "Catastrophic", "description": "Run."}


def names(response: Any, collection: str) -> list[str]:
    """The names of a list."""
    assert response.status_code == 200, response.content
    return [item["name"] for item in response.json()[collection]]


def test_a_new_workspace_is_usable(api: Api, alice: Member) -> None:
    assert names(api.get("/v1/severities"), "severities") == ["Minor", "Major", "Critical"]
    found = names(api.get("/v1/incident_statuses"), "incident_statuses")
    assert found[:5] == ["Canceled", "Merged", "Declined", "Triage", "Investigating"]
    assert names(api.get("/v1/incident_types"), "incident_types") == ["Default"]
    assert names(api.get("/v2/incident_roles"), "incident_roles") == ["Incident Lead", "Reporter"]
    assert len(names(api.get("/v2/incident_timestamps"), "incident_timestamps")) == 12


def test_the_life_of_a_severity(api: Api) -> None:
    created = api.post("/v1/severities", SEVERITY)
    assert created.status_code == 201
    made = created.json()["severity"]
    assert (made["name"], made["rank"]) == ("Catastrophic", 3)
    path = f"/v1/severities/{made['id']}"
    changed = api.put(path, {"name": "Worst", "description": "", "rank": 7}).json()["severity"]
    assert (changed["name"], changed["description"], changed["rank"]) == ("Worst", "", 7)
    assert changed["updated_at"] > made["updated_at"]
    assert api.get(path).json()["severity"] == changed
    assert api.delete(path).status_code == 202
    assert api.get(path).status_code == 404
    assert api.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, {"name": "is_required", "description": "is_required"}),
        (SEVERITY | {"name": "x" * 51}, {"name": "invalid_value"}),
        (SEVERITY | {"rank": 1}, {"rank": "invalid_value"}),
        (SEVERITY | {"rank": "1"}, {"rank": "invalid_value"}),
        (SEVERITY | {"rank": 1.5}, {"rank": "invalid_value"}),
        (SEVERITY | {"rank": 2**63}, {"rank": "invalid_value"}),
        (SEVERITY | {"rank": True}, {"rank": "invalid_value"}),
    ],
)
def test_severities_refused(api: Api, body: dict[str, Any], found: dict[str, str]) -> None:
    assert faults(api.post("/v1/severities", body)) == found


def test_above_the_highest_rank_there_is_none(api: Api) -> None:
    assert api.post("/v1/severities", SEVERITY | {"rank": 2**63 - 1}).status_code == 201
    assert faults(api.post("/v1/severities", SEVERITY | {"name": "Worse"})) == {"rank": "invalid_value"}


def test_two_of_a_name_are_one_too_many(api: Api) -> None:
    response = api.post("/v1/severities", SEVERITY | {"name": "Minor"})
    assert (response.status_code, response.json()["type"]) == (409, "conflict")


def test_what_is_in_use_stays(api: Api, alice: Member) -> None:
    make_incident(alice)
    paths = [
        f"/v1/severities/{severity(alice, 'Minor').ulid}",
        f"/v1/incident_statuses/{status(alice, 'Investigating').ulid}",
    ]
    for path in paths:
        response = api.delete(path)
        assert (response.status_code, response.json()["type"]) == (409, "conflict")
        assert api.get(path).status_code == 200


def test_the_life_of_a_status(api: Api) -> None:
    created = api.post("/v1/incident_statuses", {"name": "Looking", "description": "d", "category": "live"})
    assert created.status_code == 201
    made = created.json()["incident_status"]
    assert (made["category"], made["rank"]) == ("live", 4)
    path = f"/v1/incident_statuses/{made['id']}"
    changed = api.put(path, {"name": "Seeing", "description": "d", "category": "learning"}).json()["incident_status"]
    assert (changed["name"], changed["category"]) == ("Seeing", "live")
    assert api.delete(path).status_code == 202


@pytest.mark.parametrize("category", ["triage", "paused", "merged", "nothing"])
def test_statuses_of_other_categories_are_built_in(api: Api, category: str) -> None:
    body = {"name": "x", "description": "d", "category": category}
    assert faults(api.post("/v1/incident_statuses", body)) == {"category": "invalid_value"}


@pytest.mark.parametrize("name", ["Triage", "Closed", "Declined"])
def test_what_is_built_in_stays(api: Api, alice: Member, name: str) -> None:
    path = f"/v1/incident_statuses/{status(alice, name).ulid}"
    assert api.delete(path).status_code == 422
    assert api.put(path, {"name": "x", "description": "d"}).status_code == 422


def test_the_last_status_to_begin_in_stays(api: Api, alice: Member) -> None:
    first, *others = IncidentStatus.objects.of(alice.workspace).filter(category="live").order_by("rank")
    for other in others:
        assert api.delete(f"/v1/incident_statuses/{other.ulid}").status_code == 202
    assert api.delete(f"/v1/incident_statuses/{first.ulid}").status_code == 409
    body = {"idempotency_key": "k", "visibility": "public", "severity_id": Severity.objects.all()[0].ulid}
    assert api.post("/v2/incidents", body).json()["incident"]["incident_status"]["id"] == first.ulid


def test_the_life_of_a_role(api: Api) -> None:
    body = {"name": "Comms", "shortform": "comms", "description": "Tells people.", "instructions": ""}
    created = api.post("/v2/incident_roles", body)
    assert created.status_code == 201
    made = created.json()["incident_role"]
    assert made["role_type"] == "custom"
    path = f"/v2/incident_roles/{made['id']}"
    assert api.put(path, body | {"name": "Voice"}).json()["incident_role"]["name"] == "Voice"
    assert api.post("/v2/incident_roles", body | {"name": "Other"}).status_code == 409
    assert api.delete(path).status_code == 204
    assert faults(api.post("/v2/incident_roles", body | {"description": ""})) == {"description": "is_required"}


def test_a_viewer_changes_no_settings(viewer: Api, alice: Member) -> None:
    assert viewer.get("/v1/severities").status_code == 200
    assert viewer.post("/v1/severities", SEVERITY).status_code == 403
    assert viewer.delete(f"/v1/severities/{severity(alice, 'Minor').ulid}").status_code == 403
    assert viewer.post("/v1/incident_statuses", {}).status_code == 403
    assert viewer.post("/v2/incident_roles", {}).status_code == 403


def test_users(api: Api, alice: Member, bob: Member, noon: datetime) -> None:
    assert names(api.get("/v2/users"), "users") == ["Alice", "Bob"]
    one = api.get(f"/v2/users/{bob.ulid}").json()["user"]
    assert (one["email"], one["is_active"], one["custom_roles"]) == (bob.email, True, [])
    assert one["base_role"]["slug"] == one["role"] == "responder"
    page = api.get("/v2/users", {"page_size": 1}).json()
    assert page["pagination_meta"] == {"page_size": 1, "after": alice.ulid}
    assert names(api.get("/v2/users", {"after": alice.ulid}), "users") == ["Bob"]
    assert names(api.get("/v2/users", {"email": str(bob.email).upper()}), "users") == ["Bob"]
    update_member(bob, actor=alice, at=noon, active=False, slack_user_id="U1")
    assert names(api.get("/v2/users"), "users") == ["Alice"]
    assert names(api.get("/v2/users", {"include_inactive": "true", "slack_user_id": "U1"}), "users") == ["Bob"]
    assert api.get("/v2/users", {"include_inactive": "perhaps"}).status_code == 422
    update_member(bob, actor=alice, at=noon, uses_incidents=False)
    assert names(api.get("/v2/users", {"include_inactive": "true"}), "users") == ["Alice"]
    assert api.get(f"/v2/users/{bob.ulid}").status_code == 404


def test_updates(api: Api, alice: Member, noon: datetime) -> None:
    incident = make_incident(alice)
    body = {"incident_id": incident.ulid, "idempotency_key": "u1", "message": "We are looking"}
    first = api.post("/v2/incident_updates", body)
    assert first.status_code == 201
    assert first.json()["incident_update"]["new_incident_status"]["name"] == "Investigating"
    assert api.post("/v2/incident_updates", body | {"message": "Again"}).json() == first.json()
    moved = body | {"idempotency_key": "u2", "to_incident_status_id": status(alice, "Closed").ulid}
    assert api.post("/v2/incident_updates", moved).status_code == 201
    updates = api.get("/v2/incident_updates").json()["incident_updates"]
    assert [update["new_incident_status"]["name"] for update in updates] == ["Closed", "Investigating"]
    assert api.get(f"/v2/incidents/{incident.ulid}").json()["incident"]["incident_status"]["name"] == "Closed"
    empty = {"incident_id": incident.ulid, "idempotency_key": "u3"}
    assert faults(api.post("/v2/incident_updates", empty)) == {"message": "is_required"}


def test_the_same_key_again_answers_the_first_update_whatever_else_it_says(
    api: Api, viewer: Api, alice: Member
) -> None:
    told = {"incident_id": make_incident(alice).ulid, "idempotency_key": "same", "message": "Soon over."}
    first = api.post("/v2/incident_updates", told).json()
    for again in [told | {"message": "Over."}, {"idempotency_key": "same"}, told | {"to_severity_id": "nope"}]:
        response = api.post("/v2/incident_updates", again)
        assert (response.status_code, response.json()) == (201, first)
    assert viewer.post("/v2/incident_updates", told).status_code == 403


def test_the_key_of_a_hidden_update_is_taken(api: Api, alice: Member) -> None:
    hidden, shown = (make_incident(alice, visibility=visibility) for visibility in ("private", "public"))
    told = {"incident_id": hidden.ulid, "idempotency_key": "same", "message": "Hush."}
    assert api.post("/v2/incident_updates", told).status_code == 201
    editor = Api("incidents", make_key(alice.workspace, "incidents", "viewer", "incident_editor")[1])
    response = editor.post("/v2/incident_updates", told | {"incident_id": shown.ulid})
    assert (response.status_code, b"Hush" in response.content) == (409, False)


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_the_life_of_a_follow_up(api: Api, alice: Member, bob: Member, version: str) -> None:
    incident = make_incident(alice)
    body = {"incident_id": incident.ulid, "title": "Buy a pump", "labels": ["money"], "assignee_id": bob.ulid}
    created = api.post(f"/{version}/follow_ups", body)
    assert created.status_code == 201
    made = created.json()["follow_up"]
    assert (made["title"], made["labels"], made["assignee"]["name"]) == ("Buy a pump", ["money"], "Bob")
    assert "description" not in made
    path = f"/{version}/follow_ups/{made['id']}"
    done = api.put(path, {"title": "Buy a pump", "status": "completed"}).json()["follow_up"]
    assert done["completed_at"]
    fact = Fact.objects.get()
    assert (fact.source_id, performer_of(fact)) == (f"follow_up:{made['id']}:completed:1", bob)
    assert (
        "assignee"
        not in api.put(path, {"title": "x", "status": "outstanding", "assignee_id": None}).json()["follow_up"]
    )
    assert api.delete(path).status_code == 204
    assert api.get(path).json()["follow_up"]["status"] == "deleted"
    assert api.delete(path).status_code == 404
    [listed] = api.get(f"/{version}/follow_ups").json()["follow_ups"]
    assert listed["status"] == "deleted"


def test_what_no_workspace_has_cannot_be_named(api: Api, alice: Member) -> None:
    body = {"incident_id": make_incident(alice).ulid, "title": "x"}
    names = ["assignee_team_id", "follow_up_priority_option_id", "follow_up_category_id", "external_issue_reference_id"]
    unknown = dict.fromkeys(names, "01FCNDV6P870EA6S7TK1DSYDG0")
    assert faults(api.post("/v3/follow_ups", body | unknown)).keys() == unknown.keys()
    assert api.post("/v3/follow_ups", body | dict.fromkeys(unknown)).status_code == 201


def test_v1_lists_both(api: Api, alice: Member, noon: datetime) -> None:
    incident = make_incident(alice)
    action = make_action(alice, incident, at=noon + timedelta(seconds=1))
    follow_up = api.post("/v2/follow_ups", {"incident_id": incident.ulid, "title": "Later"}).json()["follow_up"]
    both = api.get("/v1/actions").json()["actions"]
    assert [(item["id"], item["follow_up"]) for item in both] == [(action.ulid, False), (follow_up["id"], True)]
    assert [item["description"] for item in both] == ["Put a bucket under it", "Later"]
    assert [item["id"] for item in api.get("/v1/actions?is_follow_up=true").json()["actions"]] == [follow_up["id"]]
    assert api.get("/v1/actions?incident_mode=test").json()["actions"] == []
    assert api.get(f"/v1/actions/{action.ulid}").json()["action"]["follow_up"] is False
    assert api.get("/v1/actions?incident_mode=standard").status_code == 422
