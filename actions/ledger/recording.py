"""Facts are appended here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor
from accounts.clock import MICROSECOND
from accounts.ids import new_ulid
from accounts.models import Member, WorkspaceModel
from accounts.texts import fold
from actions.amounts import check_params
from actions.ledger.signals import inside_transaction, recorded, wake
from actions.ledger.verbs import Verb, subject_id
from actions.models import Action, Detail, Performer, Tally
from actions.models.acts import short
from actions.models.facts import TEXT_LENGTH, worth
from actions.rules.numbers import draw_number, give_back_number, last_recorded, look_up
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
        return _recorded(workspace, verb.source, source_id)
    action = Action(
        workspace_id=workspace,
        verb=verb.name,
        source=verb.source,
        source_id=source_id,
        type_id=known.type or find_or_make_type(workspace, verb.type, verb.params, at=at),
        performer_id=known.performer or (find_or_make_performer(performer, at=at) if performer else None),
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
    return append(action, detail)


def _refuse_stranger(performer: Member | Performer | None, workspace: int) -> None:
    if performer is not None and performer.workspace_id != workspace:
        raise ValidationError({"performer": ValidationError("There is no such performer.", code="invalid_value")})


def _recorded(workspace: int, source: str, source_id: str) -> Action:
    first: Action = Action.objects.of(workspace).get(source=source, source_id=source_id)
    return first


@transaction.atomic(savepoint=False)
def append(action: Action, detail: Detail) -> Action:
    """Give a fact the next number and write it, unless its natural key was taken while we waited for the number."""
    action.seq = draw_number(action.workspace_id)
    # Under the counter's lock nobody else appends, so what is read here is final.
    last, taken = last_recorded(action.workspace_id, action.source, action.source_id)
    if taken:
        give_back_number(action.workspace_id)
        return _recorded(action.workspace_id, action.source, action.source_id)
    action.created_at = max(action.created_at, last + MICROSECOND) if last else action.created_at
    action.id = detail.action_id = new_ulid(action.created_at)
    # Not `save`: it would read every parent again, and those were looked up inside this workspace.
    Action.objects.bulk_create([action])
    detail.title_folded = fold(detail.title)
    Detail.objects.bulk_create([detail])
    Tally.objects.bulk_create([Tally(workspace_id=action.workspace_id, action=action, worth=worth(action.value))])
    wake(recorded, action.workspace_id)
    return action
