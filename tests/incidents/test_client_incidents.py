"""incident.io's own Python client: incidents, their updates, follow-ups, settings and people."""

from __future__ import annotations

from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import pytest

from tests.incidents.sdk import NOBODY, UNSET, Sdk, refused

VERSIONS = pytest.mark.parametrize("version", ["v2", "v3"])


def names(rows: list[Any]) -> list[str]:
    """What rows are called."""
    return [row.name for row in rows]


def named(rows: list[Any], name: str) -> Any:
    """The row that is called so."""
    return next(row for row in rows if row.name == name)


def status(sdk: Sdk, name: str) -> str:
    """The id of a status."""
    return str(named(sdk.rows("incident_statuses_v1.list"), name).id)


def severity(sdk: Sdk, name: str) -> str:
    """The id of a severity."""
    return str(named(sdk.rows("severities_v1.list"), name).id)


def opened(sdk: Sdk, **facts: Any) -> Any:
    """A new incident."""
    least = {"idempotency_key": token_hex(8), "visibility": "public", "severity_id": severity(sdk, "Minor")}
    return sdk.one("incidents_v2.create", 200, body=least | facts)


def edited(sdk: Sdk, id: str, **facts: Any) -> Any:
    """The answer to an edit."""
    return sdk("incidents_v2.edit", id=id, body={"incident": facts, "notify_incident_channel": False})


def moments(incident: Any) -> set[str]:
    """The timestamps that are set."""
    values = incident.incident_timestamp_values
    return {each.incident_timestamp.name for each in values if each.value != UNSET}


def holders(incident: Any) -> dict[str, str]:
    """Who has which role."""
    given = [each for each in incident.incident_role_assignments if each.assignee != UNSET]
    return {each.role.name: each.assignee.id for each in given}


# Settings


@pytest.mark.parametrize(
    ("group", "facts", "deleted"),
    [
        ("severities_v1", {"description": "Run.", "rank": 50}, 202),
        ("incident_statuses_v1", {"description": "Wait.", "category": "live"}, 202),
        ("incident_roles_v2", {"description": "Tells.", "shortform": "", "instructions": "Be brief."}, 204),
    ],
)
def test_the_life_of_a_setting(sdk: Sdk, group: str, facts: dict[str, Any], deleted: int) -> None:
    word = token_hex(4)
    made = sdk.one(f"{group}.create", 201, body=facts | {"name": word})
    assert made.id in [row.id for row in sdk.rows(f"{group}.list")]
    changed = {name: value for name, value in facts.items() if name not in ("category", "rank")} | {"name": f"{word}!"}
    updated = sdk.one(f"{group}.update", 200, id=made.id, body=changed)
    assert (updated.name, updated.created_at) == (f"{word}!", made.created_at)
    assert sdk.one(f"{group}.show", 200, id=made.id) == updated
    gone = sdk(f"{group}.delete", id=made.id)
    assert (gone.status, gone.parsed) == (deleted, None)
    for call, body in (("show", {}), ("delete", {}), ("update", {"body": changed})):
        refused(sdk(f"{group}.{call}", id=made.id, **body), 404, "not_found", "not_found")


def test_settings_in_use_or_built_in_stay(sdk: Sdk) -> None:
    incident = opened(sdk)
    refused(sdk("severities_v1.delete", id=incident.severity.id), 409, "conflict", "conflict")
    refused(sdk("incident_statuses_v1.delete", id=incident.incident_status.id), 409, "conflict", "conflict")
    built_in = sdk("incident_statuses_v1.delete", id=status(sdk, "Declined"))
    refused(built_in, 422, "validation_error", "invalid_value")


def test_what_a_new_workspace_has(sdk: Sdk) -> None:
    assert set(names(sdk.rows("severities_v1.list"))) >= {"Minor", "Major", "Critical"}
    [kind] = sdk.rows("incident_types_v1.list")
    assert (kind.is_default, kind.create_in_triage, kind.owning_team_ids) == (True, "optional", UNSET)
    assert sdk.one("incident_types_v1.show", 200, id=kind.id) == kind
    timestamps = sdk.rows("incident_timestamps_v2.list")
    assert [each.rank for each in timestamps] == [*range(11), 12]
    assert sdk.one("incident_timestamps_v2.show", 200, id=timestamps[0].id) == timestamps[0]
    for call in ("incident_types_v1.show", "incident_timestamps_v2.show", "incidents_v2.show", "users_v2.show"):
        refused(sdk(call, id=NOBODY), 404, "not_found", "not_found")


