"""Actions and follow-ups: from the tuples that `rows()` reads to the dicts a client gets."""

from __future__ import annotations

from typing import Any

import orjson

from accounts.columns import repeated_ulid, ulid_of_hex
from incidents.api.rows.people import creator, person


def action(row: tuple[Any, ...]) -> dict[str, Any]:
    """An action of V2 and V3."""
    item = {
        "id": ulid_of_hex(row[0]),
        "incident_id": repeated_ulid(row[1]),
        "creator": creator(row[12:17], row[17], row[18]),
        "description": row[2],
        "status": row[3],
        "created_at": row[5],
        "updated_at": row[6],
    }
    if row[4]:
        item["completed_at"] = row[4]
    if row[7]:
        item["assignee"] = person(*row[7:12])
    return item


def follow_up(row: tuple[Any, ...]) -> dict[str, Any]:
    """A follow-up of V2 and V3."""
    item = {
        "id": ulid_of_hex(row[0]),
        "incident_id": repeated_ulid(row[1]),
        "creator": creator(row[14:19], row[19], row[20]),
        "title": row[2],
        "status": row[4],
        # SQLite hands JSON out as text.
        "labels": orjson.loads(row[5]) if isinstance(row[5], str) else row[5],
        "created_at": row[7],
        "updated_at": row[8],
    }
    if row[3]:
        item["description"] = row[3]
    if row[6]:
        item["completed_at"] = row[6]
    if row[9]:
        item["assignee"] = person(*row[9:14])
    return item


V1 = ("id", "incident_id", "status", "created_at", "updated_at", "assignee", "completed_at")


def action_v1(row: tuple[Any, ...]) -> dict[str, Any]:
    """An action as V1 and webhooks have it."""
    item = action(row)
    return _v1(item, follow_up=False, description=item["description"])


def follow_up_v1(row: tuple[Any, ...]) -> dict[str, Any]:
    """A follow-up as V1 and webhooks have it: an action with a flag, its title the description."""
    item = follow_up(row)
    return _v1(item, follow_up=True, description=item["title"])


def _v1(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {name: item[name] for name in V1 if name in item} | more
