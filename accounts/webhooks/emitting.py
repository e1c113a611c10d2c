"""Rules say what happened; whoever listens gets a message of the same transaction, sent after its commit."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import WorkspaceModel
from accounts.outgoing.outbox import put_webhooks
from accounts.webhooks.dialects import dialect_of
from accounts.webhooks.subscribers import subscribers


def emit(event: str, noun: WorkspaceModel, **context: Any) -> None:
    """
    Tell every endpoint that listens what happened to a noun; `context` is what its renderer asks for beside it.

    The body is rendered here and now, so that it says what this transaction says, however late it is delivered.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("webhooks.emit is called inside a transaction.")
    dialect = dialect_of(noun._meta.app_label)
    known = dialect.event(event)
    if dialect.is_silent(known, noun):
        return
    endpoints = subscribers.of(noun.workspace_id, dialect.app, dialect.type_of(known, noun))
    if endpoints:
        message = dialect.render(known, noun, **context)
        put_webhooks(noun.workspace_id, endpoints, message.type, message.body, dialect.content_type)
