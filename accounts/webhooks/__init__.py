"""The door to webhooks: rules emit events; how they look and are signed stands in each app's `api/webhooks.py`."""

from __future__ import annotations

from accounts.webhooks.dialects import Event, HookDialect, Rendered, dialect_of
from accounts.webhooks.emitting import emit
from accounts.webhooks.signing import Signing, StandardWebhooks

__all__ = [
    "Event",
    "HookDialect",
    "Rendered",
    "Signing",
    "StandardWebhooks",
    "dialect_of",
    "emit",
]
