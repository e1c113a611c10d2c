"""Incidents, what describes them, and the actions taken while they are open."""

from __future__ import annotations

from incidents.models.actions import Action, ActionQuerySet
from incidents.models.incidents import Incident, IncidentQuerySet, Mode, Visibility
from incidents.models.settings import IncidentStatus, Severity

__all__ = [
    "Action",
    "ActionQuerySet",
    "Incident",
    "IncidentQuerySet",
    "IncidentStatus",
    "Mode",
    "Severity",
    "Visibility",
]
