"""The life of an action: outstanding, completed, not doing, deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.callers import Actor
from accounts.ids import new_ulid
from accounts.models import Member
from actions import ledger
from incidents import verbs
from incidents.models import Action, Incident

Status = Action.Status
UNCHANGED: Final[Any] = object()


def check_description(text: str) -> None:
    """An action says what is to be done."""
    if not text.strip():
        raise ValidationError("Say what is to be done.", code="required")


def check_assignee(member: Member | None) -> None:
    """Only people who are still there, and use this app, can be given work."""
    if member is not None and not (member.active and member.uses("incidents")):
        raise ValidationError(f"{member.name} is not active and cannot be given an action.", code="invalid")


def check_status(status: str) -> None:
    """The three statuses an action moves between freely; deletion is a rule of its own."""
    if status == Status.DELETED:
        raise ValidationError("An action is deleted by deleting it, not by its status.", code="invalid")
    if status not in Status.values:
        raise ValidationError(f"“{status}” is not a status of an action.", code="invalid")


CHECKS: dict[str, Callable[[Any], None]] = {
    "description": check_description,
    "assignee": check_assignee,
    "status": check_status,
}


def _check(facts: dict[str, Any]) -> None:
    """Every fault at once."""
    faults: dict[str, Any] = {}
    for name, value in facts.items():
        try:
            CHECKS[name](value)
        except ValidationError as fault:
            faults[name] = fault
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def create_action(
    incident: Incident, *, description: str, actor: Actor, at: datetime, assignee: Member | None = None
) -> Action:
    """Note something to do, whatever the incident's status."""
    _check({"description": description, "assignee": assignee})
    action = Action(id=new_ulid(at), description=description, assignee=assignee, created_at=at, updated_at=at)
    action.belong_to(incident)
    action.created_by(actor)
    action.save(force_insert=True)
    _note_activity(action)
    return action


@transaction.atomic
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
    facts = {"description": description, "assignee": assignee, "status": status}
    facts = {name: value for name, value in facts.items() if value is not UNCHANGED}
    _check(facts)
    action = Action.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=action.pk)
    if action.is_deleted:
        raise ValidationError({"status": ValidationError("A deleted action cannot change.", code="invalid")})
    changed = {name for name, value in facts.items() if getattr(action, name) != value}
    if not changed:
        return action
    before = action.status
    for name in changed - {"status"}:
        setattr(action, name, facts[name])
    if "status" in changed:
        action.become(status, at)
    _save(action, at, changed)
    if "status" in changed:
        _tell_ledger(action, before, actor=actor, at=at)
    return action


def complete_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Complete an action; completing it twice changes nothing."""
    return update_action(action, actor=actor, at=at, status=Status.COMPLETED)


def reopen_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Somebody has to do it after all; what its completion earned is taken back."""
    return update_action(action, actor=actor, at=at, status=Status.OUTSTANDING)


def decline_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Decide not to do it."""
    return update_action(action, actor=actor, at=at, status=Status.NOT_DOING)


@transaction.atomic
def delete_action(action: Action, *, actor: Actor, at: datetime) -> Action:
    """Delete an action; its tombstone stays in lists, and a second deletion finds nothing."""
    action = Action.objects.select_for_update(of=("self",)).exclude(status=Status.DELETED).get(pk=action.pk)
    before = action.status
    action.become(Status.DELETED, at)
    _save(action, at, {"status"})
    _tell_ledger(action, before, actor=actor, at=at)
    return action


def _save(action: Action, at: datetime, changed: set[str]) -> None:
    action.touch(at)
    derived = {"completed_at", "completions"} if "status" in changed else set()
    action.save(update_fields=changed | derived | {"updated_at"})
    _note_activity(action)


def _note_activity(action: Action) -> None:
    """The incident's last activity moves with each change of its actions."""
    Incident.objects.filter(pk=action.incident_id).update(
        last_activity_at=Greatest(F("last_activity_at"), action.updated_at)
    )


def _tell_ledger(action: Action, before: str, *, actor: Actor, at: datetime) -> None:
    """A completion is recorded; leaving it is recorded by the contrary."""
    if action.status == Status.COMPLETED:
        ledger.record(
            verbs.ACTION_COMPLETED,
            action,
            actor=actor,
            performer=action.assignee or actor.member,
            at=at,
            occurrence=action.completions,
            title=str(action),
        )
    elif before == Status.COMPLETED:
        ledger.cancel(verbs.ACTION_COMPLETED, action, action.completions, actor=actor, at=at, reason=action.status)
