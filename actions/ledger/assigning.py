"""What nobody was known to have done is said to be somebody's, once."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor
from accounts.errors import Conflict
from actions.amounts import check_amount
from actions.ledger.signals import recorded, wake
from actions.models import Action, Assignment, Performer, Tally
from actions.rules import boards, rewards
from actions.rules.numbers import draw_number, give_back_number, ground_of
from actions.rules.wallets import earned


@transaction.atomic(savepoint=False)
def assign(action: Action, performer: Performer, *, actor: Actor, at: datetime) -> Action:
    """Give a fact its performer, and a number to this; to the same one again changes nothing."""
    if performer.workspace_id != action.workspace_id:
        raise ValidationError({"performer": ValidationError("There is no such performer.", code="invalid_value")})
    number = draw_number(action.workspace_id)
    fresh: Action = (
        Action.objects.of(action.workspace_id).select_related("workspace", "tally", "detail").get(pk=action.pk)
    )
    if fresh.performer_id == performer.pk:
        give_back_number(action.workspace_id)
        return fresh
    _refuse(fresh)
    fresh.performer = performer
    Action.objects.of(fresh.workspace_id).filter(pk=fresh.pk).update(performer=performer)
    made = Assignment(workspace_id=fresh.workspace_id, action=fresh, seq=number, performer=performer, created_at=at)
    Assignment.objects.bulk_create([made.act(actor)])
    _follow(fresh, made, at)
    wake(recorded, fresh.workspace_id)
    return fresh


def _refuse(action: Action) -> None:
    if action.performer_id is not None:
        raise Conflict("already_assigned", "This is somebody else's already.")
    if action.is_cancelled:
        raise Conflict("action_cancelled", "What was cancelled is nobody's any more.")


def _follow(action: Action, assignment: Assignment, at: datetime) -> None:
    """All that would have followed had it been hers all along."""
    ground = ground_of(action, at=at)
    entries = rewards.pay(action, action.detail, stamp=ground.rules, by=assignment, at=at)
    action.tally.team_id, action.tally.points = ground.team, check_amount(action.tally.points + earned(entries))
    Tally.objects.filter(pk=action.pk).update(team=ground.team, points=action.tally.points)
    boards.count(action.workspace_id, facts=[(action, 1)], entries=entries)
