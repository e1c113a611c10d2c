"""
Lists of incidents: three filters, a first page and one 10 000 pages deep where there are so many.

The floor runs the statements that a page needs by the bare driver, compiled once: rows, their number, who leads, when
what was, and what the workspace has set up; the bytes are those of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from accounts.ids import first_ulid, last_ulid, ulid_text
from accounts.sketches import padded
from benchmarks import rows
from benchmarks.asking import ask, environ
from benchmarks.floors import Floor
from benchmarks.lists import wire_time
from benchmarks.openings import Openings
from benchmarks.races import Race
from incidents.api.rows import incidents as wire
from incidents.api.rows import settings as setting
from incidents.api.views.incidents import WORTH_COUNTING
from incidents.models import (
    Incident,
    IncidentRole,
    IncidentStatus,
    IncidentTimestamp,
    IncidentType,
    RoleAssignment,
    Severity,
    TimestampValue,
)

PAGE = 100
DEEP = 10_000
SETTINGS: dict[Any, Any] = {
    IncidentStatus: setting.status,
    Severity: setting.severity,
    IncidentType: setting.incident_type,
    IncidentRole: setting.role,
    IncidentTimestamp: setting.timestamp,
}


Statement = tuple[str, list[Any]]


def races(openings: Openings, floor: Floor) -> Iterator[Race]:
    """All of them, in the order of the table."""
    yield narrowed(openings, floor)
    yield paged("incidents: first page", openings, floor, {}, {})
    pages = min(DEEP, openings.filled // PAGE)
    seen = openings.id(openings.filled - (pages - 1) * PAGE)
    yield paged("incidents: deepest page", openings, floor, {"after": ulid_text(seen)}, {}, {"pk__lt": seen})


def narrowed(openings: Openings, floor: Floor) -> Race:
    """`GET /v2/incidents` of one status and one severity, opened in nine tenths of the time there is."""
    since, until = (rows.created_at(openings.filled * part // 20).replace(microsecond=0) for part in (1, 19))
    status, severity = openings.ids[IncidentStatus][1], openings.ids[Severity][0]
    query = {
        "status[one_of]": ulid_text(status),
        "severity[one_of]": ulid_text(severity),
        "created_at[gte]": wire_time(since),
        "created_at[lte]": wire_time(until),
    }
    times = {"pk__gte": first_ulid(since), "pk__lte": last_ulid(until)}
    return paged("incidents: three filters", openings, floor, query, {"status": status, "severity": severity} | times)


def paged(
    name: str,
    openings: Openings,
    floor: Floor,
    query: dict[str, Any],
    lookups: dict[str, Any],
    start: dict[str, Any] | None = None,
) -> Race:
    """A page against its statements."""
    all_of_them = Incident.objects.of(openings.tenant.workspace).real().filter(**lookups)
    least = Least(floor, openings.tenant.workspace, all_of_them, all_of_them.filter(**start or {}))
    asked = environ(openings.tenant.tokens["reader"], "/v2/incidents", {"page_size": PAGE} | query)
    return Race(name, lambda: ask(asked), least.page)


class Least:
    """What a page of incidents cannot do without."""

    def __init__(self, floor: Floor, workspace: int, all_of_them: Any, page: Any) -> None:
        self.floor = floor
        self.rows = compiled(page.order_by("-pk").rows()[: PAGE + 1])
        sql, values = compiled(all_of_them.order_by().values("pk")[: WORTH_COUNTING + 1])
        self.number = f"SELECT COUNT(*) FROM ({sql}) few", values
        self.settings = {noun: compiled(noun.objects.of(workspace).rows()) for noun in SETTINGS}
        ids = padded([row_id(row) for row in self.read(self.rows)[:PAGE]])
        self.people, self.times = (
            compiled(noun.objects.of(workspace).filter(incident__in=ids).rows())
            for noun in (RoleAssignment, TimestampValue)
        )
        self.floor.prepare(self.rows[0], self.values(self.rows[1]))

    def values(self, values: list[Any]) -> list[Any]:
        """Values as the driver takes them."""
        return [self.floor.value(value) for value in values]

    def read(self, statement: Statement) -> list[Any]:
        """All rows of a statement."""
        return self.floor.select(statement[0], self.values(statement[1]))

    def page(self) -> bytes:
        """The answer."""
        found = self.read(self.rows)
        known = wire.Settings(0)
        for noun, write in SETTINGS.items():
            known.learn(noun, write, self.read(self.settings[noun]))
        around = wire.Around(known, wire.assigned(self.read(self.people)), wire.reached(self.read(self.times)))
        items = [wire.whole(row, around, settings.ACTA_BASE_URL) for row in found[:PAGE]]
        [[number]] = self.read(self.number)
        meta = {"page_size": PAGE} | ({"total_record_count": number} if number <= WORTH_COUNTING else {})
        meta |= {"after": items[-1]["id"]} if len(found) > PAGE else {}
        return orjson.dumps({"incidents": items, "pagination_meta": meta})


def row_id(row: Any) -> UUID:
    """The id of a row."""
    return UUID(row[0])


def compiled(queryset: Any) -> Statement:
    """The SQL of a queryset, its values written as `?`."""
    sql, values = queryset.query.sql_with_params()
    return sql.replace("%s", "?"), list(values)
