"""`/api/clock`: a workspace's test clock for programs, with the settings' key of any app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import due
from accounts.clock import real_now
from accounts.models import ClockRun, Member, Workspace
from accounts.rules import revoke_key, stop_clock
from incidents.roles import NAMES
from tests.accounts.diaries import NOTE, Diary
from tests.factories import make_key

HOUR = timedelta(hours=1)


def program(token: str) -> Client:
    """A caller with a key."""
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def ci(token: str) -> Client:
    """A CI job with a key for everything."""
    return program(token)


def move(client: Client, action: str, **facts: Any) -> Any:
    """What came of a POST."""
    return client.post("/api/clock", {"action": action, **facts}, content_type="application/json")


def test_the_clock_is_shown(ci: Client, alice: Member):
    response = ci.get("/api/clock")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    shown = response.json()
    assert shown.pop("now")[-1] == "Z"
    assert shown == {"workspace": "wonderland", "stopped": False, "ahead_seconds": 0, "run": None}


def test_the_clock_is_stopped_set_forwarded_and_run(ci: Client, alice: Member):
    assert move(ci, "stop").json()["stopped"]
    response = move(ci, "set", to="2100-02-01T00:00:00Z")
    assert (response.status_code, response.json()["now"]) == (200, "2100-02-01T00:00:00Z")
    assert move(ci, "forward", by="1d12h").json()["now"] == "2100-02-02T12:00:00Z"
    assert ci.get("/api/clock/").json()["run"]["state"] == "done"
    running = move(ci, "run").json()
    assert not running["stopped"]
    assert running["ahead_seconds"] > 0


def test_a_clock_on_its_way_is_told_and_found_again(ci: Client, alice: Member, diary: Diary):
    start = stop_clock(alice.workspace).now()
    due.plan(NOTE, alice.workspace, "tea", start + HOUR)
    response = move(ci, "forward", by="2h")
    assert response.status_code == 202
    assert response.headers["Location"] == "http://testserver/api/clock"
    assert (response.json()["run"]["state"], response.json()["run"]["steps"]) == ("requested", 0)
    assert move(ci, "forward", by="2h").status_code == 409
    due.sweep()
    found = ci.get("/api/clock").json()
    assert (found["run"]["state"], found["run"]["steps"]) == ("done", 1)
    assert diary.times == [start + HOUR]


def test_who_moved_it_is_remembered(ci: Client, alice: Member):
    move(ci, "forward", by="1h")
    asked = ClockRun.objects.get()
    assert (asked.actor_kind, asked.actor_name) == ("key", "Everything")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid", "action"),
        ({"action": "back"}, "invalid", "action"),
        ({"action": ["stop"]}, "invalid", "action"),
        ([], "invalid", "action"),
        ({"action": "set"}, "required", "to"),
        ({"action": "set", "to": 7}, "required", "to"),
        ({"action": "set", "to": "tomorrow"}, "invalid", "to"),
        ({"action": "set", "to": "2100-02-01"}, "invalid", "to"),
        ({"action": "set", "to": "2100-13-01T00:00:00Z"}, "invalid", "to"),
        ({"action": "set", "to": "2001-01-01T00:00:00Z"}, "invalid", "to"),
        ({"action": "set", "to": "9999-12-31T23:59:59-12:00"}, "invalid", "to"),
        ({"action": "forward", "by": "soon"}, "invalid", "by"),
        ({"action": "forward", "by": "٣d"}, "invalid", "by"),
        ({"action": "forward", "by": "999999w"}, "invalid", "by"),
    ],
)
def test_a_move_that_cannot_be_is_refused(ci: Client, body: Any, code: str, field: str):
    response = ci.post("/api/clock", body, content_type="application/json")
    assert response.status_code == 422, response.content
    error = response.json()["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert Workspace.objects.get().clock_stopped_at is None


def test_it_is_for_keys(alice: Member, ci: Client):
    assert Client().get("/api/clock").status_code == 401
    assert program("inc_" + "0" * 64).get("/api/clock").status_code == 401
    key, token = make_key(alice.workspace, "incidents", *NAMES)
    revoke_key(key, at=real_now())
    response = program(token).get("/api/clock")
    assert response.status_code == 401
    assert response.json() == {"error": {"code": "access_token_invalid", "message": "The access token is invalid."}}
    assert ci.delete("/api/clock").status_code == 405
    assert ci.get("/api/clocks").json()["error"]["code"] == "not_found"


def test_it_is_behind_the_base_host_alone(ci: Client):
    assert ci.get("/api/clock", HTTP_HOST="incidents.localhost").status_code == 404


ALL = [f"{noun}:{right}" for noun in ("actions", "users", "wallets") for right in ("read", "write")]


@pytest.mark.parametrize(
    ("app", "words", "who", "status"),
    [
        ("incidents", ["manage_settings"], "", 200),
        ("incidents", ["viewer", "incident_editor"], "", 403),
        ("incidents", ["manage_settings"], "bob", 403),
        ("cadences", [], "alice", 200),
        ("cadences", [], "bob", 403),
        ("cadences", [], "", 403),
        ("analytics", ["*"], "alice", 200),
        ("analytics", ["action:write"], "alice", 403),
        ("analytics", ["*"], "bob", 403),
        ("gamification", ["SuperAdmin"], "alice", 200),
        ("gamification", ["Admin"], "alice", 200),
        ("gamification", ["Manager"], "alice", 403),
        ("actions", ALL, "", 200),
        ("actions", ALL[:-1], "", 403),
    ],
)
def test_the_words_that_open_settings_move_it(
    alice: Member, bob: Member, app: str, words: list[str], who: str, status: int
):
    member = {"alice": alice, "bob": bob}.get(who)
    client = program(make_key(alice.workspace, app, *words, member=member)[1])
    assert client.get("/api/clock").status_code == 200
    assert move(client, "stop").status_code == status
    assert bool(Workspace.objects.get().clock_stopped_at) is (status == 200)


def test_looking_costs_three_questions(ci: Client, django_assert_num_queries: Any):
    ci.get("/api/clock")
    with django_assert_num_queries(3):  # the last way; the workspace; its time
        ci.get("/api/clock")
