"""The nouns everybody shares: workspaces, members, logins and keys."""

from __future__ import annotations

from accounts.models.key import Key, KeyQuerySet
from accounts.models.member import Member, MemberQuerySet, User
from accounts.models.system import Heartbeat
from accounts.models.workspace import Counter, ULIDModel, Workspace, WorkspaceModel, WorkspaceQuerySet

__all__ = [
    "Counter",
    "Heartbeat",
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
