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
from actions.rules.numbers import draw_number
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
    action: Action | None = Action.objects.select_for_update().of(subject.workspace_id).filter(**key).first()
    if action is None or action.is_cancelled:
        return action
    return take_back(action, actor=actor, at=at, reason=reason)


@transaction.atomic(savepoint=False)
def take_back(action: Action, *, actor: Actor, at: datetime, reason: str) -> Action:
    """Cancel a fact that is locked and still holds; wallets are locked before the counter, as everywhere."""
    reverse_entries(action, actor=actor, at=at, reason=reason)
    action.cancelled_at = at
    action.cancelled_by_kind, action.cancelled_by_id = actor.actor_kind, actor.actor_id
    action.cancelled_by_label, action.cancelled_request_id = short(actor, LABEL_LENGTH), request_id()
    action.cancelled_reason = short(reason, TEXT_LENGTH)
    action.cancelled_seq = draw_number(action.workspace_id)
    Action.objects.bulk_update([action], Action.CANCELLED_ONCE)
    wake(cancelled, action.workspace_id)
    return action
