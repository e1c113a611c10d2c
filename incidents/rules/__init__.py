"""Everything that happens to incidents and the work they cause."""

from __future__ import annotations

from incidents.rules.actions import (
    check_description,
    complete_action,
    create_action,
    decline_action,
    delete_action,
    reopen_action,
    update_action,
)
from incidents.rules.faults import UNCHANGED
from incidents.rules.followups import (
    check_labels,
    check_title,
    complete_follow_up,
    create_follow_up,
    decline_follow_up,
    delete_follow_up,
    reopen_follow_up,
    update_follow_up,
)
from incidents.rules.incidents import edit_incident, find_opened, find_update, open_incident, post_update
from incidents.rules.settings import (
    create_role,
    create_severity,
    create_status,
    delete_setting,
    update_role,
    update_severity,
    update_status,
)
from incidents.rules.work import check_assignee, check_status

__all__ = [
    "UNCHANGED",
    "check_assignee",
    "check_description",
    "check_labels",
    "check_status",
    "check_title",
    "complete_action",
    "complete_follow_up",
    "create_action",
    "create_follow_up",
    "create_role",
    "create_severity",
    "create_status",
    "decline_action",
    "decline_follow_up",
    "delete_action",
    "delete_follow_up",
    "delete_setting",
    "edit_incident",
    "find_opened",
    "find_update",
    "open_incident",
    "post_update",
    "reopen_action",
    "reopen_follow_up",
    "update_action",
    "update_follow_up",
    "update_role",
    "update_severity",
    "update_status",
]
