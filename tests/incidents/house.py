"""What the house tests need to know of incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from accounts.ids import new_ulid
from accounts.models import Member
from incidents import rules
from incidents.models import (
    Action,
    FollowUp,
    Incident,
    IncidentRole,
    IncidentStatus,
    IncidentTimestamp,
    IncidentType,
    Severity,
)
from tests.factories import NOON, make_member
from tests.incidents.factories import make_action, make_incident
from tests.strangers import World, wire_id

SETTINGS = (Severity, IncidentStatus, IncidentType, IncidentRole, IncidentTimestamp)


def furnish(member: Member, word: str, *, rows: int) -> None:
    """Names of her own for what an incident can be, and incidents with everything an incident can have."""
    for noun in SETTINGS:
        for row in noun.objects.of(member.workspace):
            row.name = f"{word} {row.name}"
            row.save(update_fields=["name"])
    for number in range(rows):
        facts: dict[str, Any] = {"name": f"{word} incident", "summary": f"{word} summary"}
        facts |= {"idempotency_key": f"{word} {number}", "roles": {lead(member): member}}
        incident = make_incident(member, **facts)
        rules.post_update(incident, message=f"{word} news", idempotency_key=f"{word} {number}", actor=member, at=NOON)
        rules.complete_action(make_action(member, incident, description=f"{word} done"), actor=member, at=NOON)
        make_action(member, incident, description=f"{word} to do", assignee=member)
        make_follow_up(member, incident, title=f"{word} later", labels=[word], assignee=member)


def lead(member: Member) -> IncidentRole:
    """Who leads, in her workspace."""
    found: IncidentRole = IncidentRole.objects.of(member.workspace).get(role_type="lead")
    return found


def make_follow_up(member: Member, incident: Incident, *, at: datetime = NOON, **facts: Any) -> FollowUp:
    """Something to do afterwards."""
    return rules.create_follow_up(incident, actor=member, at=at, **{"title": "Buy another"} | facts)


def named_rows(member: Member) -> dict[str, list[str]]:
    """By path and by field of a body: the ids of rows that are there."""
    furnish(member, "Queen", rows=2)
    nouns: dict[Any, tuple[str, ...]] = {
        Action: ("/v1/actions", "/v2/actions", "/v3/actions"),
        FollowUp: ("/v2/follow_ups", "/v3/follow_ups"),
        Incident: ("/v2/incidents", "incident_id"),
        Severity: ("/v1/severities", "severity_id", "to_severity_id"),
        IncidentStatus: ("/v1/incident_statuses", "incident_status_id", "to_incident_status_id"),
        IncidentType: ("/v1/incident_types", "incident_type_id"),
        IncidentRole: ("/v2/incident_roles", "incident_role_id"),
        IncidentTimestamp: ("/v2/incident_timestamps", "incident_timestamp_id"),
    }
    rows = {
        name: [wire_id(row) for row in noun.objects.of(member.workspace)]
        for noun, all_ in nouns.items()
        for name in all_
    }
    return rows | {name: [member.ulid] for name in ("/v2/users", "assignee_id")}


def number(world: World) -> dict[str, Any]:
    """Alice's latest incident, whose number Charlie has not reached."""
    return {"number": world.first(world.alice, Incident).number}


def moves(world: World) -> list[dict[str, Any]]:
    """Her action at her incident, and at his."""
    action = wire_id(world.first(world.alice, Action))
    return [{"number": n, "ulid": action, "verb": "complete"} for n in (number(world)["number"], 1)]


def either(world: World) -> list[dict[str, Any]]:
    """Her action, and her follow-up, which V1 has among actions."""
    return [{"pk": wire_id(world.first(world.alice, noun))} for noun in (Action, FollowUp)]


def both_names(world: World) -> list[dict[str, Any]]:
    """Her incident by its id, and by its number."""
    return [{"pk": wire_id(world.first(world.alice, Incident))}, {"pk": number(world)["number"]}]


PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "incidents.views.incident": lambda world: [number(world)],
    "incidents.views.add_action": lambda world: [number(world)],
    "incidents.views.move_action": moves,
    "incidents.api.views.work.ActionV1ViewSet": either,
    "incidents.api.views.incidents.IncidentViewSet": both_names,
}

Bodies = list[tuple[dict[str, Any], set[str]]]


def named(world: World, member: Member, noun: Any) -> str:
    """The id of a row of somebody's."""
    return wire_id(world.first(member, noun))


def new_work(text: str) -> Callable[[World], Bodies]:
    """Work for her incident, and work for her."""

    def bodies(world: World) -> Bodies:
        hers, his = (named(world, member, Incident) for member in (world.alice, world.charlie))
        return [
            ({"incident_id": hers, text: "x"}, {"incident_id"}),
            ({"incident_id": his, text: "x", "assignee_id": world.alice.ulid}, {"assignee_id"}),
        ]

    return bodies


