"""The database that is measured: a workspace with many actions, and a stranger's in the same tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from accounts.callers import System
from accounts.ids import new_ulid
from accounts.models import Key, Workspace
from accounts.rules import create_key, create_member, create_workspace
from benchmarks import rows
from benchmarks.rows import START, Tenant
from incidents.models import Action, Incident, IncidentStatus, Severity

PEOPLE = 50
# The stranger has one action for ten.
STRANGER = 10
# Nobody waits for the rate limit here.
UNLIMITED = 2_000_000_000
BEFORE = START - timedelta(days=1)


@dataclass
class World:
    """What a benchmark asks with."""

    tenant: Tenant
    stranger: Tenant
    workspace: Workspace
    # Tokens of three keys: one sees everything, one no private incidents, one writes.
    reader: str
    viewer: str
    editor: str

    @property
    def size(self) -> int:
        """How many actions the workspace has."""
        return self.tenant.filled


def new_world() -> World:
    """Two workspaces with people and keys, and no actions yet."""
    workspace, tenant = _tenant("bench")
    _, stranger = _tenant("stranger")
    words = {"reader": ["viewer", "global_access"], "viewer": ["viewer"], "editor": ["incident_editor"]}
    made = {name: _key(workspace, name, roles) for name, roles in words.items()}
    tenant.keys = [key.pk for key, _ in made.values()]
    return World(tenant, stranger, workspace, **{name: token for name, (_, token) in made.items()})


def _tenant(slug: str) -> tuple[Workspace, Tenant]:
    workspace = create_workspace(slug, at=BEFORE)
    people = [
        create_member(
            workspace,
            name=f"Person {n} of {slug}",
            email=f"person.{n}@{slug}.example" if n % 10 else None,
            slack_user_id=f"U{n:09}" if n % 3 else "",
            role="member" if n else "owner",
            actor=System(),
            at=BEFORE,
        )
        for n in range(PEOPLE)
    ]
    key, _ = _key(workspace, slug, ["viewer"])
    return workspace, Tenant(workspace.pk, [member.pk for member in people], [key.pk], [])


def _key(workspace: Workspace, name: str, words: list[str]) -> tuple[Key, str]:
    return create_key(workspace, "incidents", name=name, at=BEFORE, words=words, limit=UNLIMITED)


def grow(world: World, size: int) -> None:
    """Fill the lists up to a size, and let the database look at what it holds."""
    for tenant, until in ((world.tenant, size), (world.stranger, size // STRANGER)):
        _open_incidents(tenant, rows.incidents_for(until))
        LOADERS[connection.vendor](rows.action_rows(tenant, until))
        tenant.filled = until
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _open_incidents(tenant: Tenant, until: int) -> None:
    facts = {
        "workspace_id": tenant.workspace,
        "status": IncidentStatus.objects.of(tenant.workspace).filter(category="live")[0],
        "severity": Severity.objects.of(tenant.workspace)[0],
        "creator_member_id": tenant.members[0],
    }
    made = [_incident(n, facts) for n in range(len(tenant.incidents), until)]
    Incident.objects.bulk_create(made, batch_size=50)
    tenant.incidents += [incident.pk for incident in made]


def _incident(n: int, facts: dict[str, Any]) -> Incident:
    at = rows.created_at(n // rows.OPEN * rows.BLOCK) - timedelta(hours=1)
    return Incident(
        id=new_ulid(at),
        number=n + 1,
        name=f"Orders are late, the {n}th time",
        mode=rows.mode_of(n),
        visibility="private" if rows.is_private(n) else "public",
        created_at=at,
        updated_at=at,
        last_activity_at=at,
        **facts,
    )


def _load_sqlite(records: Iterator[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows.COLUMNS))
    statement = f"INSERT INTO {Action._meta.db_table} ({', '.join(rows.COLUMNS)}) VALUES ({marks})"
    connection.ensure_connection()
    with connection.connection as driver:
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(statement, records)


def _load_postgresql(records: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(f"COPY {Action._meta.db_table} ({', '.join(rows.COLUMNS)}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)


LOADERS: dict[str, Callable[[Iterator[tuple[Any, ...]]], None]] = {
    "sqlite": _load_sqlite,
    "postgresql": _load_postgresql,
}
