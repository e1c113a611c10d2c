"""The database that is measured: a workspace with many actions, and strangers' in the same tables."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta

from accounts.callers import System
from accounts.ids import new_ulid
from accounts.models import Key, Member, Workspace
from accounts.rules import create_key, create_member, create_workspace
from benchmarks import rows
from benchmarks.loading import analyze, load
from benchmarks.rows import START, Tenant
from incidents.models import Incident, Severity
from incidents.rules import open_incident

PEOPLE = 50
# A stranger has one action for ten, all of them later; a newcomer has only these, later too.
STRANGER, NEWCOMER = 10, 150
# Nobody waits for the rate limit here.
UNLIMITED = 2_000_000_000
BEFORE = START - timedelta(days=1)
ROLES = {"reader": ["viewer", "global_access"], "viewer": ["viewer"], "editor": ["viewer", "incident_editor"]}


@dataclass
class World:
    """What a benchmark asks with."""

    tenant: Tenant
    stranger: Tenant
    newcomer: Tenant

    @property
    def size(self) -> int:
        """How many actions the workspace has."""
        return self.tenant.filled

    def grow(self, size: int) -> None:
        """
        Fill the lists up to a size; then others come.

        That is what misleads a database: by the numbers a tenth of the table is new, but nothing of it is the tenant's.
        """
        fill(self.tenant, size)
        self.stranger.filled = size
        fill(self.stranger, size + size // STRANGER)
        self.newcomer = replace(new_tenant(f"newcomer-{size}"), filled=size)
        fill(self.newcomer, size + NEWCOMER)
        analyze()


def new_world() -> World:
    """Workspaces with people and keys, and no actions yet."""
    return World(new_tenant("bench"), new_tenant("stranger"), new_tenant("newcomer"))


def new_tenant(slug: str) -> Tenant:
    """A workspace."""
    workspace = create_workspace(slug, at=BEFORE)
    members = [_member(workspace, n) for n in range(PEOPLE)]
    made = {name: _key(workspace, name, words) for name, words in ROLES.items()}
    tokens = {name: token for name, (_, token) in made.items()}
    return Tenant(workspace.pk, members, [key.pk for key, _ in made.values()], tokens)


def _member(workspace: Workspace, n: int) -> int:
    member = create_member(
        workspace,
        name=f"Person {n} of {workspace}",
        email=f"person.{n}@{workspace.slug}.example" if n % 10 else None,
        slack_user_id=f"U{n:09}" if n % 3 else "",
        role="member" if n else "owner",
        actor=System(),
        at=BEFORE,
    )
    return int(member.pk)


def _key(workspace: Workspace, name: str, words: list[str]) -> tuple[Key, str]:
    return create_key(workspace, "incidents", name=name, at=BEFORE, words=words, limit=UNLIMITED)


def fill(tenant: Tenant, until: int) -> None:
    """Give a workspace the rows it lacks."""
    lacking = sorted(rows.incidents_of(tenant.filled, until) - tenant.incidents.keys())
    model = Incident.objects.of(tenant.workspace).order_by("number").first() or _first_incident(tenant)
    made = Incident.objects.bulk_create([_incident(n, model) for n in lacking], batch_size=25)
    tenant.incidents |= dict(zip(lacking, [incident.pk for incident in made], strict=True))
    load(rows.action_rows(tenant, until))
    tenant.filled = until


def _first_incident(tenant: Tenant) -> Incident:
    return open_incident(
        Workspace.objects.get(pk=tenant.workspace),
        actor=Member.objects.get(pk=tenant.members[0]),
        at=BEFORE,
        name="Orders are late",
        severity=Severity.objects.of(tenant.workspace)[0],
    )


def _incident(n: int, model: Incident) -> Incident:
    """Another like the first, whatever an incident has."""
    at = rows.created_at(n // rows.OPEN * rows.BLOCK) - timedelta(hours=1)
    incident = copy(model)
    incident.pk, incident.number, incident.name = new_ulid(at), n + 2, f"{model.name} for the {n}th time"
    incident.mode, incident.visibility = rows.mode_of(n), "private" if rows.is_private(n) else "public"
    incident.created_at = incident.updated_at = incident.last_activity_at = at
    return incident
