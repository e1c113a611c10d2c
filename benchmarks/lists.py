"""Lists of one page, or of few enough rows for one: V3, and V2 of one incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.ids import first_ulid, last_ulid, ulid_text
from benchmarks import rows
from benchmarks.asking import ask, environ
from benchmarks.floors import Floor
from benchmarks.races import Race
from benchmarks.rows import BLOCK, OPEN, TAKES, Tenant
from benchmarks.statements import REAL, page, select_actions, whole
from benchmarks.worlds import World

PAGE = 100
# Changed rows that a sync asks for: more than a page of them.
CHANGED = 300


def races(world: World, floor: Floor) -> Iterator[Race]:
    """All of them, in the order of the table."""
    yield narrowed(world, floor)
    yield first_page(world, floor)
    yield deep_page(world, floor)
    yield few_changed(world, floor)
    yield all_changed(world, floor)
    yield without_private(world, floor)
    yield newcomer(world, floor)
    yield one_incident(world, floor)


def narrowed(world: World, floor: Floor) -> Race:
    """`GET /v3/actions` of one incident, in one mode, created in a time range: the query of the budget."""
    block = world.size // BLOCK // 2
    start, span = block * BLOCK, min(world.size, BLOCK)
    since, until = (whole_second(start + span * part // 20) for part in (1, 19))
    incident = world.tenant.incidents[block * OPEN]
    query = {
        "incident_id": ulid_text(incident),
        "incident_mode": "standard",
        "created_at[gte]": wire_time(since),
        "created_at[lte]": wire_time(until),
    }
    values = [incident, "standard", first_ulid(since), last_ulid(until)]
    where = "a.incident_id = ? AND a.mode = ? AND a.id >= ? AND a.id <= ?"
    return paged("v3: incident, mode and created_at", world.tenant, floor, query, where, values)


def first_page(world: World, floor: Floor) -> Race:
    """`GET /v3/actions` as a client begins: no filter but the default, which leaves tests out."""
    return paged("v3: first page", world.tenant, floor, {}, REAL, [True])


def deep_page(world: World, floor: Floor) -> Race:
    """`GET /v3/actions?after=` when four fifths of the list are read."""
    seen = rows.action_id(world.tenant, world.size * 4 // 5)
    query = {"after": ulid_text(seen)}
    return paged("v3: after four fifths", world.tenant, floor, query, f"{REAL} AND a.id > ?", [True, seen])


def few_changed(world: World, floor: Floor) -> Race:
    """`GET /v3/actions?updated_at[gte]=` as a sync asks: a page of changes in a list of any length."""
    at = whole_second(world.size - CHANGED) + TAKES
    few = floor.among.format("SELECT id FROM incidents_action WHERE workspace_id = ? AND updated_at >= ?")
    values = [world.tenant.workspace, at, True]
    query = {"updated_at[gte]": wire_time(at)}
    return paged("v3: updated_at, few changed", world.tenant, floor, query, f"a.id {few} AND {REAL}", values)


def all_changed(world: World, floor: Floor) -> Race:
    """The same where it leaves nothing out; the floor may keep quiet about a filter that does nothing."""
    query = {"updated_at[gte]": wire_time(rows.START)}
    return paged("v3: updated_at, all changed", world.tenant, floor, query, REAL, [True])


def without_private(world: World, floor: Floor) -> Race:
    """The first page for a key that may not see private incidents; a tenth of them is."""
    where = f"{REAL} AND a.is_private = ?"
    return paged("v3: first page, no private", world.tenant, floor, {}, where, [True, False], key="viewer")


def newcomer(world: World, floor: Floor) -> Race:
    """The first page of a small workspace whose rows come last in a table full of others'."""
    return paged("v3: first page of a newcomer", world.newcomer, floor, {}, REAL, [True])


def one_incident(world: World, floor: Floor) -> Race:
    """`GET /v2/actions` of one incident with eighty actions, which is not streamed."""
    incident = world.tenant.incidents[world.size // BLOCK // 2 * OPEN + 1]
    sql = select_actions(floor, f"a.incident_id = ? AND {REAL}")
    values = [floor.value(value) for value in (world.tenant.workspace, incident, True)]
    asked = environ(world.tenant.tokens["reader"], "/v2/actions", {"incident_id": ulid_text(incident)})
    floor.prepare(sql, values)
    return Race("v2: one incident", lambda: ask(asked), lambda: whole(floor, sql, values))


def paged(
    name: str, tenant: Tenant, floor: Floor, query: dict[str, Any], where: str, values: list[Any], key: str = "reader"
) -> Race:
    """A page of V3 against one statement of the driver."""
    sql = select_actions(floor, where, PAGE + 1)
    values = [floor.value(value) for value in (tenant.workspace, *values)]
    asked = environ(tenant.tokens[key], "/v3/actions", {"page_size": PAGE} | query)
    floor.prepare(sql, values)
    return Race(name, lambda: ask(asked), lambda: page(floor, sql, values, PAGE))


def wire_time(at: datetime) -> str:
    """A time as a client writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def whole_second(n: int) -> datetime:
    """The second in which row n was created."""
    return rows.created_at(n).replace(microsecond=0)
