"""A fact is taken back by the contrary; the fact stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.callers import Actor
from accounts.models import WorkspaceModel
from actions.ledger.signals import cancelled, inside_transaction, wake
from actions.ledger.verbs import Verb
from actions.models import Action
from actions.models.acts import LABEL_LENGTH, request_id, short
from actions.models.facts import TEXT_LENGTH
from actions.rules import boards
from actions.rules.numbers import draw_number, give_back_number
from actions.rules.wallets import reverse_entries


def cancel(
    verb: Verb, subject: WorkspaceModel, occurrence: int = 1, *, actor: Actor, at: datetime, reason: str
) -> Action | None:
    """
    Take back what was recorded under the same natural key, with all it moved; twice changes nothing.

    None when nothing was recorded, so there is nothing to take back.
    """
    inside_transaction("cancel")
    key = {"source": verb.source, "source_id": verb.source_id(subject, occurrence)}
    action: Action | None = Action.objects.of(subject.workspace_id).filter(**key).first()
    if action is None or action.is_cancelled:
        return action
    return take_back(action, actor=actor, at=at, reason=reason)


@transaction.atomic(savepoint=False)
def take_back(action: Action, *, actor: Actor, at: datetime, reason: str) -> Action:
    """Cancel a fact that held when it was read, unless somebody did while we waited for the number."""
    number = draw_number(action.workspace_id)
    undoing = {
        "cancelled_at": at,
        "cancelled_by_kind": actor.actor_kind,
        "cancelled_by_id": actor.actor_id,
        "cancelled_by_label": short(actor, LABEL_LENGTH),
        "cancelled_request_id": request_id(),
        "cancelled_reason": short(reason, TEXT_LENGTH),
        "cancelled_seq": number,
    }
    if not Action.objects.of(action.workspace_id).uncancelled().filter(pk=action.pk).update(**undoing):
        give_back_number(action.workspace_id)
        first: Action = Action.objects.of(action.workspace_id).get(pk=action.pk)
        return first
    for name, value in undoing.items():
        setattr(action, name, value)
    contrary = reverse_entries(action, actor=actor, at=at, reason=reason)
    boards.count(action.workspace_id, facts=[(action, -1)], entries=contrary)
    wake(cancelled, action.workspace_id)
    return action
