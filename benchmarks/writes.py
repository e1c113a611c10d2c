"""
Creating and completing actions: a request each, on disk when it is answered.

The floor is what such a write cannot do without: its INSERTs and UPDATEs in one transaction of the bare driver, with
every key already known and nothing read back. What both leave in the tables must be the same, but for ids and times.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import orjson

from accounts.ids import parse_ulid, ulid_text
from benchmarks import rewards
from benchmarks.asking import ask, environ
from benchmarks.deeds import Hand
from benchmarks.floors import Floor, new_floor
from benchmarks.races import Race
from benchmarks.rows import Tenant
from benchmarks.worlds import World

PATH = "/v3/actions"
# Columns in which two writes differ; of these only the kind of value is compared.
OWN = {
    "id", "action_id", "assignee_id", "completed_at", "created_at", "description", "incident_id", "performer_id",
    "request_id", "seq", "source_id", "subject", "subject_id", "taken_at", "title", "title_folded",
    "updated_at", "creator_member_id",
}  # fmt: skip


def races(world: World) -> Iterator[Race]:
    """Both, on the stranger's actions, so that lists stay as they were."""
    hand = Hand.of(world.stranger, new_floor())
    yield creating(hand)
    yield completing(hand)
    yield from rewards.races(hand)


def creating(hand: Hand) -> Race:
    """`POST /v3/actions` against an INSERT of the action and an UPDATE of its incident."""
    numbers = count()
    asked = environ(hand.tenant.tokens["editor"], PATH, method="POST")

    def body() -> dict[str, str]:
        return {"incident_id": ulid_text(hand.incident), "description": f"Call back customer {next(numbers)}"}

    return Race(
        "create an action",
        lambda: parse_ulid(orjson.loads(ask(asked, orjson.dumps(body())))["action"]["id"]),
        lambda: hand.create(body()["description"]),
        seen=lambda made: left(hand.floor, "incidents_action", "id", made),
        seconds=3,
        in_budget=False,
    )


def completing(hand: Hand) -> Race:
    """`PUT /v3/actions/<id>` against UPDATEs of action, incident and counter, INSERTs of the fact and what follows."""
    todo = outstanding(hand.floor, hand.tenant)
    waiting = iter(todo)

    def complete() -> UUID:
        action, description = next(waiting)
        asked = environ(hand.tenant.tokens["editor"], f"{PATH}/{ulid_text(action)}", method="PUT")
        ask(asked, orjson.dumps({"description": description, "status": "completed"}))
        return action

    return Race(
        "complete an action",
        complete,
        lambda: hand.complete(*next(waiting)),
        seen=lambda action: [*left(hand.floor, "incidents_action", "id", action), *told(hand.floor, action)],
        most=len(todo) // 2 - 1,
        seconds=3,
        in_budget=False,
    )


def outstanding(floor: Floor, tenant: Tenant) -> list[tuple[UUID, str]]:
    """Actions that wait for somebody, with their descriptions."""
    sql = """
        SELECT id, description FROM incidents_action
        WHERE workspace_id = ? AND status = 'outstanding' AND mode = 'standard' AND NOT is_private
        AND assignee_id IS NOT NULL AND creator_member_id IS NOT NULL
        ORDER BY id LIMIT 4000
    """
    return [(UUID(str(pk)), text) for pk, text in floor.select(sql, [tenant.workspace])]


def told(floor: Floor, action: UUID) -> list[dict[str, Any]]:
    """What the ledger holds of an action's completion."""
    fact = left(floor, "actions_action", "source_id", f"action:{ulid_text(action)}:completed:1")
    return [*fact, *left(floor, "actions_detail", "subject_id", ulid_text(action))]


def left(floor: Floor, table: str, column: str, value: Any) -> list[dict[str, Any]]:
    """The rows a write left in a table."""
    cursor = floor.run(f"SELECT * FROM {table} WHERE {column} = ?", [floor.value(value)])
    names = [facts[0] for facts in cursor.description]
    return [
        {name: type(value).__name__ if name in OWN else value for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]
