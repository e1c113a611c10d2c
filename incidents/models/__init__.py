"""Incidents, what describes them, and the work they cause."""

from __future__ import annotations

from incidents.models.actions import Action, ActionQuerySet
from incidents.models.followups import FollowUp, FollowUpQuerySet
from incidents.models.incidents import (
    Incident,
    IncidentQuerySet,
    IncidentUpdate,
    Mode,
    RoleAssignment,
    TimestampValue,
    Visibility,
)
from incidents.models.settings import (
    IncidentRole,
    IncidentStatus,
    IncidentTimestamp,
    IncidentType,
    Setting,
    Severity,
)
from incidents.models.work import Work

__all__ = [
    "Action",
    "ActionQuerySet",
    "FollowUp",
    "FollowUpQuerySet",
    "Incident",
    "IncidentQuerySet",
    "IncidentRole",
    "IncidentStatus",
    "IncidentTimestamp",
    "IncidentType",
    "IncidentUpdate",
    "Mode",
    "RoleAssignment",
    "Setting",
    "Severity",
    "TimestampValue",
    "Visibility",
    "Work",
]
