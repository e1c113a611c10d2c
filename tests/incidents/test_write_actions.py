"""POST, GET, PUT and DELETE of actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from accounts.rules import set_clock, update_member
from actions.models import Action as Fact
from incidents.models import Action, Incident
from incidents.rules import complete_action
from tests.clients_of import Api
from tests.incidents.factories import make_action, make_incident

BOTH = pytest.mark.parametrize("version", ["v2", "v3"])


def faults(response: Any) -> dict[str, str]:
    """The fields of a 422 and their codes."""
    assert response.status_code == 422, response.content
    assert response.json()["type"] == "validation_error"
    for error in response.json()["errors"]:
        assert error["source"]["pointer"] == "/" + error["source"]["field"]
    return {error["source"]["field"]: error["code"] for error in response.json()["errors"]}


def performer_of(fact: Fact) -> Member | None:
    """The member a fact is put down to."""
    return fact.performer.member if fact.performer else None


@BOTH
def test_create(api: Api, alice: Member, bob: Member, version: str) -> None:
    incident = make_incident(alice)
    body = {"incident_id": incident.ulid, "description": "  Fetch **towels**\n", "assignee_id": bob.ulid}
    response = api.post(f"/{version}/actions", body)
    assert response.status_code == 201
    action = response.json()["action"]
    assert action["description"] == "  Fetch **towels**\n"
    assert action["assignee"]["id"] == bob.ulid
    assert action["incident_id"] == incident.ulid
    assert action["creator"]["api_key"]["name"] == "Everything"
    assert action["status"] == "outstanding"
    assert action["created_at"] == action["updated_at"]
    assert "completed_at" not in action
    assert api.get(f"/{version}/actions/{action['id']}").json() == response.json()


@BOTH
def test_create_refuses_every_fault_at_once(api: Api, version: str) -> None:
    assert faults(api.post(f"/{version}/actions", {})) == {"incident_id": "is_required", "description": "is_required"}
    body = {"incident_id": "01FCNDV6P870EA6S7TK1DSYDG0", "description": " \t", "assignee_id": "nobody"}
    assert faults(api.post(f"/{version}/actions", body)) == {
        "incident_id": "invalid_value",
        "description": "is_required",
        "assignee_id": "invalid_value",
    }
    assert not Action.objects.exists()


@pytest.mark.parametrize("value", [5, True, [], {}, ["x"], "a\x00b", 1.5, 10**30])
def test_a_description_is_a_string(api: Api, alice: Member, value: Any) -> None:
    body = {"incident_id": make_incident(alice).ulid, "description": value}
    assert faults(api.post("/v3/actions", body)) == {"description": "invalid_value"}


@pytest.mark.parametrize("value", [5, True, [], {}, "", "x" * 26, "01fcndv6p870ea6s7tk1dsydg0", "\x00"])
def test_ids_that_name_nothing(api: Api, value: Any) -> None:
    body = {"incident_id": value, "description": "x", "assignee_id": value}
    assert faults(api.post("/v3/actions", body)) == {"incident_id": "invalid_value", "assignee_id": "invalid_value"}


def test_what_is_required_cannot_be_null(api: Api) -> None:
    body = {"incident_id": None, "description": None, "assignee_id": None}
    assert faults(api.post("/v3/actions", body)) == {"incident_id": "is_required", "description": "is_required"}


def test_unknown_properties_are_ignored(api: Api, alice: Member) -> None:
    body = {"incident_id": make_incident(alice).ulid, "description": "x", "status": "completed", "colour": "red"}
    assert api.post("/v3/actions", body).json()["action"]["status"] == "outstanding"


def test_nobody_who_left_is_given_work(api: Api, alice: Member, bob: Member, noon: Any) -> None:
    action = make_action(alice)
    update_member(bob, actor=alice, at=noon, active=False)
    body = {"incident_id": action.incident.ulid, "description": "x", "assignee_id": bob.ulid}
    assert faults(api.post("/v3/actions", body)) == {"assignee_id": "invalid_value"}
    put = {"description": "x", "status": "outstanding", "assignee_id": bob.ulid}
    assert faults(api.put(f"/v3/actions/{action.ulid}", put)) == {"assignee_id": "invalid_value"}


def test_nobody_outside_incidents_is_given_work(api: Api, alice: Member, bob: Member, noon: Any) -> None:
    update_member(bob, actor=alice, at=noon, uses_incidents=False)
    body = {"incident_id": make_incident(alice).ulid, "description": "x", "assignee_id": bob.ulid}
    assert faults(api.post("/v3/actions", body)) == {"assignee_id": "invalid_value"}


def test_strangers_rows_do_not_exist(strangers_api: Api, alice: Member, charlie: Member) -> None:
    action = make_action(alice)
    body = {"incident_id": action.incident.ulid, "description": "x", "assignee_id": alice.ulid}
    assert faults(strangers_api.post("/v3/actions", body)) == {
        "incident_id": "invalid_value",
        "assignee_id": "invalid_value",
    }
    path = f"/v3/actions/{action.ulid}"
    assert strangers_api.put(path, {"description": "x", "status": "completed"}).status_code == 404
    assert strangers_api.delete(path).status_code == 404
    action.refresh_from_db()
    assert action.status == "outstanding"


@BOTH
def test_complete_and_reopen(api: Api, alice: Member, version: str) -> None:
    path = f"/{version}/actions/{make_action(alice).ulid}"
    done = api.put(path, {"description": "Bucket", "status": "completed"}).json()["action"]
    assert (done["status"], done["completed_at"]) == ("completed", done["updated_at"])
    kept = api.put(path, {"description": "Larger bucket", "status": "completed"}).json()["action"]
    assert kept["completed_at"] == done["completed_at"]
    assert kept["updated_at"] > done["updated_at"]
    reopened = api.put(path, {"description": "Larger bucket", "status": "outstanding"}).json()["action"]
    assert "completed_at" not in reopened
    declined = api.put(path, {"description": "Larger bucket", "status": "not_doing"}).json()["action"]
    assert "completed_at" not in declined
    again = api.put(path, {"description": "Larger bucket", "status": "completed"}).json()["action"]
    assert again["completed_at"] > done["completed_at"]


def test_completing_records_and_leaving_it_cancels(api: Api, alice: Member, bob: Member) -> None:
    action = make_action(alice, assignee=bob)
    path = f"/v3/actions/{action.ulid}"
    for status in ["completed", "completed", "outstanding", "completed", "not_doing", "completed"]:
        assert api.put(path, {"description": "Bucket", "status": status}).status_code == 200
    facts = Fact.objects.order_by("seq")
    assert [fact.source_id for fact in facts] == [f"action:{action.ulid}:completed:{n}" for n in (1, 2, 3)]
    assert [fact.cancelled_at is None for fact in facts] == [False, False, True]
    assert [performer_of(fact) for fact in facts] == [bob] * 3
    assert api.delete(path).status_code == 204
    assert Fact.objects.filter(cancelled_at=None).count() == 0


def test_a_key_never_earns(api: Api, alice: Member) -> None:
    api.put(f"/v3/actions/{make_action(alice).ulid}", {"description": "x", "status": "completed"})
    assert Fact.objects.get().performer is None


def test_an_unassigned_completion_is_the_acting_members(alice: Member, bob: Member, noon: Any) -> None:
    complete_action(make_action(alice), actor=bob, at=noon)
    assert performer_of(Fact.objects.get()) == bob


def test_whoever_is_assigned_with_the_completion_performed_it(api: Api, alice: Member, bob: Member) -> None:
    action = make_action(alice, assignee=alice)
    body = {"description": "x", "status": "completed", "assignee_id": bob.ulid}
    api.put(f"/v3/actions/{action.ulid}", body)
    assert performer_of(Fact.objects.get()) == bob


@BOTH
def test_assign_unassign_and_leave_alone(api: Api, alice: Member, bob: Member, version: str) -> None:
    path = f"/{version}/actions/{make_action(alice).ulid}"
    body: dict[str, Any] = {"description": "x", "status": "outstanding"}
    assert api.put(path, body | {"assignee_id": bob.ulid}).json()["action"]["assignee"]["id"] == bob.ulid
    assert api.put(path, body).json()["action"]["assignee"]["id"] == bob.ulid
    assert "assignee" not in api.put(path, body | {"assignee_id": None}).json()["action"]


@BOTH
def test_update_refuses_every_fault_at_once(api: Api, alice: Member, version: str) -> None:
    path = f"/{version}/actions/{make_action(alice).ulid}"
    assert faults(api.put(path, {})) == {"description": "is_required", "status": "is_required"}
    body = {"description": "", "status": "done", "assignee_id": "x"}
    assert faults(api.put(path, body)) == {
        "description": "is_required",
        "status": "invalid_value",
        "assignee_id": "invalid_value",
    }


@pytest.mark.parametrize("status", ["deleted", "Completed", "", 1, None, ["completed"], {"a": 1}, True])
def test_statuses_that_are_refused(api: Api, alice: Member, status: Any) -> None:
    action = make_action(alice)
    response = api.put(f"/v3/actions/{action.ulid}", {"description": "x", "status": status})
    assert faults(response) == {"status": "is_required" if status is None else "invalid_value"}
    action.refresh_from_db()
    assert action.description == "Put a bucket under it"


@BOTH
def test_delete_leaves_a_tombstone(api: Api, alice: Member, version: str) -> None:
    path = f"/{version}/actions/{make_action(alice).ulid}"
    done = api.put(path, {"description": "x", "status": "completed"}).json()["action"]
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    tombstone = api.get(path).json()["action"]
    assert (tombstone["status"], tombstone["completed_at"]) == ("deleted", done["completed_at"])
    assert tombstone["updated_at"] > done["updated_at"]
    assert api.delete(path).status_code == 404
    assert faults(api.put(path, {"description": "y", "status": "outstanding"})) == {"status": "invalid_value"}


def test_a_repeated_update_changes_nothing(api: Api, alice: Member) -> None:
    path = f"/v3/actions/{make_action(alice).ulid}"
    body = {"description": "x", "status": "completed"}
    assert api.put(path, body).json() == api.put(path, body).json()


def test_every_change_moves_the_incidents_last_activity(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    before = incident.last_activity_at
    created = api.post("/v3/actions", {"incident_id": incident.ulid, "description": "x"}).json()["action"]
    incident.refresh_from_db()
    after_creation = incident.last_activity_at
    assert after_creation > before
    api.delete(f"/v3/actions/{created['id']}")
    incident.refresh_from_db()
    assert incident.last_activity_at > after_creation


def test_a_stopped_clock_still_dates_each_write_apart(api: Api, alice: Member) -> None:
    later = alice.workspace.now() + timedelta(days=400)
    set_clock(alice.workspace, to=later)
    incident = make_incident(alice)
    body = {"incident_id": incident.ulid, "description": "x"}
    times = [api.post("/v3/actions", body).json()["action"]["created_at"] for _ in range(3)]
    assert times == sorted(set(times))
    assert all(time.startswith(later.strftime("%Y-%m-%dT%H:%M:%S")) for time in times)


def test_a_change_is_never_dated_before_the_last(alice: Member, noon: Any) -> None:
    action = make_action(alice, at=noon)
    complete_action(action, actor=alice, at=noon - timedelta(hours=1))
    action.refresh_from_db()
    assert action.updated_at > noon


def test_create_runs_these_queries(api: Api, alice: Member) -> None:
    body = {"incident_id": make_incident(alice).ulid, "description": "x"}
    api.get("/v1/identity")  # The key is known from here on.
    with CaptureQueriesContext(connection) as queries:
        api.post("/v3/actions", body)
    # The incident, the clock, BEGIN, the action, the incident's activity, COMMIT, the action as shown.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) <= 7


def test_updates_by_two_at_once_complete_once(api: Api, alice: Member, noon: Any) -> None:
    action = make_action(alice)
    stale = Action.objects.get(pk=action.pk)
    complete_action(action, actor=alice, at=noon)
    complete_action(stale, actor=alice, at=noon + timedelta(seconds=1))
    assert Fact.objects.count() == 1


def test_incidents_are_numbered_per_workspace(alice: Member, charlie: Member) -> None:
    assert [make_incident(who).reference for who in (alice, charlie, alice)] == ["INC-1", "INC-1", "INC-2"]


def test_an_idempotency_key_opens_one_incident(alice: Member) -> None:
    first = make_incident(alice, idempotency_key="k", name="First")
    again = make_incident(alice, idempotency_key="k", name="Second")
    assert (again.pk, again.name) == (first.pk, "First")
    assert Incident.objects.count() == 1
    assert make_incident(alice).reference == "INC-2"
