"""After commit, whoever follows the ledger is woken; what happened it reads by number from its own cursor."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.dispatch import Signal

from actions.models import Action

# Sent with `workspace_id` and nothing else: a receiver that missed one loses nothing.
recorded = Signal()
cancelled = Signal()


def wake(signal: Signal, workspace_id: int) -> None:
    """Send after commit; a follower that fails is logged and harms nobody."""
    transaction.on_commit(partial(signal.send_robust, sender=Action, workspace_id=workspace_id), robust=True)


def inside_transaction(what: str) -> None:
    """Refuse to write outside of the caller's transaction, where a crash would part a deed from its fact."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"ledger.{what} is called inside a transaction.")
