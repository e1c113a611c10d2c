"""What the apps of the house tell the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from accounts.callers import Actor
from accounts.models import Member, WorkspaceModel
from actions.amounts import check_params
from actions.ledger.appending import append, find_recorded
from actions.ledger.signals import inside_transaction
from actions.ledger.verbs import Verb, subject_id
from actions.models import Action, Detail, Performer
from actions.models.acts import short
from actions.models.facts import TEXT_LENGTH
from actions.rules.numbers import look_up
from actions.rules.performers import find_or_make_performer
from actions.rules.types import find_or_make_type


def record(
    verb: Verb,
    subject: WorkspaceModel,
    *,
    actor: Actor,
    performer: Member | Performer | None,
    at: datetime,
    occurrence: int = 1,
    title: str = "",
    params: Mapping[str, Any] | None = None,
    taken_at: datetime | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Action:
    """
    Record that somebody did something, in the caller's transaction; a repeat returns the first row.

    `at` is when it is recorded, `taken_at` when it happened if that is not the same. Without a performer the fact
    is kept for assignment. Amounts in `params` are millionths.
    """
    inside_transaction("record")
    workspace, source_id = subject.workspace_id, verb.source_id(subject, occurrence)
    facts = check_params(params or {})
    _refuse_stranger(performer, workspace)
    member = performer.pk if isinstance(performer, Member) else None
    known = look_up(workspace, verb.source, source_id, verb.type, member)
    if known.recorded:
        return find_recorded(workspace, verb.source, source_id)

    def make_missing(action: Action) -> None:
        if known.type is None:
            action.type_id = find_or_make_type(workspace, verb.type, verb.params, at=at)
        if performer is not None and action.performer_id is None:
            action.performer_id = find_or_make_performer(performer, at=at)

    action = Action(
        workspace=subject.workspace,
        verb=verb.name,
        source=verb.source,
        source_id=source_id,
        type_id=known.type or 0,
        performer_id=performer.pk if isinstance(performer, Performer) else known.performer,
        taken_at=taken_at or at,
        day=(taken_at or at).astimezone(subject.workspace.zone).date(),
        created_at=at,
        params=facts,
        value=facts.get("value"),
    ).act(actor)
    detail = Detail(
        workspace_id=workspace,
        title=short(title, TEXT_LENGTH) if title else verb.sentence(subject),
        subject_type=subject._meta.label_lower,
        subject_id=subject_id(subject),
        subject=short(subject, TEXT_LENGTH),
        meta=dict(meta or {}),
    )
    return append(action, detail, at=at, prepare=make_missing)[0]


def _refuse_stranger(performer: Member | Performer | None, workspace: int) -> None:
    if performer is not None and performer.workspace_id != workspace:
        raise ValidationError({"performer": ValidationError("There is no such performer.", code="invalid_value")})
