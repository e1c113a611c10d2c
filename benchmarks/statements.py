"""The list of actions as a person writes it for a driver: one statement, everybody joined to her row."""

from __future__ import annotations

from typing import Any

import orjson

from benchmarks.floors import Floor
from incidents.api.rows import work as wire

# Said twice, as an index on the column needs the one and an index of only those rows the other.
REAL = "a.is_real AND a.is_real = ?"
JOINS = """
FROM incidents_action a
LEFT JOIN accounts_member s ON s.id = a.assignee_id
LEFT JOIN accounts_member c ON c.id = a.creator_member_id
LEFT JOIN accounts_key k ON k.id = a.creator_key_id
"""


def _person(floor: Floor, alias: str) -> str:
    return f"{floor.hex.format(alias + '.uid')}, {alias}.name, {alias}.role, {alias}.email, {alias}.slack_user_id"


def select_actions(floor: Floor, where: str, limit: int | None = None) -> str:
    """The columns in the order in which a row is written, oldest action first."""
    ids = [floor.hex.format(column) for column in ("a.id", "a.incident_id")]
    times = [floor.at.format(column) for column in ("a.completed_at", "a.created_at", "a.updated_at")]
    people = [_person(floor, "s"), _person(floor, "c"), floor.hex.format("k.uid"), "k.name"]
    columns = ", ".join([*ids, "a.description", "a.status", *times, *people])
    end = f" LIMIT {limit}" if limit else ""
    return f"SELECT {columns} {JOINS} WHERE a.workspace_id = ? AND {where} ORDER BY a.id{end}"


def page(floor: Floor, sql: str, values: list[Any], size: int) -> bytes:
    """A page of V3; the statement asks for one row more than it holds."""
    found = floor.select(sql, values)
    items = [wire.action(row) for row in found[:size]]
    meta: dict[str, Any] = {"page_size": size}
    if len(found) > size:
        meta["after"] = items[-1]["id"]
    return orjson.dumps({"actions": items, "pagination_meta": meta})


def whole(floor: Floor, sql: str, values: list[Any]) -> bytes:
    """The answer of V2, at once."""
    return orjson.dumps({"actions": [wire.action(row) for row in floor.select(sql, values)]})
