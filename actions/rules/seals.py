"""The one audited way to change what is sealed: erasure, restore, the deletion of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.callers import Actor
from accounts.clock import real_now
from actions.models import Seal
from actions.models.seals import NOBODY


@contextmanager
def unsealed(reason: str, actor: Actor) -> Iterator[Seal]:
    """Let this one transaction change facts and entries; the seal is closed before anybody else can see it open."""
    with transaction.atomic():
        seal = Seal(reason=reason, opened_at=real_now(), latch_id=NOBODY).act(actor)
        seal.save(force_insert=True)
        yield seal
        seal.closed_at, seal.latch_id = real_now(), None
        seal.save(update_fields=["closed_at", "latch"])
