"""Many at once, each with a connection of its own: a key opens and tells once, and a number is given once."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Member
from actions.models import Action as Fact
from incidents.models import Incident, IncidentStatus, IncidentUpdate, Severity, TimestampValue
from incidents.rules import complete_action, update_action
from tests.clients_of import Api
from tests.factories import NOON, make_key
from tests.incidents.factories import make_action, make_incident
from tests.incidents.test_write_actions import performer_of
from tests.threads import at_once, unhurried

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def opening(member: Member, key: str) -> dict[str, Any]:
    """The least that opens an incident."""
    severity = Severity.objects.of(member.workspace)[0].ulid
    return {"idempotency_key": key, "visibility": "public", "severity_id": severity}


def hurry_nobody(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let everybody else have a turn after each of these looks."""
    for name in names:
        path = f"incidents.rules.incidents.{name}"
        module, _, attribute = path.rpartition(".")
        monkeypatch.setattr(path, unhurried(getattr(__import__(module, fromlist=[attribute]), attribute)))


def test_a_key_used_by_many_at_once_opens_one_incident(
    api: Api, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry_nobody(monkeypatch, "find_opened")
    body = opening(alice, "same")
    answers = at_once(MANY, lambda number: api.post("/v2/incidents", body | {"name": f"Fire {number}"}))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert [incident.reference for incident in Incident.objects.all()] == ["INC-1"]


def test_many_who_open_at_once_are_numbered_without_a_gap(api: Api, alice: Member) -> None:
    bodies = [opening(alice, str(number)) for number in range(MANY)]
    answers = at_once(MANY, lambda number: api.post("/v2/incidents", bodies[number]).json()["incident"])
    assert sorted(answer["reference"] for answer in answers) == [f"INC-{number + 1}" for number in range(MANY)]


def test_a_key_used_by_many_at_once_tells_one_update(api: Api, alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    hurry_nobody(monkeypatch, "find_update")
    body = {"incident_id": make_incident(alice).ulid, "idempotency_key": "same", "message": "Soon over."}
    answers = at_once(MANY, lambda number: api.post("/v2/incident_updates", body))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert IncidentUpdate.objects.count() == 1


def test_many_who_close_at_once_close_once(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    closed = IncidentStatus.objects.of(alice.workspace).get(category="closed")
    body = {"incident": {"incident_status_id": closed.ulid}, "notify_incident_channel": False}
    path = f"/v2/incidents/{incident.ulid}/actions/edit"
    answers = at_once(MANY, lambda number: api.post(path, body))
    assert {answer.status_code for answer in answers} == {200}
    assert IncidentUpdate.objects.count() == 1
    assert TimestampValue.objects.filter(incident=incident).count() == 3


def test_a_private_incident_is_not_answered_to_whoever_meets_its_key(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = make_incident(alice, visibility="private", idempotency_key="taken", name="Hush")
    api = Api("incidents", make_key(alice.workspace, "incidents", "viewer", "incident_creator")[1])
    # As if it were opened after the first look at the key.
    monkeypatch.setattr("incidents.rules.find_opened", lambda workspace, key: None)
    response = api.post("/v2/incidents", opening(alice, "taken"))
    assert response.status_code == 409
    assert incident.name.encode() not in response.content


@pytest.mark.postgres
def test_whoever_waited_for_work_knows_who_has_it_now(alice: Member, bob: Member) -> None:
    action, held = make_action(alice, assignee=alice), Event()

    def hand_over() -> None:
        with transaction.atomic():
            update_action(action, actor=alice, at=NOON, assignee=bob)
            held.set()
            until_somebody_waits()

    def complete() -> None:
        assert held.wait(20)
        complete_action(action, actor=alice, at=NOON)

    at_once(2, lambda number: (hand_over, complete)[number]())
    assert performer_of(Fact.objects.get()) == bob


def until_somebody_waits() -> None:
    """Until another transaction waits for a lock of this one."""
    until, sql = time.monotonic() + 20, "SELECT 1 FROM pg_locks WHERE NOT granted"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql)
            if cursor.fetchone():
                return
            assert time.monotonic() < until, "Nobody came to wait."