def test_people(sdk: Sdk, live: SimpleNamespace) -> None:
    assert [user.id for user in sdk.rows("users_v2.list")] == [live.alice, live.bob]
    assert sdk.pages("users_v2.list", page_size=1, include_inactive=True) == [[live.alice], [live.bob], [live.dodo]]
    [alice] = sdk.rows("users_v2.list", email="ALICE@wonderland.example")
    assert [alice] == sdk.rows("users_v2.list", slack_user_id="U01")
    assert sdk.one("users_v2.show", 200, id=live.alice) == alice
    assert (alice.kind, alice.role, alice.base_role.slug, alice.is_active) == (
        "UserWithRolesV2",
        "owner",
        "owner",
        True,
    )
    assert (alice.custom_roles, alice.seats.response, alice.seats.on_call) == ([], "full_access", "none")
    assert sdk.one("users_v2.show", 200, id=live.dodo).is_active is False


# Incidents


def test_an_incident_opened_by_one_key_is_one(sdk: Sdk) -> None:
    key = token_hex(8)
    first = opened(sdk, idempotency_key=key, name="No coffee")
    assert (first.kind, first.name, first.incident_status.name) == ("IncidentV2", "No coffee", "Investigating")
    assert (first.summary, first.call_url, first.duration_metrics) == (UNSET, UNSET, UNSET)
    assert (first.custom_field_entries, first.team_ids, holders(first)) == ([], [], {})
    assert first.creator.api_key.name == "Everything"
    assert moments(first) == {"Reported at"}
    assert opened(sdk, idempotency_key=key, name="No tea") == first
    assert sdk.one("incidents_v2.show", 200, id=first.id) == first
    assert sdk.one("incidents_v2.show", 200, id=first.reference.removeprefix("INC-")) == first


def test_an_incident_needs_a_severity_out_of_triage(sdk: Sdk) -> None:
    body = {"idempotency_key": token_hex(8), "visibility": "public"}
    fault = refused(sdk("incidents_v2.create", body=body), 422, "validation_error", "is_required")
    assert (fault.source.field, fault.source.pointer) == ("severity_id", "/severity_id")
    triage = sdk.one("incidents_v2.create", 200, body=body | {"incident_status_id": status(sdk, "Triage")})
    assert (triage.severity, triage.incident_status.category) == (UNSET, "triage")


def test_editing(sdk: Sdk, live: SimpleNamespace) -> None:
    incident = opened(sdk)
    role = named(sdk.rows("incident_roles_v2.list"), "Incident Lead")
    began = named(sdk.rows("incident_timestamps_v2.list"), "Impact started at")
    answer = edited(
        sdk,
        incident.reference.removeprefix("INC-"),
        name="It leaks",
        summary="Water everywhere.",
        severity_id=severity(sdk, "Major"),
        call_url="https://calls.example/1",
        incident_role_assignments=[{"incident_role_id": role.id, "assignee": {"id": live.bob}}],
        incident_timestamp_values=[{"incident_timestamp_id": began.id, "value": "2026-03-01T10:00:00Z"}],
    )
    shown = answer.parsed.incident
    assert (answer.status, shown.name, shown.summary, shown.call_url) == (
        200,
        "It leaks",
        "Water everywhere.",
        "https://calls.example/1",
    )
    assert (shown.severity.name, holders(shown)) == ("Major", {"Incident Lead": live.bob})
    assert "Impact started at" in moments(shown)
    assert edited(sdk, incident.id, name="It leaks").parsed.incident == shown
    cleared = {
        "incident_role_assignments": [{"incident_role_id": role.id}],
        "incident_timestamp_values": [{"incident_timestamp_id": began.id}],
    }
    rest = edited(sdk, incident.id, **cleared).parsed.incident
    assert (holders(rest), moments(rest)) == ({}, {"Reported at"})


