"""Incidents V2: list, show, create, edit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from incidents.models import Incident, IncidentRole, IncidentStatus, IncidentTimestamp, IncidentType, Severity
from tests.clients_of import Api
from tests.factories import make_key
from tests.incidents.factories import make_incident
from tests.incidents.test_write_actions import faults


def status(member: Member, name: str) -> IncidentStatus:
    """A status by its name."""
    found: IncidentStatus = IncidentStatus.objects.of(member.workspace).get(name=name)
    return found


def severity(member: Member, name: str) -> Severity:
    """A severity by its name."""
    found: Severity = Severity.objects.of(member.workspace).get(name=name)
    return found


def body(member: Member, key: str = "k", **facts: Any) -> dict[str, Any]:
    """The least that opens an incident."""
    least = {"idempotency_key": key, "visibility": "public", "severity_id": severity(member, "Minor").ulid}
    return least | facts


def edit(api: Api, incident: Any, **facts: Any) -> Any:
    """Edit an incident."""
    pk = incident if isinstance(incident, str) else incident.ulid
    return api.post(f"/v2/incidents/{pk}/actions/edit", {"incident": facts, "notify_incident_channel": False})


def references(response: Any) -> list[str]:
    """The references of a list, in its order."""
    assert response.status_code == 200, response.content
    return [incident["reference"] for incident in response.json()["incidents"]]


def moments(incident: dict[str, Any]) -> dict[str, str]:
    """The timestamps that are set, by name."""
    values = incident["incident_timestamp_values"]
    return {item["incident_timestamp"]["name"]: item["value"]["value"] for item in values if "value" in item}


def test_create_with_the_least(api: Api, alice: Member) -> None:
    response = api.post("/v2/incidents", body(alice))
    assert response.status_code == 200
    incident = response.json()["incident"]
    assert incident["reference"] == "INC-1"
    assert incident["name"]
    assert incident["mode"] == "standard"
    assert incident["incident_status"]["name"] == "Investigating"
    assert incident["severity"]["name"] == "Minor"
    assert incident["incident_type"]["is_default"] is True
    assert incident["creator"]["api_key"]["name"] == "Everything"
    assert (incident["custom_field_entries"], incident["team_ids"]) == ([], [])
    assert (incident["slack_team_id"], incident["slack_channel_id"]) == ("", "")
    assert moments(incident) == {"Reported at": incident["created_at"]}
    assert [given["role"]["name"] for given in incident["incident_role_assignments"]] == ["Incident Lead", "Reporter"]
    assert all("assignee" not in given for given in incident["incident_role_assignments"])
    assert api.get(f"/v2/incidents/{incident['id']}").json()["incident"] == incident
    assert api.get("/v2/incidents/1").json()["incident"] == incident


def test_create_with_everything(api: Api, alice: Member, bob: Member) -> None:
    lead = IncidentRole.objects.of(alice.workspace).get(role_type="lead")
    reporter = IncidentRole.objects.of(alice.workspace).get(role_type="reporter")
    began = IncidentTimestamp.objects.of(alice.workspace).get(name="Impact started at")
    incident = api.post(
        "/v2/incidents",
        body(
            alice,
            name="No coffee",
            summary="Not a drop.",
            mode="test",
            incident_status_id=status(alice, "Triage").ulid,
            incident_role_assignments=[
                {"incident_role_id": lead.ulid, "assignee": {"id": bob.ulid}},
                {"incident_role_id": reporter.ulid, "assignee": {"email": str(alice.email).upper()}},
            ],
            incident_timestamp_values=[{"incident_timestamp_id": began.ulid, "value": "2026-03-01T10:00:00+01:00"}],
            slack_channel_name_override="inc-coffee",
            custom_field_entries=[],
        ),
    ).json()["incident"]
    assert (incident["name"], incident["summary"], incident["mode"]) == ("No coffee", "Not a drop.", "test")
    assert incident["incident_status"]["category"] == "triage"
    people = [given["assignee"]["name"] for given in incident["incident_role_assignments"]]
    assert people == ["Bob", "Alice"]
    assert moments(incident)["Impact started at"] == "2026-03-01T09:00:00.000000Z"
    assert incident["slack_channel_name"] == "inc-coffee"


def test_the_same_key_again_answers_the_first_whatever_else_it_says(api: Api, alice: Member) -> None:
    first = api.post("/v2/incidents", body(alice, "same", name="First")).json()
    for again in [body(alice, "same", name="Second"), {"idempotency_key": "same"}]:
        response = api.post("/v2/incidents", again)
        assert (response.status_code, response.json()) == (200, first)
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"visibility": None}, {"visibility": "is_required"}),
        ({"visibility": "secret"}, {"visibility": "invalid_value"}),
        ({"mode": "stream"}, {"mode": "invalid_value"}),
        ({"severity_id": "nope"}, {"severity_id": "invalid_value"}),
        ({"incident_type_id": "nope"}, {"incident_type_id": "invalid_value"}),
        ({"incident_status_id": 1}, {"incident_status_id": "invalid_value"}),
        ({"idempotency_key": ""}, {"idempotency_key": "is_required"}),
        ({"idempotency_key": "x" * 256}, {"idempotency_key": "invalid_value"}),
        ({"name": 5}, {"name": "invalid_value"}),
    ],
)  # fmt: skip
def test_creation_refused(api: Api, alice: Member, facts: dict[str, Any], found: dict[str, str]) -> None:
    assert faults(api.post("/v2/incidents", body(alice) | facts)) == found
    assert not Incident.objects.exists()


def test_a_severity_is_required_unless_in_triage_or_retrospective(api: Api, alice: Member) -> None:
    without = {"idempotency_key": "a", "visibility": "public"}
    assert faults(api.post("/v2/incidents", without)) == {"severity_id": "is_required"}
    triage = without | {"incident_status_id": status(alice, "Triage").ulid}
    assert api.post("/v2/incidents", triage).status_code == 200
    past = without | {
        "idempotency_key": "b",
        "mode": "retrospective",
        "incident_status_id": status(alice, "Closed").ulid,
    }
    assert api.post("/v2/incidents", past).status_code == 200


def test_a_type_decides(api: Api, alice: Member) -> None:
    kind = IncidentType.objects.of(alice.workspace).get()
    kind.private_incidents_only, kind.create_in_triage = True, "always"
    kind.save()
    incident = api.post("/v2/incidents", body(alice)).json()["incident"]
    assert (incident["visibility"], incident["incident_status"]["name"]) == ("private", "Triage")


def test_nested_faults_point_to_where_they_are(api: Api, alice: Member) -> None:
    roles, fields = [{"incident_role_id": "nope"}], [{"custom_field_id": "x", "values": []}]
    wrong = body(alice, incident_role_assignments=roles, custom_field_entries=fields)
    pointers = {error["source"]["pointer"] for error in api.post("/v2/incidents", wrong).json()["errors"]}
    assert pointers == {"/incident_role_assignments/0/incident_role_id", "/custom_field_entries/0/custom_field_id"}


def test_edit_changes_what_is_given_and_tells_it(api: Api, alice: Member, bob: Member) -> None:
    incident = make_incident(alice)
    lead = IncidentRole.objects.of(alice.workspace).get(role_type="lead")
    changed = edit(
        api,
        incident,
        name="Renamed",
        severity_id=severity(alice, "Critical").ulid,
        incident_status_id=status(alice, "Fixing").ulid,
        incident_role_assignments=[{"incident_role_id": lead.ulid, "assignee": {"id": bob.ulid}}],
        call_url="https://calls.example/1",
    ).json()["incident"]
    assert (changed["name"], changed.get("summary", "")) == ("Renamed", "")
    assert changed["severity"]["name"] == "Critical"
    assert changed["call_url"] == "https://calls.example/1"
    assert changed["updated_at"] == changed["last_activity_at"] > changed["created_at"]
    [update] = api.get("/v2/incident_updates", {"incident_id": incident.ulid}).json()["incident_updates"]
    assert (update["new_incident_status"]["name"], update["new_severity"]["name"]) == ("Fixing", "Critical")
    cleared = edit(api, incident, incident_role_assignments=[{"incident_role_id": lead.ulid}]).json()["incident"]
    assert "assignee" not in cleared["incident_role_assignments"][0]


def test_an_edit_that_changes_nothing_notes_nothing(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    before = api.get(f"/v2/incidents/{incident.ulid}").json()
    same = {"name": incident.name, "incident_status_id": incident.status.ulid}
    assert edit(api, incident, **same).json() == before
    assert edit(api, incident).json() == before
    assert api.get("/v2/incident_updates").json()["incident_updates"] == []


@pytest.mark.parametrize(
    ("path", "stamped"),
    [
        (["Investigating"], {"Accepted at"}),
        (["Investigating", "Documenting"], {"Accepted at", "Resolved at"}),
        (["Documenting", "Closed"], {"Resolved at", "Closed at"}),
        (["Closed"], {"Resolved at", "Closed at"}),
        (["Investigating", "Fixing", "Closed"], {"Accepted at", "Resolved at", "Closed at"}),
    ],
)
def test_moves_and_what_they_stamp(api: Api, alice: Member, path: list[str], stamped: set[str]) -> None:
    incident = make_incident(alice, status=status(alice, "Triage"))
    for name in path:
        response = edit(api, incident, incident_status_id=status(alice, name).ulid)
        assert response.status_code == 200, response.content
    assert moments(response.json()["incident"]).keys() == {"Reported at"} | stamped


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Closed", "Fixing"),
        ("Documenting", "Fixing"),
        ("Fixing", "Triage"),
        ("Fixing", "Paused"),
        ("Fixing", "Declined"),
        ("Triage", "Merged"),
        ("Triage", "Canceled"),
    ],
)
def test_moves_that_are_refused(api: Api, alice: Member, before: str, after: str) -> None:
    incident = make_incident(alice, mode="retrospective", status=status(alice, before))
    response = edit(api, incident, incident_status_id=status(alice, after).ulid)
    [error] = response.json()["errors"]
    assert error["source"] == {"field": "incident_status_id", "pointer": "/incident/incident_status_id"}
    told = {"incident_id": incident.ulid, "idempotency_key": "u", "to_incident_status_id": status(alice, after).ulid}
    assert faults(api.post("/v2/incident_updates", told)) == {"to_incident_status_id": "invalid_value"}


def test_explicit_times_win_over_automatic_ones(api: Api, alice: Member) -> None:
    incident = make_incident(alice)
    resolved = IncidentTimestamp.objects.of(alice.workspace).get(name="Resolved at")
    given = [{"incident_timestamp_id": resolved.ulid, "value": "2026-03-01T10:00:00Z"}]
    closed = edit(api, incident, incident_status_id=status(alice, "Closed").ulid, incident_timestamp_values=given)
    assert moments(closed.json()["incident"])["Resolved at"] == "2026-03-01T10:00:00.000000Z"
    cleared = edit(api, incident, incident_timestamp_values=[{"incident_timestamp_id": resolved.ulid}])
    assert "Resolved at" not in moments(cleared.json()["incident"])


def test_what_is_said_to_be_unset_is_not_stamped(api: Api, alice: Member) -> None:
    unset = [{"incident_timestamp_id": IncidentTimestamp.objects.of(alice.workspace).get(name="Resolved at").ulid}]
    incident = make_incident(alice)
    closed = edit(api, incident, incident_status_id=status(alice, "Closed").ulid, incident_timestamp_values=unset)
    assert moments(closed.json()["incident"]).keys() == {"Reported at", "Closed at"}


def test_the_reporter_stays(api: Api, alice: Member) -> None:
    reporter = IncidentRole.objects.of(alice.workspace).get(role_type="reporter")
    response = edit(api, make_incident(alice), incident_role_assignments=[{"incident_role_id": reporter.ulid}])
    [error] = response.json()["errors"]
    assert error["source"]["field"] == "incident_role_assignments"


@pytest.mark.parametrize(
    ("facts", "scope"), [({"name": "x"}, "incidents.update_name"), ({"summary": "x"}, "incidents.update_summary")]
)
def test_each_property_has_its_own_scope(alice: Member, facts: dict[str, Any], scope: str) -> None:
    viewer = Api("incidents", make_key(alice.workspace, "incidents", "viewer")[1])
    incident = make_incident(alice)
    response = edit(viewer, incident, **facts)
    assert response.status_code == 403
    assert scope in response.json()["errors"][0]["message"]
    assert edit(viewer, incident).status_code == 200


def test_a_private_incident_does_not_exist_without_global_access(api: Api, viewer: Api, alice: Member) -> None:
    hidden = make_incident(alice, visibility="private")
    assert references(api.get("/v2/incidents")) == ["INC-1"]
    assert references(viewer.get("/v2/incidents")) == []
    assert viewer.get(f"/v2/incidents/{hidden.ulid}").status_code == 404
    assert viewer.get("/v2/incidents/1").status_code == 404


def test_the_newest_come_first_in_pages_with_their_number(api: Api, alice: Member, noon: datetime) -> None:
    made = [make_incident(alice, at=noon + timedelta(hours=hour)) for hour in range(5)]
    first = api.get("/v2/incidents", {"page_size": 2})
    assert references(first) == ["INC-5", "INC-4"]
    assert first.json()["pagination_meta"] == {"page_size": 2, "after": made[3].ulid, "total_record_count": 5}
    assert references(api.get("/v2/incidents", {"page_size": 2, "after": made[3].ulid})) == ["INC-3", "INC-2"]
    oldest = {"sort_by": "created_at_oldest_first", "page_size": 2}
    assert references(api.get("/v2/incidents", oldest)) == ["INC-1", "INC-2"]
    assert references(api.get("/v2/incidents", oldest | {"after": made[4].ulid})) == []


@pytest.mark.parametrize("query", [{}, {"status[not_in]": "nothing"}])
def test_what_is_not_worth_counting_has_no_number(
    api: Api, alice: Member, query: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.api.views.incidents.WORTH_COUNTING", 2)
    for count in (1, 2, None):
        make_incident(alice)
        assert api.get("/v2/incidents", query).json()["pagination_meta"].get("total_record_count") == count


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 9])
def test_pages_of_every_size_show_who_and_when(api: Api, alice: Member, bob: Member, size: int) -> None:
    lead = IncidentRole.objects.of(alice.workspace).get(role_type="lead")
    for number in range(9):
        make_incident(alice, roles={lead: alice if number % 2 else bob})
    page = api.get("/v2/incidents", {"page_size": size}).json()["incidents"]
    leads = [incident["incident_role_assignments"][0]["assignee"]["name"] for incident in page]
    assert leads == ["Bob", "Alice", "Bob", "Alice", "Bob", "Alice", "Bob", "Alice", "Bob"][:size]
    assert all(moments(incident) == {"Reported at": incident["created_at"]} for incident in page)


@pytest.fixture
def three(alice: Member, bob: Member, noon: datetime) -> list[Incident]:
    """INC-1 minor and investigating, INC-2 critical and fixing with Bob in the lead, INC-3 in triage."""
    lead = IncidentRole.objects.of(alice.workspace).get(role_type="lead")
    return [
        make_incident(alice, at=noon),
        make_incident(
            alice,
            at=noon + timedelta(days=1),
            severity=severity(alice, "Critical"),
            status=status(alice, "Fixing"),
            roles={lead: bob},
        ),
        make_incident(alice, at=noon + timedelta(days=2), severity=None, status=status(alice, "Triage")),
    ]


def asked(alice: Member, bob: Member, text: str) -> str:
    """A query with names in place of ids."""
    lead = IncidentRole.objects.of(alice.workspace).get(role_type="lead")
    names = {"LEAD": lead.ulid, "BOB": bob.ulid, "ALICE": alice.ulid}
    for row in [*Severity.objects.of(alice.workspace), *IncidentStatus.objects.of(alice.workspace)]:
        names[row.name.upper()] = row.ulid
    names["DEFAULT"] = IncidentType.objects.of(alice.workspace).get(is_default=True).ulid
    for name, ulid in sorted(names.items(), key=lambda item: -len(item[0])):
        text = text.replace(f"<{name}>", ulid)
    return text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status[one_of]=<FIXING>", [2]),
        ("status%5Bone_of%5D=<FIXING>&status[one_of]=<TRIAGE>", [3, 2]),
        ("status[not_in]=<FIXING>", [3, 1]),
        ("status[one_of]=nothing", []),
        ("status[not_in]=nothing", [3, 2, 1]),
        ("status_category[one_of]=live", [2, 1]),
        ("status_category[one_of]=active&status_category[one_of]=triage", [3, 2, 1]),
        ("status_category[not_in]=live", [3]),
        ("severity[one_of]=<CRITICAL>", [2]),
        ("severity[not_in]=<CRITICAL>", [3, 1]),
        ("severity[gte]=<MAJOR>", [2]),
        ("severity[lte]=<MAJOR>", [1]),
        ("severity[gte]=<MINOR>", [2, 1]),
        ("severity[gte]=nothing", []),
        ("incident_type[one_of]=<DEFAULT>", [3, 2, 1]),
        ("incident_type[not_in]=<DEFAULT>", []),
        ("incident_role[<LEAD>][one_of]=<BOB>", [2]),
        ("incident_role[<LEAD>][one_of]=<ALICE>", []),
        ("incident_role[<LEAD>][is_set]=true", [2]),
        ("incident_role[<LEAD>][is_blank]=true", [3, 1]),
        ("incident_role[<LEAD>][is_set]=false", [3, 1]),
        ("created_at[gte]=2026-03-03", [3, 2]),
        ("created_at[lte]=2026-03-03", [1]),
        ("created_at[date_range]=2026-03-03~2026-03-03", [2]),
        ("updated_at[gte]=2026-03-04", [3]),
        ("severity[one_of]=<CRITICAL>&status_category[one_of]=triage", []),
        ("severity[one_of]=<CRITICAL>&status_category[one_of]=triage&filter_mode=any", [3, 2]),
        ("created_at[gte]=2026-03-04&severity[one_of]=<MINOR>&filter_mode=any", [3, 1]),
        ("mode[one_of]=test&severity[one_of]=<CRITICAL>&filter_mode=any", []),
        ("mode[one_of]=standard", [3, 2, 1]),
        ("filter_mode=any", [3, 2, 1]),
    ],
)
def test_filters(api: Api, alice: Member, bob: Member, three: list[Incident], query: str, found: list[int]) -> None:
    response = api.get(f"/v2/incidents?{asked(alice, bob, query)}")
    assert references(response) == [f"INC-{number}" for number in found]
    assert response.json()["pagination_meta"]["total_record_count"] == len(found)


@pytest.mark.parametrize(
    "query",
    [
        "status=x",
        "status[is]=x",
        "status_category[one_of]=open",
        "severity[gt]=x",
        "severity[gte]=a&severity[gte]=b",
        "incident_role[one_of]=x",
        "incident_role[x][is_set]=maybe",
        "custom_field[x][one_of]=y",
        "mode[one_of]=real",
        "mode[not_in]=test",
        "sort_by=name",
        "filter_mode=some",
        "page_size=501",
        "created_at[gte]=soon",
        "nothing[one_of]=x",
    ],
)
def test_filters_that_are_refused(api: Api, query: str) -> None:
    response = api.get(f"/v2/incidents?{query}")
    assert response.status_code == 422
    assert all(error["code"] == "invalid_value" for error in response.json()["errors"])


@pytest.mark.parametrize("operator", ["one_of", "is_set", "is_blank"])
@pytest.mark.parametrize("role", ["nothing", "01FCNDV6P870EA6S7TK1DSYDG0", "theirs"])
def test_a_role_nobody_has_set_up_is_no_filter(
    api: Api, alice: Member, charlie: Member, role: str, operator: str
) -> None:
    theirs = IncidentRole.objects.of(charlie.workspace).get(role_type="lead").ulid
    key = f"incident_role[{theirs if role == 'theirs' else role}][{operator}]"
    response = api.get("/v2/incidents", {key: alice.ulid if operator == "one_of" else "true"})
    assert faults(response) == {key: "invalid_value"}


def test_only_real_incidents_are_listed_unless_a_mode_is_asked_for(api: Api, alice: Member) -> None:
    for mode in ("standard", "retrospective", "test", "tutorial"):
        make_incident(alice, mode=mode)
    assert references(api.get("/v2/incidents")) == ["INC-2", "INC-1"]
    assert references(api.get("/v2/incidents?mode[one_of]=test&mode[one_of]=tutorial")) == ["INC-4", "INC-3"]


def test_a_list_asks_as_much_for_many_as_for_one(api: Api, alice: Member, three: list[Incident]) -> None:
    api.get("/v1/identity")
    counts = []
    for size in (2, 3):
        with CaptureQueriesContext(connection) as queries:
            api.get("/v2/incidents", {"page_size": size})
        counts.append(len(queries))
    # The page, its number, five kinds of settings, who has which role, when what was.
    assert counts == [9, 9]


def test_the_number_of_roles_asked_for_costs_one_look(api: Api, alice: Member, three: list[Incident]) -> None:
    query = {f"incident_role[{role.ulid}][is_blank]": "true" for role in IncidentRole.objects.of(alice.workspace)}
    api.get("/v1/identity")
    with CaptureQueriesContext(connection) as queries:
        api.get("/v2/incidents", query)
    assert len(queries) == 10  # Those of any list, and which roles there are.


def test_another_workspace_sees_and_changes_nothing(strangers_api: Api, alice: Member, charlie: Member) -> None:
    incident = make_incident(alice)
    assert references(strangers_api.get("/v2/incidents")) == []
    assert strangers_api.get(f"/v2/incidents/{incident.ulid}").status_code == 404
    assert edit(strangers_api, incident, name="Mine").status_code == 404
    foreign = body(charlie, severity_id=severity(alice, "Minor").ulid, incident_status_id=status(alice, "Fixing").ulid)
    assert faults(strangers_api.post("/v2/incidents", foreign)).keys() == {"severity_id", "incident_status_id"}
    told = {"incident_id": incident.ulid, "idempotency_key": "u", "message": "Hello"}
    assert faults(strangers_api.post("/v2/incident_updates", told)) == {"incident_id": "invalid_value"}