def changed_work(text: str) -> Callable[[World], Bodies]:
    """Work for her."""
    return lambda world: [({text: "x", "status": "completed", "assignee_id": world.alice.ulid}, {"assignee_id"})]


def references(world: World) -> dict[str, dict[str, Any]]:
    """By field: a row of hers, as bodies of incidents name it."""
    his_lead = {"incident_role_id": lead(world.charlie).ulid}
    return {
        "severity_id": {"severity_id": named(world, world.alice, Severity)},
        "incident_status_id": {"incident_status_id": named(world, world.alice, IncidentStatus)},
        "incident_role_id": {"incident_role_assignments": [{"incident_role_id": lead(world.alice).ulid}]},
        "id": {"incident_role_assignments": [his_lead | {"assignee": {"id": world.alice.ulid}}]},
        "email": {"incident_role_assignments": [his_lead | {"assignee": {"email": world.alice.email}}]},
        "incident_timestamp_id": {
            "incident_timestamp_values": [
                {"incident_timestamp_id": named(world, world.alice, IncidentTimestamp), "value": "2026-03-02T12:00:00Z"}
            ]
        },
    }


def new_incidents(world: World) -> Bodies:
    """Incidents with something of hers; with her key he opens one of his own."""
    kind = {"incident_type_id": named(world, world.alice, IncidentType)}
    least = {"idempotency_key": "new", "visibility": "public"}
    return [
        *((least | facts, {name}) for name, facts in (references(world) | {"incident_type_id": kind}).items()),
        (least | {"idempotency_key": "Cheshire 0"}, {"severity_id"}),
    ]


def edited_incidents(world: World) -> Bodies:
    """Incidents that get something of hers."""
    rest = {"notify_incident_channel": False}
    return [({"incident": facts} | rest, {name}) for name, facts in references(world).items()]


def new_updates(world: World) -> Bodies:
    """News of her incident, and his with her words for it; with her key he tells something else."""
    hers, his = (named(world, member, Incident) for member in (world.alice, world.charlie))
    status, severity = (named(world, world.alice, noun) for noun in (IncidentStatus, Severity))
    least = {"idempotency_key": "new", "message": "x", "incident_id": his}
    return [
        (least | {"incident_id": hers}, {"incident_id"}),
        (least | {"incident_id": hers, "idempotency_key": "Cheshire 0"}, {"incident_id"}),
        (least | {"to_incident_status_id": status}, {"to_incident_status_id"}),
        (least | {"to_severity_id": severity}, {"to_severity_id"}),
    ]


def setting(**facts: Any) -> Callable[[World], Bodies]:
    """A body that names no rows, and would change hers if the path could."""
    return lambda world: [({"name": "Mine", "description": "Mine."} | facts, set())]


# By operation: bodies that name rows of Alice's, and the fields they are refused for.
BODIES: dict[str, Callable[[World], Bodies]] = {
    **{f"Actions {version}#Create": new_work("description") for version in ("V2", "V3")},
    **{f"Actions {version}#Update": changed_work("description") for version in ("V2", "V3")},
    **{f"Follow-ups {version}#Create": new_work("title") for version in ("V2", "V3")},
    **{f"Follow-ups {version}#Update": changed_work("title") for version in ("V2", "V3")},
    "Incidents V2#Create": new_incidents,
    "Incidents V2#Edit": edited_incidents,
    "Incident Updates V2#Create": new_updates,
    **{f"Severities V1#{verb}": setting() for verb in ("Create", "Update")},
    **{f"Incident Statuses V1#{verb}": setting(category="live") for verb in ("Create", "Update")},
    **{f"Incident Roles V2#{verb}": setting(shortform="", instructions="") for verb in ("Create", "Update")},
}

Query = dict[str, str]
Lines = dict[str, list[Query]]
# Parameters that put in order, those that name what no workspace has yet, and those that show what is not there else.
ORDERS = {"sort_by"}
NOBODYS = {"assignee_team_id"}
ELSEWHERE = {"Actions V1#List incident_mode"}
# Parameters that narrow a wider list than the one without them.
BESIDE: dict[str, Query] = {
    "include_inactive": {"include_inactive": "true"},
    "filter_mode": {"status_category[one_of]": "triage", "created_at[gte]": "2026-03-04", "filter_mode": "any"},
}


def times(name: str) -> list[Query]:
    """Each operator of a time."""
    return [
        {f"{name}[gte]": "2026-03-04"},
        {f"{name}[lte]": "2026-03-04"},
        {f"{name}[date_range]": "2026-03-03~2026-03-04"},
    ]


