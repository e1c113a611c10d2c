"""What endpoints are told of actions: incident.io's payloads, and of private incidents an id alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from accounts.models import Member, Message
from accounts.webhooks import dialect_of
from incidents.models import Action, IncidentStatus
from incidents.rules import (
    complete_action,
    complete_follow_up,
    create_follow_up,
    delete_action,
    delete_follow_up,
    edit_incident,
    post_update,
    reopen_action,
    update_action,
)
from tests.accounts.factories import make_endpoint
from tests.clients_of import Api
from tests.factories import NOON, make_key
from tests.incidents.factories import make_action, make_incident

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def endpoint(alice: Member) -> None:
    """Somebody is told everything."""
    make_endpoint(alice)


def told(event: str) -> list[Any]:
    """The payloads of an event, in their order."""
    bodies = [orjson.loads(bytes(body)) for body in Message.objects.order_by("id").values_list("body", flat=True)]
    assert all(set(body) == {"event_type", body["event_type"]} for body in bodies)
    return [body[event] for body in bodies if body["event_type"] == event]


def test_a_new_action_is_told_as_v1_knew_it(alice: Member, bob: Member):
    Member.objects.filter(pk=bob.pk).update(slack_user_id="U02AYNF2XJM")
    action = make_action(alice, assignee=bob)
    assert told("public_incident.action_created_v1") == [
        {
            "id": action.ulid,
            "incident_id": action.incident.ulid,
            "description": "Put a bucket under it",
            "status": "outstanding",
            "follow_up": False,
            "created_at": "2026-03-02T12:00:00.000000Z",
            "updated_at": "2026-03-02T12:00:00.000000Z",
            "assignee": {
                "id": bob.ulid,
                "name": "Bob",
                "role": "responder",
                "email": "bob@wonderland.example",
                "slack_user_id": "U02AYNF2XJM",
            },
        }
    ]


def test_every_change_is_told_once_and_a_deletion_is_one(alice: Member, bob: Member):
    action = make_action(alice)
    update_action(action, actor=alice, at=NOON, description="Mop up", assignee=bob)
    update_action(action, actor=alice, at=NOON, description="Mop up")
    complete_action(action, actor=alice, at=NOON)
    reopen_action(action, actor=alice, at=NOON)
    delete_action(action, actor=alice, at=NOON)
    payloads = told("public_incident.action_updated_v1")
    assert [payload["status"] for payload in payloads] == ["outstanding", "completed", "outstanding", "deleted"]
    assert ["completed_at" in payload for payload in payloads] == [False, True, False, False]
    assert {payload["description"] for payload in payloads} == {"Mop up"}
    assert len({payload["updated_at"] for payload in payloads}) == 4


def test_of_a_private_incident_only_the_id_is_told(alice: Member):
    action = make_action(alice, make_incident(alice, visibility="private"), description="Hush")
    complete_action(action, actor=alice, at=NOON)
    assert told("private_incident.action_created_v1") == [{"id": action.ulid}]
    assert told("private_incident.action_updated_v1") == [{"id": action.ulid}]
    assert not any(b"Hush" in bytes(message.body) for message in Message.objects.all())
    assert not Message.objects.filter(event__startswith="public").exists()


def test_a_follow_up_is_told_in_two_versions(alice: Member):
    follow_up = create_follow_up(make_incident(alice), title="Repair the roof", actor=alice, at=NOON)
    complete_follow_up(follow_up, actor=alice, at=NOON)
    delete_follow_up(follow_up, actor=alice, at=NOON)
    [old], [new] = (told(f"public_incident.follow_up_created_v{version}") for version in (1, 2))
    assert (old["follow_up"], old["description"], "creator" in old) == (True, "Repair the roof", False)
    assert (new["title"], new["labels"], "follow_up" in new) == ("Repair the roof", [], False)
    for version in (1, 2):
        statuses = [payload["status"] for payload in told(f"public_incident.follow_up_updated_v{version}")]
        assert statuses == ["completed", "deleted"]


def test_an_endpoint_chooses_between_public_and_private():
    types = dialect_of("incidents").types()
    assert {"public_incident.action_created_v1", "private_incident.action_created_v1"} <= set(types)


def test_an_action_made_over_the_api_is_told_too(alice: Member):
    api = Api("incidents", make_key(alice.workspace, "incidents", "incident_editor")[1])
    body = {"incident_id": make_incident(alice).ulid, "description": "Mop up"}
    created = api.post("/v3/actions", body).json()["action"]
    [payload] = told("public_incident.action_created_v1")
    assert payload == {name: value for name, value in created.items() if name != "creator"} | {"follow_up": False}


def test_a_refused_change_tells_nothing(alice: Member):
    api = Api("incidents", make_key(alice.workspace, "incidents", "incident_editor")[1])
    action = make_action(alice)
    Message.objects.all().delete()
    api.put(f"/v3/actions/{action.ulid}", {"description": " ", "status": "completed"})
    assert not Message.objects.exists()
    assert Action.objects.get().status == "outstanding"


def status(member: Member, name: str) -> IncidentStatus:
    """A status by its name."""
    found: IncidentStatus = IncidentStatus.objects.of(member.workspace).get(name=name)
    return found


def test_an_incident_is_told_from_its_opening_on(alice: Member):
    incident = make_incident(alice)
    [created] = told("public_incident.incident_created_v2")
    assert (created["id"], created["incident_status"]["name"]) == (incident.ulid, "Investigating")
    edit_incident(incident, actor=alice, at=NOON, name=incident.name)
    assert told("public_incident.incident_updated_v2") == []
    edit_incident(incident, actor=alice, at=NOON, status=status(alice, "Fixing"))
    [updated] = told("public_incident.incident_updated_v2")
    assert updated["incident_status"]["name"] == "Fixing"
    [moved] = told("public_incident.incident_status_updated_v2")
    assert (moved["previous_status"]["name"], moved["new_status"]["name"]) == ("Investigating", "Fixing")
    assert moved["incident"]["id"] == incident.ulid
    post_update(incident, actor=alice, at=NOON, idempotency_key="u", message="Soon over")
    assert told("public_incident.incident_updated_v2")[-1]["most_recent_update_message"] == "Soon over"


def test_of_a_private_incidents_own_life_only_its_id_is_told(alice: Member):
    incident = make_incident(alice, visibility="private")
    edit_incident(incident, actor=alice, at=NOON, status=status(alice, "Fixing"))
    assert told("private_incident.incident_created_v2") == [{"id": incident.ulid}]
    assert told("private_incident.incident_updated_v2") == [{"id": incident.ulid}]
    events = set(Message.objects.values_list("event", flat=True))
    assert not any("status_updated" in event for event in events)
