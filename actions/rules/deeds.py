"""What people and clients tell the ledger: an action is recorded, taken back, or said to be somebody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.callers import Actor
from accounts.errors import Conflict
from accounts.models import Workspace
from actions.ledger.appending import append
from actions.ledger.assigning import assign
from actions.ledger.cancelling import take_back
from actions.models import Action, ActionType, Detail, Performer
from actions.rules.asking import Asked, check_asked
from actions.rules.erasing import erase_performer
from actions.verbs import verb_of

__all__ = ["assign_action", "cancel_action", "erase_performer", "record_action"]


@transaction.atomic
def record_action(
    workspace: Workspace,
    type: ActionType,
    *,
    title: str,
    actor: Actor,
    at: datetime,
    performer: Performer | None,
    referrer: Performer | None = None,
    taken_at: datetime | None = None,
    params: Mapping[str, Any] | None = None,
    source: str = "api",
    external_id: str | None = None,
    id: UUID | None = None,
    meta: Mapping[str, Any] | None = None,
    ip: str | None = None,
) -> Action:
    """
    Record something that somebody did; all faults are raised at once.

    `value` and `points` in `params` are millionths; a decimal among the others is kept as its digits. Without a
    performer the fact waits in the inbox. A source tells each external id once, for ever.
    """
    asked = Asked(
        workspace, type, title, at, performer, referrer, taken_at or at, dict(params or {}), source, external_id
    )
    facts = check_asked(asked, actor)
    action = Action(
        workspace=workspace,
        verb=verb_of(source).name,
        source=source,
        source_id=external_id or "",
        external_id=external_id,
        type=type,
        performer=performer,
        referrer=referrer,
        taken_at=asked.taken_at,
        day=asked.taken_at.astimezone(workspace.zone).date(),
        created_at=at,
        params=facts,
        value=facts.get("value"),
    ).act(actor)
    detail = Detail(workspace=workspace, title=title, meta=dict(meta or {}), ip=ip)
    return _append(action, detail, id, at)


def _append(action: Action, detail: Detail, id: UUID | None, at: datetime) -> Action:
    """Append, unless the external id or the id is taken; an id is unique in the whole installation."""
    duplicate = Conflict("duplicate_external_id", "This source told this external id before.")
    if id is None:
        appended, fresh = append(action, detail, at=at)
    elif Action.objects.filter(pk=id).exists():
        raise Conflict("duplicate_id", "There is an action with this id.")
    else:
        appended, fresh = _append_as(action, detail, id, at)
        duplicate = duplicate if action.external_id else Conflict("duplicate_id", "There is an action with this id.")
    if not fresh:
        raise duplicate
    return appended


def _append_as(action: Action, detail: Detail, id: UUID, at: datetime) -> tuple[Action, bool]:
    action.id = id
    try:
        with transaction.atomic():
            return append(action, detail, at=at)
    except IntegrityError:
        if Action.objects.filter(pk=id).exists():
            raise Conflict("duplicate_id", "There is an action with this id.") from None
        raise


@transaction.atomic
def cancel_action(action: Action, *, actor: Actor, at: datetime, reason: str = "") -> Action:
    """Take back what was done, and all it moved; twice changes nothing."""
    return action if action.is_cancelled else take_back(action, actor=actor, at=at, reason=reason)


@transaction.atomic
def assign_action(action: Action, performer: Performer, *, actor: Actor, at: datetime) -> Action:
    """Say whose a fact is that waited; it is priced now, as if it had been hers all along."""
    return assign(action, performer, actor=actor, at=at)
