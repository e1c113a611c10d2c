"""What the house tests need to know of incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Member
from incidents.models import Action, Incident, IncidentStatus, Severity
from incidents.rules import complete_action
from tests.factories import NOON
from tests.incidents.factories import make_action, make_incident
from tests.strangers import World, wire_id


def furnish(member: Member, word: str, *, rows: int) -> None:
    """Names of her own for what an incident can be, and incidents with two actions each, one of them completed."""
    for noun in (Severity, IncidentStatus):
        noun.objects.of(member.workspace).update(name=f"{word} {noun.__name__}")
    for _ in range(rows):
        incident = make_incident(member, name=f"{word} incident", summary=f"{word} summary")
        complete_action(make_action(member, incident, description=f"{word} done"), actor=member, at=NOON)
        make_action(member, incident, description=f"{word} to do", assignee=member)


def number(world: World) -> dict[str, Any]:
    """Alice's latest incident, whose number Charlie has not reached."""
    return {"number": world.first(world.alice, Incident).number}


def moves(world: World) -> list[dict[str, Any]]:
    """Her action at her incident, and at his."""
    action = wire_id(world.first(world.alice, Action))
    return [{"number": n, "ulid": action, "verb": "complete"} for n in (number(world)["number"], 1)]


PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "incidents.views.incident": lambda world: [number(world)],
    "incidents.views.add_action": lambda world: [number(world)],
    "incidents.views.move_action": moves,
}


def new_actions(world: World) -> list[tuple[dict[str, Any], set[str]]]:
    """An action for her incident, and one for her."""
    hers, his = (wire_id(world.first(member, Incident)) for member in (world.alice, world.charlie))
    return [
        ({"incident_id": hers, "description": "x"}, {"incident_id"}),
        ({"incident_id": his, "description": "x", "assignee_id": world.alice.ulid}, {"assignee_id"}),
    ]


def changed_actions(world: World) -> list[tuple[dict[str, Any], set[str]]]:
    """Work for her."""
    return [({"description": "x", "status": "completed", "assignee_id": world.alice.ulid}, {"assignee_id"})]


# By operation: bodies that name rows of Alice's, and the fields they are refused for.
BODIES: dict[str, Callable[[World], list[tuple[dict[str, Any], set[str]]]]] = {
    "Actions V2#Create": new_actions,
    "Actions V3#Create": new_actions,
    "Actions V2#Update": changed_actions,
    "Actions V3#Update": changed_actions,
}

Query = dict[str, str]


def times(name: str) -> list[Query]:
    """Each operator of a time."""
    return [
        {f"{name}[gte]": "2026-03-04"},
        {f"{name}[lte]": "2026-03-04"},
        {f"{name}[date_range]": "2026-03-03~2026-03-04"},
    ]


def narrowing(member: Member) -> dict[str, dict[str, list[Query]]]:
    """By list and parameter: queries that keep some of her actions and drop some."""
    incident = make_incident(member)
    actions = [make_action(member, incident, at=NOON + timedelta(days=day)) for day in range(4)]
    make_action(member, make_incident(member, mode="retrospective"), at=NOON)
    plain = {"incident_id": [{"incident_id": incident.ulid}], "incident_mode": [{"incident_mode": "standard"}]}
    paged = {"page_size": [{"page_size": "2"}], "after": [{"after": actions[1].ulid}]}
    return {
        "Actions V2#List": plain,
        "Actions V3#List": plain | paged | {name: times(name) for name in ("created_at", "updated_at")},
    }


def complete(member: Member, at: datetime) -> None:
    """Complete an action."""
    complete_action(make_action(member, at=at), actor=member, at=at)


# By verb: the doing that records it.
DOINGS: dict[str, Callable[[Member, datetime], None]] = {"incidents.action.completed": complete}