def test_moves(sdk: Sdk) -> None:
    incident = opened(sdk)
    closed = edited(sdk, incident.id, incident_status_id=status(sdk, "Closed"))
    assert (closed.status, closed.parsed.incident.incident_status.category) == (200, "closed")
    assert moments(closed.parsed.incident) == {"Reported at", "Resolved at", "Closed at"}
    for name in ("Investigating", "Reviewing", "Declined", "Paused"):
        answer = edited(sdk, incident.id, incident_status_id=status(sdk, name))
        fault = refused(answer, 422, "validation_error", "invalid_value")
        assert fault.source.pointer == "/incident/incident_status_id"


def test_incidents_page_by_page(sdk: Sdk) -> None:
    kept = severity(sdk, "Critical")
    opened_before = sdk.rows("incidents_v2.list", severity={"one_of": [kept]})
    made = [opened(sdk, severity_id=kept).id for _ in range(3)]
    ids = [*reversed(made), *(each.id for each in opened_before)]
    pages = sdk.pages("incidents_v2.list", page_size=2, severity={"one_of": [kept]})
    assert [id for page in pages for id in page] == ids
    assert {len(page) for page in pages[:-1]} == {2}
    first = sdk("incidents_v2.list", page_size=2, severity={"one_of": [kept]}).parsed.pagination_meta
    assert (first.page_size, first.after, first.total_record_count) == (2, ids[1], len(ids))
    whole = sdk("incidents_v2.list", page_size=500, severity={"one_of": [kept]}).parsed.pagination_meta
    assert (whole.page_size, whole.after, whole.total_record_count) == (500, UNSET, len(ids))
    oldest = sdk.rows("incidents_v2.list", sort_by="created_at_oldest_first", severity={"one_of": [kept]})
    assert [each.id for each in oldest] == ids[::-1]


def test_incident_filters(sdk: Sdk, live: SimpleNamespace) -> None:
    role = named(sdk.rows("incident_roles_v2.list"), "Incident Lead").id
    minor, major = (severity(sdk, name) for name in ("Minor", "Major"))
    [kind] = sdk.rows("incident_types_v1.list")
    fixing, closed = (status(sdk, name) for name in ("Fixing", "Closed"))
    led = [{"incident_role_id": role, "assignee": {"id": live.bob}}]
    incident = opened(sdk, incident_status_id=fixing, severity_id=major, incident_role_assignments=led)

    def found(**filters: Any) -> bool:
        return incident.id in [each.id for each in sdk.rows("incidents_v2.list", page_size=250, **filters)]

    day = incident.created_at[:10]
    keeping: list[dict[str, Any]] = [
        {"status": {"one_of": [closed, fixing]}},
        {"status": {"not_in": [closed]}},
        {"status_category": {"one_of": ["active"]}},
        {"status_category": {"not_in": ["closed", "learning"]}},
        {"severity": {"gte": [minor]}},
        {"severity": {"one_of": [minor, major], "lte": [major]}},
        {"incident_type": {"one_of": [kind.id]}},
        {"incident_role": {role: {"one_of": [live.alice, live.bob]}}},
        {"incident_role": {role: {"is_set": ["true"]}}},
        {"created_at": {"gte": [day], "date_range": [f"{day}~{day}"]}},
        {"updated_at": {"gte": [day]}},
        {"mode": {"one_of": ["standard", "test"]}},
        {"filter_mode": "any", "status": {"one_of": [closed]}, "severity": {"one_of": [major]}},
    ]
    dropping: list[dict[str, Any]] = [
        {"status": {"not_in": [fixing]}},
        {"status_category": {"one_of": ["closed", "post-incident"]}},
        {"severity": {"not_in": [major]}},
        {"severity": {"lte": [minor]}},
        {"incident_type": {"not_in": [kind.id]}},
        {"incident_role": {role: {"is_blank": ["true"]}}},
        {"created_at": {"lte": [day]}},
        {"mode": {"one_of": ["retrospective"]}},
        {"filter_mode": "all", "status": {"one_of": [closed]}, "severity": {"one_of": [major]}},
    ]
    assert [filters for filters in keeping if not found(**filters)] == []
    assert [filters for filters in dropping if found(**filters)] == []


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"status": {"is": [NOBODY]}}, "status[is]"),
        ({"status_category": {"one_of": ["asleep"]}}, "status_category[one_of]"),
        ({"created_at": {"gte": ["yesterday"]}}, "created_at[gte]"),
        ({"mode": {"one_of": ["stroll"]}}, "mode[one_of]"),
        ({"custom_field": {NOBODY: {"one_of": ["x"]}}}, f"custom_field[{NOBODY}][one_of]"),
        ({"page_size": 501}, "page_size"),
    ],
)
def test_incident_filters_refused(sdk: Sdk, filters: dict[str, Any], field: str) -> None:
    fault = refused(sdk("incidents_v2.list", **filters), 422, "validation_error", "invalid_value")
    assert fault.source.field == field


