"""Incidents and their updates, with what a workspace has set up written out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from accounts.columns import Hex, Rfc3339, repeated_ulid, ulid_of_hex
from accounts.sketches import page, sketch
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
from incidents.models.querysets import person as person_columns

Row = tuple[Any, ...]
MOST_SETTINGS = 10_000


class Settings:
    """A workspace's settings by their id in hexadecimal, read when first needed."""

    def __init__(self, workspace: int) -> None:
        self.workspace = workspace
        self.read: dict[Any, dict[str, Any]] = {}

    def of(self, model: Any, write: Any) -> dict[str, Any]:
        """All rows of one kind, in the order they are shown."""
        if model not in self.read:
            found = page(sketch(model.objects.all()).of(self.workspace), MOST_SETTINGS)
            items = [(row[0], write(row)) for row in found]
            self.read[model] = dict(sorted(items, key=lambda item: wire.by_rank(item[1])))
        return self.read[model]

    def status(self, digits: str) -> dict[str, Any]:
        """A status, written out."""
        found: dict[str, Any] = self.of(IncidentStatus, wire.status)[digits]
        return found

    def severity(self, digits: str) -> dict[str, Any]:
        """A severity, written out."""
        found: dict[str, Any] = self.of(Severity, wire.severity)[digits]
        return found


def incidents(rows: list[Row], workspace: int, base: str) -> list[dict[str, Any]]:
    """Incidents, with every role and every timestamp; `base` is where their pages are."""
    if not rows:
        return []
    settings = Settings(workspace)
    ids = [UUID(row[0]) for row in rows]
    people, times = assignments(workspace, ids), timestamps(workspace, ids)
    types = settings.of(IncidentType, wire.incident_type)
    roles = settings.of(IncidentRole, wire.role)
    moments = settings.of(IncidentTimestamp, wire.timestamp)
    found = []
    for row in rows:
        item = one(row, base)
        item["incident_status"] = settings.status(row[8])
        if row[9]:
            item["severity"] = settings.severity(row[9])
        item["incident_type"] = types[row[10]]
        item["incident_role_assignments"] = [
            _with(people[row[0]].get(digits), "assignee", {"role": role}) for digits, role in roles.items()
        ]
        item["incident_timestamp_values"] = [
            _with(times[row[0]].get(digits), "value", {"incident_timestamp": moment})
            for digits, moment in moments.items()
        ]
        found.append(item)
    return found


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


def _with(value: Any, name: str, item: dict[str, Any]) -> dict[str, Any]:
    return item if value is None else item | {name: value}


def assignments(workspace: int, ids: list[UUID]) -> dict[str, dict[str, Any]]:
    """Who has which role, by incident and role."""
    rows = RoleAssignment.objects.of(workspace).filter(incident__in=ids)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for incident, role, *who in rows.values_list(Hex("incident_id"), Hex("role_id"), *person_columns("assignee")):
        found[incident][role] = person(*who)
    return found


def timestamps(workspace: int, ids: list[UUID]) -> dict[str, dict[str, Any]]:
    """When what was reached, by incident and timestamp."""
    rows = TimestampValue.objects.of(workspace).filter(incident__in=ids)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for incident, moment, value in rows.values_list(Hex("incident_id"), Hex("timestamp_id"), Rfc3339("value")):
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
