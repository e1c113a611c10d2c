"""Severities, statuses, types, roles and timestamps."""

from __future__ import annotations

from typing import Any

from accounts.columns import repeated_ulid


def _setting(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "id": repeated_ulid(row[0]),
        "name": row[1],
        "description": row[2],
        "created_at": row[3],
        "updated_at": row[4],
    }


def severity(row: tuple[Any, ...]) -> dict[str, Any]:
    """A severity."""
    return _setting(row) | {"rank": row[5]}


def status(row: tuple[Any, ...]) -> dict[str, Any]:
    """A status."""
    return _setting(row) | {"rank": row[5], "category": row[6]}


def incident_type(row: tuple[Any, ...]) -> dict[str, Any]:
    """A type."""
    return _setting(row) | {
        "is_default": bool(row[5]),
        "private_incidents_only": bool(row[6]),
        "create_in_triage": row[7],
    }


def role(row: tuple[Any, ...]) -> dict[str, Any]:
    """A role."""
    return _setting(row) | {"shortform": row[5], "instructions": row[6], "role_type": row[7]}


def timestamp(row: tuple[Any, ...]) -> dict[str, Any]:
    """A timestamp."""
    return {"id": repeated_ulid(row[0]), "name": row[1], "rank": row[2]}


def by_rank(item: dict[str, Any]) -> Any:
    """How settings are put in order: by rank where they have one, else as they were made."""
    return item.get("rank", 0), item["id"]
