"""The operator's view of incidents, of the work they cause, and of what a workspace calls things."""

from __future__ import annotations

from incidents.admin.incidents import IncidentAdmin, IncidentUpdateAdmin
from incidents.admin.settings import (
    IncidentRoleAdmin,
    IncidentStatusAdmin,
    IncidentTimestampAdmin,
    IncidentTypeAdmin,
    SeverityAdmin,
)
from incidents.admin.work import ActionAdmin, FollowUpAdmin

__all__ = [
    "ActionAdmin",
    "FollowUpAdmin",
    "IncidentAdmin",
    "IncidentRoleAdmin",
    "IncidentStatusAdmin",
    "IncidentTimestampAdmin",
    "IncidentTypeAdmin",
    "IncidentUpdateAdmin",
    "SeverityAdmin",
]
