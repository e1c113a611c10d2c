"""Somebody is forgotten: her row says nothing more of her, and every sum stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.callers import Actor
from accounts.rules.audit import forget_words
from actions.models import Action, Detail, Entry, Performer
from actions.rules import boards
from actions.rules.numbers import hold_numbers
from actions.rules.performers import new_referral_code
from actions.rules.seals import unsealed

FORGOTTEN = "Somebody"


@transaction.atomic
def erase_performer(performer: Performer, *, actor: Actor, at: datetime) -> Performer:
    """Pseudonymise somebody: name, address, other names, words of her deeds and of changes; twice changes nothing."""
    hold_numbers(performer.workspace_id)
    performer = Performer.objects.select_for_update().get(pk=performer.pk)
    if performer.erased_at is not None:
        return performer
    _forget_deeds(performer, at)
    _forget_signature(performer, actor)
    performer.identities.all().delete()
    performer.tags.all().delete()
    performer.member, performer.email = None, None
    performer.name = performer.country = performer.password = ""
    performer.referral_code, performer.erased_at = new_referral_code(), at
    performer.save()
    boards.show_or_hide(performer)
    forget_words(performer)
    return performer


def _forget_deeds(performer: Performer, at: datetime) -> None:
    """What people read of what she did, or of what she referred."""
    hers = Action.objects.of(performer.workspace_id).filter(performer=performer).order_by()
    details = Detail.objects.of(performer.workspace_id).filter(action__in=hers.values("pk"))
    details.update(title="", title_folded="", subject="", meta={}, ip=None, erased_at=at)


def _forget_signature(performer: Performer, actor: Actor) -> None:
    """Her name where she wrote facts and entries, which only a lifted seal lets change."""
    member = performer.member
    if member is None:
        return
    with unsealed(f"erasure of performer {performer.pk}", actor):
        for model in (Action, Entry):
            rows = model.objects.of(performer.workspace_id)
            rows.filter(actor_kind="member", actor_id=member.uid).update(actor_label=FORGOTTEN)
        cancelled = Action.objects.of(performer.workspace_id).cancelled()
        mine = cancelled.filter(cancelled_by_kind="member", cancelled_by_id=member.uid)
        mine.update(cancelled_by_label=FORGOTTEN)