def narrowing(member: Member) -> dict[str, Lines]:
    """By list and parameter: queries that keep some of her rows and drop some."""
    incidents = [make_incident(member, at=NOON + timedelta(days=day)) for day in range(4)]
    past = make_incident(member, mode="retrospective", at=NOON)
    make_action(member, make_incident(member, mode="test"))
    return {
        **of_work("Actions", member, incidents[0], past, make_action),
        **of_work("Follow-ups", member, incidents[0], past, make_follow_up),
        "Actions V1#List": {
            "incident_id": [{"incident_id": incidents[0].ulid}],
            "is_follow_up": [{"is_follow_up": "true"}, {"is_follow_up": "false"}],
            "incident_mode": [{"incident_mode": "test"}],
        },
        "Incidents V2#List": of_incidents(member, incidents),
        "Incident Updates V2#List": of_updates(member, incidents),
        "Users V2#List": of_users(member),
    }


def of_work(title: str, member: Member, incident: Incident, past: Incident, make: Any) -> dict[str, Lines]:
    """Actions or follow-ups, a day apart."""
    work = [make(member, incident, at=NOON + timedelta(days=day)) for day in range(4)]
    make(member, past, at=NOON)
    plain = {"incident_id": [{"incident_id": incident.ulid}], "incident_mode": [{"incident_mode": "standard"}]}
    team = {"assignee_team_id": [{"assignee_team_id": incident.ulid}]} if title == "Follow-ups" else {}
    paged = {"page_size": [{"page_size": "2"}], "after": [{"after": work[1].ulid}]}
    dated = {name: times(name) for name in ("created_at", "updated_at")}
    return {f"{title} V2#List": plain | team, f"{title} V3#List": plain | team | paged | dated}


def of_incidents(member: Member, incidents: list[Incident]) -> Lines:
    """One in triage, of a type and a severity of its own, led by her."""
    triage = IncidentStatus.objects.of(member.workspace).get(category="triage")
    minor, major, _critical = Severity.objects.of(member.workspace).order_by("rank")
    kind = IncidentType(id=new_ulid(NOON), workspace=member.workspace, name="Own", created_at=NOON, updated_at=NOON)
    kind.save(force_insert=True)
    role = lead(member)
    facts = {"status": triage, "severity": major, "type": kind, "roles": {role: member}}
    make_incident(member, at=NOON, **facts)
    held = f"incident_role[{role.ulid}]"
    return {
        "page_size": [{"page_size": "2"}],
        "after": [{"after": incidents[1].ulid}],
        "sort_by": [{"sort_by": "created_at_oldest_first"}],
        "filter_mode": [BESIDE["filter_mode"] | {"filter_mode": "all", "created_at[gte]": "2026-03-01"}],
        "status": [{f"status[{op}]": triage.ulid} for op in ("one_of", "not_in")],
        "status_category": [{f"status_category[{op}]": "triage"} for op in ("one_of", "not_in")],
        "created_at": times("created_at"),
        "updated_at": times("updated_at"),
        "severity": [
            *({f"severity[{op}]": major.ulid} for op in ("one_of", "not_in", "gte")),
            {"severity[lte]": minor.ulid},
        ],
        "incident_type": [{f"incident_type[{op}]": kind.ulid} for op in ("one_of", "not_in")],
        "incident_role": [
            {f"{held}[one_of]": member.ulid},
            {f"{held}[is_set]": "true"},
            {f"{held}[is_blank]": "true"},
            {f"{held}[is_set]": "false"},
        ],
        "mode": [{"mode[one_of]": "retrospective"}],
    }


def of_updates(member: Member, incidents: list[Incident]) -> Lines:
    """Updates of several incidents."""
    updates = [
        rules.post_update(
            incident, message="News.", idempotency_key=incident.ulid, actor=member, at=NOON + timedelta(days=day)
        )
        for day, incident in enumerate(incidents)
    ]
    return {
        "incident_id": [{"incident_id": incidents[0].ulid}],
        "page_size": [{"page_size": "2"}],
        "after": [{"after": updates[1].ulid}],
    }


def of_users(member: Member) -> Lines:
    """Somebody who is there and somebody who is not."""
    bob = make_member(member.workspace, "Bob", slack_user_id="U02", at=NOON + timedelta(days=1))
    make_member(member.workspace, "Dodo", active=False, at=NOON + timedelta(days=2))
    return {
        "email": [{"email": str(bob.email)}],
        "slack_user_id": [{"slack_user_id": "U02"}],
        "include_inactive": [{"include_inactive": "false"}],
        "page_size": [{"page_size": "1"}],
        "after": [{"after": member.ulid}],
    }


def complete(member: Member, at: datetime) -> None:
    """Complete an action."""
    rules.complete_action(make_action(member, at=at), actor=member, at=at)


def complete_later(member: Member, at: datetime) -> None:
    """Complete a follow-up."""
    rules.complete_follow_up(make_follow_up(member, make_incident(member, at=at), at=at), actor=member, at=at)


# By verb: the doing that records it.
DOINGS: dict[str, Callable[[Member, datetime], None]] = {
    "incidents.action.completed": complete,
    "incidents.follow_up.completed": complete_later,
}
