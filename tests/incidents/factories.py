"""Incidents and actions, made through the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from incidents.models import Action, Incident, Severity
from incidents.rules import create_action, open_incident
from tests.factories import NOON


def make_incident(actor: Any, *, at: datetime = NOON, **facts: Any) -> Incident:
    """A live, minor, public incident."""
    workspace = actor.workspace
    facts.setdefault("name", "The coffee machine leaks")
    facts.setdefault("severity", Severity.objects.of(workspace).order_by("rank")[0])
    return open_incident(workspace, actor=actor, at=at, **facts)


def make_action(actor: Any, incident: Incident | None = None, *, at: datetime = NOON, **facts: Any) -> Action:
    """An outstanding action, of a new incident unless one is given."""
    facts.setdefault("description", "Put a bucket under it")
    incident = incident or make_incident(actor, at=at)
    return create_action(incident, actor=actor, at=at, **facts)
