"""Facts are appended here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts.clock import MICROSECOND
from accounts.ids import new_ulid
from accounts.texts import fold
from actions.amounts import check_amount
from actions.ledger.signals import recorded, wake
from actions.models import Action, Detail, Tally
from actions.models.facts import worth
from actions.rules import boards, rewards
from actions.rules.numbers import Ground, draw_number, give_back_number, ground_of
from actions.rules.wallets import earned

Prepare = Callable[[Action], None]


def as_it_is(action: Action) -> None:
    """Nothing is left to find or make."""


@transaction.atomic(savepoint=False)
def append(action: Action, detail: Detail, *, at: datetime, prepare: Prepare = as_it_is) -> tuple[Action, bool]:
    """
    Give a fact the next number and write it with all that follows; the first row and False if its key was taken.

    `prepare` makes what the fact points to and is not there yet, under the counter's lock: nobody else makes it then.
    """
    action.seq = draw_number(action.workspace_id)
    prepare(action)
    ground = ground_of(action, at=at)
    if ground.taken:
        give_back_number(action.workspace_id)
        return find_recorded(action.workspace_id, action.source, action.source_id), False
    write(action, detail, ground, at)
    wake(recorded, action.workspace_id)
    return action, True


def find_recorded(workspace: int, source: str, source_id: str) -> Action:
    """The fact of a natural key."""
    first: Action = Action.objects.of(workspace).get(source=source, source_id=source_id)
    return first


def write(action: Action, detail: Detail, ground: Ground, at: datetime) -> None:
    """The fact, what people read of it, and what follows from it."""
    action.created_at = max(action.created_at, ground.last + MICROSECOND) if ground.last else action.created_at
    action.id = action.id or new_ulid(action.created_at)
    # What nobody gave a natural key has no other than its id.
    action.source_id = action.source_id or str(action.id)
    # Not `save`: it would read every parent again, and those were looked up inside this workspace.
    Action.objects.bulk_create([action])
    detail.action_id, detail.title_folded = action.id, fold(detail.title)
    Detail.objects.bulk_create([detail])
    entries = rewards.pay(action, detail, stamp=ground.rules, by=action, at=at)
    tally = Tally(workspace_id=action.workspace_id, action=action, worth=worth(action.value), team_id=ground.team)
    tally.points = check_amount(earned(entries), "points")
    Tally.objects.bulk_create([tally])
    action.tally = tally
    boards.count(action.workspace_id, facts=[(action, 1)], entries=entries)
