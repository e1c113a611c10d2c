"""Webhooks for operators: who is told, what was sent, and what came of each attempt."""

from __future__ import annotations

from accounts.admin.webhooks.endpoints import WebhookEndpointAdmin
from accounts.admin.webhooks.outbox import AttemptAdmin, MessageAdmin

__all__ = ["AttemptAdmin", "MessageAdmin", "WebhookEndpointAdmin"]
