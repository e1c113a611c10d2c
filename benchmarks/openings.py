"""A believable list of incidents: row n of a workspace follows from n alone, its moments and its lead with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks import rows
from benchmarks.loading import analyze, load
from benchmarks.rows import Tenant
from incidents.models import IncidentRole, IncidentStatus, IncidentTimestamp, IncidentType, Severity

# An incident is resolved this long after it was opened.
TAKES = timedelta(hours=3)
INCIDENT = (
    "id", "workspace_id", "number", "name", "summary", "mode", "visibility", "status_id", "severity_id", "type_id",
    "call_url", "slack_team_id", "slack_channel_id", "slack_channel_name", "postmortem_document_url",
    "creator_member_id", "creator_key_id", "created_at", "updated_at", "last_activity_at",
)  # fmt: skip
ASSIGNMENT = ("workspace_id", "incident_id", "role_id", "assignee_id")
MOMENT = ("workspace_id", "incident_id", "timestamp_id", "value")
Record = tuple[Any, ...]


@dataclass
class Openings:
    """A workspace whose incidents are listed, and the settings they point to."""

    tenant: Tenant
    ids: dict[Any, list[UUID]] = field(default_factory=dict)
    filled: int = 0

    def __post_init__(self) -> None:
        for noun in (IncidentStatus, Severity, IncidentType, IncidentRole, IncidentTimestamp):
            self.ids[noun] = list(noun.objects.of(self.tenant.workspace).order_by("id").values_list("pk", flat=True))

    def grow(self, size: int) -> None:
        """Open the incidents it lacks."""
        numbers = range(self.filled, size)
        load(map(self.incident, numbers), "incidents_incident", INCIDENT)
        load(map(self.assignment, numbers), "incidents_roleassignment", ASSIGNMENT)
        load((one for n in numbers for one in self.moments(n)), "incidents_timestampvalue", MOMENT)
        self.filled = size
        analyze()

    def id(self, n: int) -> UUID:
        """Which incident row n is."""
        return rows.action_id(self.tenant, n)

    def one_of(self, noun: Any, n: int) -> UUID:
        """A setting that row n has."""
        return self.ids[noun][n % len(self.ids[noun])]

    def incident(self, n: int) -> Record:
        """Row n; one in twenty is a test, one in ten private, a quarter was opened by a key."""
        created, by_key = rows.created_at(n), n % 4 == 1
        return (
            self.id(n).hex,
            self.tenant.workspace,
            n + 1,
            f"Orders are late for the {n}th time",
            "Nobody can pay; we look for the cause." if n % 3 else "",
            "test" if n % 20 == 7 else "standard",
            "private" if n % 10 == 3 else "public",
            self.one_of(IncidentStatus, n).hex,
            self.one_of(Severity, n // 7).hex,
            self.one_of(IncidentType, n).hex,
            *("",) * 5,
            None if by_key else self.tenant.members[n % len(self.tenant.members)],
            self.tenant.keys[0] if by_key else None,
            *(text(created + after) for after in (timedelta(), TAKES, TAKES)),
        )

    def assignment(self, n: int) -> Record:
        """Who leads it."""
        lead = self.tenant.members[n // 3 % len(self.tenant.members)]
        return self.tenant.workspace, self.id(n).hex, self.ids[IncidentRole][0].hex, lead

    def moments(self, n: int) -> Iterator[Record]:
        """When it was reported and when it was over."""
        for moment, after in zip(self.ids[IncidentTimestamp][:2], (timedelta(), TAKES), strict=True):
            yield self.tenant.workspace, self.id(n).hex, moment.hex, text(rows.created_at(n) + after)


def text(at: datetime) -> str:
    """A time in UTC without saying so."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"
