"""The nouns everybody shares: workspaces, members, logins and keys, and what falls due."""

from __future__ import annotations

from accounts.models.clocks import ClockRun
from accounts.models.due import Due
from accounts.models.idempotency import IdempotencyRecord
from accounts.models.key import Key, KeyQuerySet
from accounts.models.member import Member, MemberQuerySet, User
from accounts.models.system import Heartbeat
from accounts.models.workspace import Counter, ULIDModel, Workspace, WorkspaceModel, WorkspaceQuerySet

__all__ = [
    "ClockRun",
    "Counter",
    "Due",
    "Heartbeat",
    "IdempotencyRecord",
    "Key",
    "KeyQuerySet",
    "Member",
    "MemberQuerySet",
    "ULIDModel",
    "User",
    "Workspace",
    "WorkspaceModel",
    "WorkspaceQuerySet",
]
