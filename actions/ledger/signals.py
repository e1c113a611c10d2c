"""After commit, whoever follows the ledger is woken; what happened it reads by number from its own cursor."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.dispatch import Signal

from actions.models import Action

# Sent with `workspace_id` and nothing else: a receiver that missed one loses nothing.
recorded = Signal()
cancelled = Signal()


@dataclass(frozen=True)
class Wake:
    """A promise to send; two that say the same are equal."""

    signal: Signal
    workspace_id: int

    def __call__(self) -> None:
        """Send."""
        self.signal.send_robust(sender=Action, workspace_id=self.workspace_id)


def wake(signal: Signal, workspace_id: int) -> None:
    """Send after commit, once for many in a row; a follower that fails is logged and harms nobody."""
    send = Wake(signal, workspace_id)
    waiting = transaction.get_connection().run_on_commit
    # What was promised before stands unless its savepoint was rolled back, and then it is in no list any more.
    if not waiting or waiting[-1][1] != send:
        transaction.on_commit(send, robust=True)


def inside_transaction(what: str) -> None:
    """Refuse to write outside of the caller's transaction, where a crash would part a deed from its fact."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"ledger.{what} is called inside a transaction.")
