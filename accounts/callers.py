"""Who is calling, and who a rule says did it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Key, Member, Workspace


@dataclass(frozen=True)
class System:
    """The house itself, as an actor: what falls due, imports, set-up."""

    name: str = "Acta"
    member: None = None
    actor_kind: str = "system"
    actor_id: UUID | None = None

    def __str__(self) -> str:
        return self.name


Actor = Member | Key | System


@dataclass(frozen=True)
class Caller:
    """What every authenticator returns: whose workspace, which rights, and what to write in logs."""

    workspace: Workspace
    app: str
    member: Member | None = None
    key: Key | None = None
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    request_id: str = ""
    ip: str = ""
    # Django and DRF ask this of whatever stands for the user.
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def workspace_id(self) -> int:
        """For queries that need no workspace row."""
        return self.workspace.pk

    @property
    def actor(self) -> Actor:
        """Who did it: the key where there is one, else the signed-in member."""
        actor = self.key or self.member
        if actor is None:
            raise LookupError("A caller is a key or a member.")
        return actor

    def allows(self, scope: str) -> bool:
        """Whether one of the caller's roles grants a scope."""
        return scope in self.scopes