def test_a_private_incident_is_not_there_without_global_access(sdk: Sdk, live: SimpleNamespace) -> None:
    incident = opened(sdk, visibility="private")
    viewer = sdk.using(live.viewer)
    assert sdk.one("incidents_v2.show", 200, id=incident.id).visibility == "private"
    refused(viewer("incidents_v2.show", id=incident.id), 404, "not_found", "not_found")
    assert incident.id not in [each.id for each in viewer.rows("incidents_v2.list", page_size=250)]
    body = {"incident_id": incident.id, "idempotency_key": token_hex(8), "message": "Hush."}
    update = sdk.one("incident_updates_v2.create", 201, body=body)
    assert update.id not in [each.id for each in viewer.rows("incident_updates_v2.list")]


def test_updates(sdk: Sdk) -> None:
    incident = opened(sdk)
    body = {"incident_id": incident.id, "idempotency_key": token_hex(8), "message": "We are **looking**."}
    first = sdk.one("incident_updates_v2.create", 201, body=body)
    assert (first.kind, first.message, first.new_severity.name) == ("IncidentUpdateV2", "We are **looking**.", "Minor")
    assert (first.new_incident_status.name, first.updater.api_key.name) == ("Investigating", "Everything")
    assert sdk.one("incident_updates_v2.create", 201, body=body | {"message": "Again"}) == first
    moved = {"to_incident_status_id": status(sdk, "Monitoring"), "to_severity_id": severity(sdk, "Major")}
    moved |= {"incident_id": incident.id, "idempotency_key": token_hex(8)}
    second = sdk.one("incident_updates_v2.create", 201, body=moved)
    assert (second.message, second.new_incident_status.name, second.new_severity.name) == (UNSET, "Monitoring", "Major")
    edited(sdk, incident.id, incident_status_id=status(sdk, "Closed"))
    [third, *rest] = sdk.rows("incident_updates_v2.list", incident_id=incident.id)
    assert (third.new_incident_status.name, rest) == ("Closed", [second, first])
    pages = sdk.pages("incident_updates_v2.list", incident_id=incident.id, page_size=2)
    assert pages == [[third.id, second.id], [first.id]]
    back = moved | {"idempotency_key": token_hex(8)}
    fault = refused(sdk("incident_updates_v2.create", body=back), 422, "validation_error", "invalid_value")
    assert fault.source.pointer == "/to_incident_status_id"


# Work


@VERSIONS
def test_the_life_of_a_follow_up(sdk: Sdk, live: SimpleNamespace, version: str) -> None:
    group, incident = f"follow_ups_{version}", opened(sdk)
    body = {"incident_id": incident.id, "title": "Buy a pump", "labels": ["money"], "assignee_id": live.bob}
    made = sdk.one(f"{group}.create", 201, body=body)
    assert (made.kind, made.title, made.labels) == (f"FollowUp{version.upper()}", "Buy a pump", ["money"])
    assert (made.assignee.id, made.description, made.priority, made.completed_at) == (live.bob, UNSET, UNSET, UNSET)
    done = sdk.one(f"{group}.update", 200, id=made.id, body={"title": "Buy two", "status": "completed"})
    assert (done.title, done.status, done.completed_at) == ("Buy two", "completed", done.updated_at)
    assert sdk.one(f"{group}.show", 200, id=made.id) == done
    gone = sdk(f"{group}.delete", id=made.id)
    assert (gone.status, gone.parsed) == (204, None)
    [tombstone] = sdk.rows(f"{group}.list", incident_id=incident.id)
    assert (tombstone.id, tombstone.status) == (made.id, "deleted")
    refused(sdk(f"{group}.delete", id=made.id), 404, "not_found", "not_found")


