"""Incidents and their updates, with what a workspace has set up written out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from accounts.columns import repeated_ulid, ulid_of_hex
from accounts.sketches import padded, page, sketch
from incidents.api.rows import settings as wire
from incidents.api.rows.people import creator, person
from incidents.models import (
    IncidentRole,
    IncidentStatus,
    IncidentTimestamp,
    IncidentType,
    RoleAssignment,
    Severity,
    TimestampValue,
)
from incidents.models.incidents import OPTIONAL_TEXTS

Row = tuple[Any, ...]
MOST_SETTINGS = 10_000
# More than the roles and timestamps of a page of incidents.
MOST = 1_000_000
ORDER = "incident_id"
NONE: dict[str, Any] = {}


class Settings:
    """A workspace's settings by their id in hexadecimal, read when first needed."""

    def __init__(self, workspace: int) -> None:
        self.workspace = workspace
        self.read: dict[Any, dict[str, Any]] = {}

    def of(self, model: Any, write: Any) -> dict[str, Any]:
        """All rows of one kind, in the order they are shown."""
        if model not in self.read:
            self.learn(model, write, page(sketch(model.objects.all()).of(self.workspace), MOST_SETTINGS))
        return self.read[model]

    def learn(self, model: Any, write: Any, rows: list[Row]) -> None:
        """Keep all rows of one kind."""
        items = [(row[0], write(row)) for row in rows]
        self.read[model] = dict(sorted(items, key=lambda item: wire.by_rank(item[1])))

    def status(self, digits: str) -> dict[str, Any]:
        """A status, written out."""
        found: dict[str, Any] = self.of(IncidentStatus, wire.status)[digits]
        return found

    def severity(self, digits: str) -> dict[str, Any]:
        """A severity, written out."""
        found: dict[str, Any] = self.of(Severity, wire.severity)[digits]
        return found


@dataclass(frozen=True)
class Around:
    """What incidents are shown with: what is set up, who has which role, when what was."""

    settings: Settings
    people: dict[str, dict[str, Any]]
    times: dict[str, dict[str, Any]]

    @cached_property
    def roles(self) -> dict[str, dict[str, Any]]:
        """Every role as an incident shows it where nobody has it."""
        return {digits: {"role": role} for digits, role in self.settings.of(IncidentRole, wire.role).items()}

    @cached_property
    def moments(self) -> dict[str, dict[str, Any]]:
        """Every timestamp as an incident shows it where it is unset."""
        moments = self.settings.of(IncidentTimestamp, wire.timestamp)
        return {digits: {"incident_timestamp": moment} for digits, moment in moments.items()}


def incidents(rows: list[Row], workspace: int, base: str) -> list[dict[str, Any]]:
    """Incidents, with every role and every timestamp; `base` is where their pages are."""
    if not rows:
        return []
    ids = padded([UUID(row[0]) for row in rows])
    around = Around(
        Settings(workspace),
        assigned(page(sketch(RoleAssignment.objects.all()).of(workspace).filter(incident__in=ids), MOST, ORDER)),
        reached(page(sketch(TimestampValue.objects.all()).of(workspace).filter(incident__in=ids), MOST, ORDER)),
    )
    return [whole(row, around, base) for row in rows]


def whole(row: Row, around: Around, base: str) -> dict[str, Any]:
    """An incident with what is around it."""
    item, settings = one(row, base), around.settings
    item["incident_status"] = settings.status(row[8])
    if row[9]:
        item["severity"] = settings.severity(row[9])
    item["incident_type"] = settings.of(IncidentType, wire.incident_type)[row[10]]
    people, times = around.people.get(row[0], NONE), around.times.get(row[0], NONE)
    item["incident_role_assignments"] = [
        {**role, "assignee": people[digits]} if digits in people else role for digits, role in around.roles.items()
    ]
    item["incident_timestamp_values"] = [
        {**moment, "value": times[digits]} if digits in times else moment for digits, moment in around.moments.items()
    ]
    return item


def one(row: Row, base: str) -> dict[str, Any]:
    """What an incident's own row says."""
    item = {
        "id": ulid_of_hex(row[0]),
        "reference": f"INC-{row[1]}",
        "name": row[2],
        "visibility": row[3],
        "mode": row[4],
        "created_at": row[5],
        "updated_at": row[6],
        "last_activity_at": row[7],
        "slack_team_id": row[11],
        "slack_channel_id": row[12],
        "creator": creator(row[17:22], row[22], row[23]),
        "permalink": f"{base}/incidents/{ulid_of_hex(row[0])}",
        "custom_field_entries": [],
        "team_ids": [],
        "has_debrief": False,
    }
    for name, text in zip(OPTIONAL_TEXTS, row[13:17], strict=True):
        if text:
            item[name] = text
    return item


def assigned(rows: list[Row]) -> dict[str, dict[str, Any]]:
    """Who has which role, by incident and role."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for incident, role, *who in rows:
        found[incident][role] = person(*who)
    return found


def reached(rows: list[Row]) -> dict[str, dict[str, Any]]:
    """When what was reached, by incident and timestamp."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for incident, moment, value in rows:
        found[incident][moment] = {"value": value}
    return found


def updates(rows: list[Row], workspace: int) -> list[dict[str, Any]]:
    """Incident updates."""
    settings = Settings(workspace)
    found = []
    for row in rows:
        item = {
            "id": ulid_of_hex(row[0]),
            "incident_id": repeated_ulid(row[1]),
            "new_incident_status": settings.status(row[2]),
            "updater": creator(row[6:11], row[11], row[12]),
            "created_at": row[5],
        }
        if row[3]:
            item["new_severity"] = settings.severity(row[3])
        if row[4]:
            item["message"] = row[4]
        found.append(item)
    return found
