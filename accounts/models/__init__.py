"""The nouns everybody shares: workspaces, members, logins, keys, webhooks, the outbox and what falls due."""

from __future__ import annotations

from accounts.models.audit import AuditEntry, AuditQuerySet
from accounts.models.clocks import ClockRun
from accounts.models.due import Due
from accounts.models.idempotency import IdempotencyRecord
from accounts.models.key import Key, KeyQuerySet
from accounts.models.member import Member, MemberQuerySet, User
from accounts.models.outbox import Attempt, Message, MessageQuerySet
from accounts.models.system import Heartbeat
from accounts.models.webhooks import WebhookEndpoint, WebhookEndpointQuerySet
from accounts.models.workspace import Counter, ULIDModel, Workspace, WorkspaceModel, WorkspaceQuerySet

__all__ = [
    "Attempt",
    "AuditEntry",
    "AuditQuerySet",
    "ClockRun",
    "Counter",
    "Due",
    "Heartbeat",
    "IdempotencyRecord",
    "Key",
    "KeyQuerySet",
    "Member",
    "MemberQuerySet",
    "Message",
    "MessageQuerySet",
    "ULIDModel",
    "User",
    "WebhookEndpoint",
    "WebhookEndpointQuerySet",
    "Workspace",
    "WorkspaceModel",
    "WorkspaceQuerySet",
]