@VERSIONS
def test_follow_up_filters(sdk: Sdk, version: str) -> None:
    call, incident = f"follow_ups_{version}.list", opened(sdk, mode="test")
    body = {"incident_id": incident.id, "title": "x"}
    made = [sdk.one(f"follow_ups_{version}.create", 201, body=body).id for _ in range(3)]
    assert [each.id for each in sdk.rows(call, incident_id=incident.id, incident_mode="test")] == made
    assert sdk.rows(call, incident_id=incident.id) == []
    assert sdk.rows(call, incident_mode="test", assignee_team_id=NOBODY) == []
    assert sdk.rows(call, incident_id=NOBODY) == []


def test_follow_ups_page_by_page_and_by_time(sdk: Sdk) -> None:
    incident = opened(sdk)
    body = {"incident_id": incident.id, "title": "x"}
    made = [sdk.one("follow_ups_v3.create", 201, body=body) for _ in range(3)]
    ids = [each.id for each in made]
    assert sdk.pages("follow_ups_v3.list", incident_id=incident.id, page_size=2) == [ids[:2], ids[2:]]
    since = {"gte": [made[1].created_at.replace("+00:00", "Z")]}
    assert [each.id for each in sdk.rows("follow_ups_v3.list", incident_id=incident.id, created_at=since)] == ids[1:]
    assert [each.id for each in sdk.rows("follow_ups_v3.list", incident_id=incident.id, updated_at=since)] == ids[1:]


def test_v1_has_both(sdk: Sdk) -> None:
    incident = opened(sdk)
    action = sdk.one("actions_v3.create", 201, body={"incident_id": incident.id, "description": "Mop"})
    later = sdk.one("follow_ups_v3.create", 201, body={"incident_id": incident.id, "title": "Buy a pump"})
    rows = sdk.rows("actions_v1.list", incident_id=incident.id)
    assert [(row.id, row.description, row.follow_up) for row in rows] == [
        (action.id, "Mop", False),
        (later.id, "Buy a pump", True),
    ]
    assert [sdk.rows("actions_v1.list", incident_id=incident.id, is_follow_up=flag) for flag in (False, True)] == [
        [row] for row in rows
    ]
    assert [sdk.one("actions_v1.show", 200, id=row.id) for row in rows] == rows
    assert sdk.rows("actions_v1.list", incident_id=incident.id, incident_mode="test") == []
    refused(sdk("actions_v1.show", id=NOBODY), 404, "not_found", "not_found")


# Rights and the description


def test_what_a_viewer_may_not_do(sdk: Sdk, live: SimpleNamespace) -> None:
    viewer, incident = sdk.using(live.viewer), opened(sdk)
    setting = {"name": "x", "description": "x"}
    key = {"idempotency_key": token_hex(8)}
    calls: dict[str, dict[str, Any]] = {
        "incidents_v2.create": {"body": key | {"visibility": "public"}},
        "incidents_v2.edit": {"id": incident.id, "body": {"incident": {"name": "x"}, "notify_incident_channel": False}},
        "incident_updates_v2.create": {"body": key | {"incident_id": incident.id, "message": "x"}},
        "follow_ups_v3.create": {"body": {"incident_id": incident.id, "title": "x"}},
        "follow_ups_v2.delete": {"id": NOBODY},
        "severities_v1.create": {"body": setting},
        "severities_v1.delete": {"id": incident.severity.id},
        "incident_statuses_v1.create": {"body": setting | {"category": "live"}},
        "incident_roles_v2.create": {"body": setting | {"shortform": "x", "instructions": "x"}},
    }
    for call, arguments in calls.items():
        refused(viewer(call, **arguments), 403, "resource_forbidden", "missing_permissions")


def test_the_description(sdk: Sdk) -> None:
    # The client makes bytes of a dict and dies, whoever answers.
    status, document = sdk.raw("utilities_v1.open_apiv3")
    operations = {each["operationId"] for path in document["paths"].values() for each in path.values()}
    assert status == 200
    assert {"Incidents V2#Edit", "Severities V1#Delete", "Follow-ups V3#Create"} <= operations
