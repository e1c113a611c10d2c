"""Who may not earn, or may again; and the words that rules know a performer by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor
from accounts.errors import Conflict
from actions.models import Identity, Performer, PerformerTag
from actions.rules.boards.showing import show_or_hide
from actions.rules.faults import Faults
from actions.rules.numbers import hold_numbers


def ban_performer(performer: Performer, *, actor: Actor, at: datetime) -> Performer:
    """She earns nothing from now on and stands on no board; what she has stays hers."""
    return _change(performer, banned_at=at)


def unban_performer(performer: Performer, *, actor: Actor, at: datetime) -> Performer:
    """She earns again, and stands where her points put her."""
    return _change(performer, banned_at=None)


def activate_performer(performer: Performer, *, actor: Actor, at: datetime) -> Performer:
    """Her address is hers, as somebody here knows; a second time changes nothing."""
    return _change(performer, activated_at=performer.activated_at or at)


@transaction.atomic
def _change(performer: Performer, **says: Any) -> Performer:
    """Write it, and show or hide her on every board; whoever records meanwhile waits."""
    hold_numbers(performer.workspace_id)
    row: Performer = Performer.objects.select_for_update().get(pk=performer.pk)
    if row.erased_at is not None:
        raise ValidationError("Whoever was erased is nobody any more.", code="invalid")
    for name, value in says.items():
        setattr(row, name, getattr(row, name) or value if value else value)
    row.save(update_fields=list(says))
    show_or_hide(row)
    return row


@transaction.atomic
def tag_performer(performer: Performer, word: str, *, actor: Actor, at: datetime) -> PerformerTag:
    """Know her by a word; twice changes nothing."""
    faults, word = Faults(), word.strip()
    faults.text("word", word, 100)
    faults.refuse()
    if performer.erased_at is not None:
        raise Conflict("erased", "Whoever was erased is nobody any more.")
    facts = {"workspace_id": performer.workspace_id, "performer": performer, "word": word}
    PerformerTag.objects.bulk_create([PerformerTag(**facts)], ignore_conflicts=True)
    made: PerformerTag = PerformerTag.objects.get(**facts)
    return made


def untag_performer(tag: PerformerTag, *, actor: Actor, at: datetime) -> None:
    """Know her by this word no more."""
    PerformerTag.objects.filter(pk=tag.pk).delete()


def remove_identity(identity: Identity, *, actor: Actor, at: datetime) -> None:
    """What another system calls so is nobody here any more; what it earned stays hers."""
    Identity.objects.filter(pk=identity.pk).delete()
