"""The life of an action."""

from __future__ import annotations

from datetime import datetime

from accounts.callers import Actor
from accounts.models import Member
from incidents import verbs
from incidents.models import Action, Incident
from incidents.rules import work
from incidents.rules.faults import UNCHANGED, fault
from incidents.rules.work import Kind, Status, check_assignee, check_status


def check_description(text: str) -> None:
    """An action says what is to be done."""
    if not text.strip():
        raise fault("Say what is to be done.", "required")


ACTION = Kind(
    Action,
    verbs.ACTION_COMPLETED,
    {"description": check_description, "assignee": check_assignee, "status": check_status},
    created=("action_created_v1",),
    updated=("action_updated_v1",),
)


def create_action(
    incident: Incident, *, description: str, actor: Actor, at: datetime, assignee: Member | None = None
) -> Action:
    """Note something to do, whatever the incident's status."""
    made: Action = work.create(ACTION, incident, description=description, assignee=assignee, actor=actor, at=at)
    return made


def update_action(
    action: Action,
    *,
    actor: Actor,
    at: datetime,
    description: str = UNCHANGED,
    assignee: Member | None = UNCHANGED,
    status: str = UNCHANGED,
) -> Action:
    """Change what is given; what stays as it was changes nothing and is not noted."""
    changed: Action = work.update(
        ACTION, action, description=description, assignee=assignee, status=status, actor=actor, at=at
    )
    return changed


def complete_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Complete an action; completing it twice changes nothing."""
    return update_action(action, actor=actor, at=at, status=Status.COMPLETED)


def reopen_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Somebody has to do it after all; what its completion earned is taken back."""
    return update_action(action, actor=actor, at=at, status=Status.OUTSTANDING)


def decline_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Decide not to do it."""
    return update_action(action, actor=actor, at=at, status=Status.NOT_DOING)


def delete_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Delete an action; its tombstone stays in lists, and a second deletion finds nothing."""
    deleted: Action = work.delete(ACTION, action, actor=actor, at=at)
    return deleted
