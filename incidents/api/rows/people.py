"""People and keys, as other objects show them."""

from __future__ import annotations

from typing import Any

from accounts.columns import repeated_ulid
from incidents.roles import BASE_ROLE, BASE_ROLES


def person(uid: str, name: str, role: str, email: str | None, slack_user_id: str) -> dict[str, Any]:
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


def user(row: tuple[Any, ...]) -> dict[str, Any]:
    """A user in a list of users."""
    seat = "viewer_only" if row[2] == "viewer" else "full_access"
    return person(*row[:5]) | {
        "base_role": BASE_ROLES[row[2]],
        "custom_roles": [],
        "seats": {"on_call": "none", "response": seat},
        "is_active": bool(row[5]),
    }
