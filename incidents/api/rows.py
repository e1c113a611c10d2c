"""Rows of hot lists: from the tuple a queryset's `rows()` reads to the dict a client gets."""

from __future__ import annotations

from typing import Any

from accounts.columns import repeated_ulid, ulid_of_hex
from incidents.api.roles import BASE_ROLE


def person(uid: str, name: str, role: str, email: str | None, slack_user_id: str) -> dict[str, str]:
    """A user as other objects show her; what she has not is left out."""
    user = {"id": repeated_ulid(uid), "name": name, "role": BASE_ROLE[role]}
    if email:
        user["email"] = email
    if slack_user_id:
        user["slack_user_id"] = slack_user_id
    return user


def creator(member: tuple[Any, ...], key_uid: str, key_name: str) -> dict[str, Any]:
    """Exactly one of the four who can make a row."""
    if member[0]:
        return {"user": person(*member)}
    return {"api_key": {"id": repeated_ulid(key_uid), "name": key_name}}


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
