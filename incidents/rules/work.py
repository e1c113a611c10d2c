"""What happens to work, be it an action or a follow-up: outstanding, completed, not doing, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts import webhooks
from accounts.callers import Actor
from accounts.ids import new_ulid
from accounts.models import Member
from actions import ledger
from incidents.models import Incident, Work
from incidents.rules.faults import check, fault, given

Status = Work.Status


def check_assignee(member: Member | None) -> None:
    """Only people who are still there, and use this app, can be given work."""
    if member is not None and not (member.active and member.uses("incidents")):
        raise fault(f"{member.name} is not active and cannot be given work.")


def check_status(status: str) -> None:
    """The three statuses work moves between freely; deletion is a rule of its own."""
    if status == Status.DELETED:
        raise fault("Delete it by deleting it, not by its status.")
    if status not in Status.values:
        raise fault(f"“{status}” is not a status of work.")


@dataclass(frozen=True)
class Kind:
    """What differs between actions and follow-ups."""

    model: type[Any]
    completed: ledger.Verb
    checks: Mapping[str, Callable[[Any], None]]
    created: tuple[str, ...]
    updated: tuple[str, ...]
    meta: Callable[[Any], dict[str, Any]] = lambda work: {}


@transaction.atomic
def create(kind: Kind, incident: Incident, *, actor: Actor, at: datetime, **facts: Any) -> Any:
    """Note something to do, whatever the incident's status."""
    check(facts, kind.checks)
    work = kind.model(id=new_ulid(at), created_at=at, updated_at=at, **facts)
    work.belong_to(incident)
    work.created_by(actor)
    work.save(force_insert=True)
    note_activity(work)
    emit(kind.created, work)
    return work


@transaction.atomic
def update(kind: Kind, work: Work, *, actor: Actor, at: datetime, **facts: Any) -> Any:
    """Change what is given; what stays as it was changes nothing and is not noted."""
    facts = given(facts)
    check(facts, kind.checks)
    # Without its assignee: PostgreSQL would join the one it had before we waited, or nobody.
    work = kind.model.objects.select_for_update().get(pk=work.pk)
    if work.is_deleted:
        raise ValidationError({"status": fault("What is deleted cannot change.")})
    changed = {name for name, value in facts.items() if getattr(work, name) != value}
    if not changed:
        return work
    before = work.status
    for name in changed - {"status"}:
        setattr(work, name, facts[name])
    if "status" in changed:
        work.become(facts["status"], at)
    save(work, at, changed)
    if "status" in changed:
        tell_ledger(kind, work, before, actor=actor, at=at)
    emit(kind.updated, work)
    return work


@transaction.atomic
def delete(kind: Kind, work: Work, *, actor: Actor, at: datetime) -> Any:
    """Delete; the tombstone stays in lists, and a second deletion finds nothing."""
    rows = kind.model.objects.select_for_update(of=("self",)).exclude(status=Status.DELETED)
    work = rows.get(pk=work.pk)
    before = work.status
    work.become(Status.DELETED, at)
    save(work, at, {"status"})
    tell_ledger(kind, work, before, actor=actor, at=at)
    emit(kind.updated, work)
    return work


def emit(events: Iterable[str], work: Work) -> None:
    """Tell whoever listens, in each of the vendor's versions."""
    for event in events:
        webhooks.emit(event, work)


def save(work: Work, at: datetime, changed: set[str]) -> None:
    """Write what changed, and when."""
    work.touch(at)
    derived = {"completed_at", "completions"} if "status" in changed else set()
    work.save(update_fields=changed | derived | {"updated_at"})
    note_activity(work)


def note_activity(work: Work) -> None:
    """The incident's last activity moves with each change of its work."""
    Incident.objects.filter(pk=work.incident_id).update(
        last_activity_at=Greatest(F("last_activity_at"), work.updated_at)
    )


def tell_ledger(kind: Kind, work: Work, before: str, *, actor: Actor, at: datetime) -> None:
    """A completion is recorded; leaving it is recorded by the contrary."""
    if work.status == Status.COMPLETED:
        ledger.record(
            kind.completed,
            work,
            actor=actor,
            performer=work.assignee or actor.member,
            at=at,
            occurrence=work.completions,
            title=str(work),
            meta=kind.meta(work) | ({"private": True} if work.is_private else {}),
        )
    elif before == Status.COMPLETED:
        ledger.cancel(kind.completed, work, work.completions, actor=actor, at=at, reason=work.status)
