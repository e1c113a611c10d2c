"""Everything that happens to incidents and their actions."""

from __future__ import annotations

from incidents.rules.actions import (
    UNCHANGED,
    check_assignee,
    check_description,
    check_status,
    complete_action,
    create_action,
    decline_action,
    delete_action,
    reopen_action,
    update_action,
)
from incidents.rules.incidents import open_incident

__all__ = [
    "UNCHANGED",
    "check_assignee",
    "check_description",
    "check_status",
    "complete_action",
    "create_action",
    "decline_action",
    "delete_action",
    "open_incident",
    "reopen_action",
    "update_action",
]
