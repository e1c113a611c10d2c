"""Writes by hand: the statements a person gives the driver when she knows every key by heart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID, uuid4

from accounts.clock import unique_now
from accounts.ids import new_ulid, ulid_text
from accounts.models import Counter, Key, Member
from accounts.texts import fold
from actions.models import Performer
from actions.models.facts import WORTHLESS
from actions.rules.performers import find_or_make_performer
from actions.rules.types import find_or_make_type
from benchmarks.floors import Floor
from benchmarks.rows import Tenant
from incidents.verbs import ACTION_COMPLETED

COUNTER = "ledger"


@dataclass
class Hand:
    """Somebody with a bare connection, and the keys her statements need."""

    floor: Floor
    tenant: Tenant
    incident: UUID
    key: Key
    type: int
    # From a member's key to that of the performer she is.
    performers: dict[int, int]

    @classmethod
    def of(cls, tenant: Tenant, floor: Floor) -> Self:
        """All that the first completion would make is there: performers, a type, the counter."""
        at = unique_now()
        for member in Member.objects.filter(pk__in=tenant.members):
            find_or_make_performer(member, at=at)
        Counter.lock(tenant.workspace, COUNTER)
        return cls(
            floor,
            tenant,
            tenant.incidents[min(tenant.incidents)],
            Key.objects.get(workspace=tenant.workspace, name="editor"),
            find_or_make_type(tenant.workspace, ACTION_COMPLETED.type, ACTION_COMPLETED.params, at=at),
            dict(Performer.objects.of(tenant.workspace).values_list("member", "pk")),
        )

    def write(self, sql: str, *values: Any) -> Any:
        """One statement; what it returns, if anything."""
        return self.floor.run(sql, [self.floor.value(value) for value in values])

    def insert(self, table: str, facts: dict[str, Any]) -> None:
        """One row."""
        marks = ", ".join("?" * len(facts))
        self.write(f"INSERT INTO {table} ({', '.join(facts)}) VALUES ({marks})", *facts.values())

    def create(self, description: str) -> UUID:
        """An action of the incident, made by the key."""
        at = unique_now()
        made = new_ulid(at)
        facts = {
            "id": made,
            "workspace_id": self.tenant.workspace,
            "incident_id": self.incident,
            "description": description,
            "status": "outstanding",
            "completions": 0,
            "mode": "standard",
            "is_real": True,
            "is_private": False,
            "creator_key_id": self.key.pk,
            "created_at": at,
            "updated_at": at,
        }
        with self.floor.transaction():
            self.insert("incidents_action", facts)
            self.write("UPDATE incidents_incident SET last_activity_at = ? WHERE id = ?", at, self.incident)
        return made

    def complete(self, action: UUID, description: str) -> UUID:
        """An action is completed, and the ledger says so."""
        at = unique_now()
        done = "completions = completions + 1, completed_at = ?, updated_at = ?"
        with self.floor.transaction():
            [(incident, assignee)] = self.write(
                f"UPDATE incidents_action SET status = 'completed', {done} WHERE id = ? "
                "RETURNING incident_id, assignee_id",
                at, at, action,
            ).fetchall()  # fmt: skip
            self.write("UPDATE incidents_incident SET last_activity_at = ? WHERE id = ?", at, incident)
            self.tell(action, description, self.performers[assignee], at)
        return action

    def tell(self, action: UUID, description: str, performer: int, at: Any) -> None:
        """The fact, what people read of it and what it earned, under the next number."""
        drawn = "UPDATE accounts_counter SET value = value + 1 WHERE workspace_id = ? AND name = ? RETURNING value"
        [(seq,)] = self.write(drawn, self.tenant.workspace, COUNTER).fetchall()
        fact = {
            "id": new_ulid(at),
            "workspace_id": self.tenant.workspace,
            "seq": seq,
            "verb": ACTION_COMPLETED.name,
            "source": ACTION_COMPLETED.source,
            "source_id": f"action:{ulid_text(action)}:completed:1",
            "type_id": self.type,
            "performer_id": performer,
            "taken_at": at,
            "day": at.date().isoformat(),
            "created_at": at,
            "params": "{}",
            "actor_kind": "key",
            "actor_id": self.key.uid,
            "actor_label": self.key.name,
            "request_id": str(uuid4()),
        }
        detail = {
            "action_id": fact["id"],
            "workspace_id": self.tenant.workspace,
            "title": description,
            "title_folded": fold(description),
            "subject_type": "incidents.action",
            "subject_id": ulid_text(action),
            "subject": description,
            "meta": "{}",
        }
        self.insert("actions_action", fact)
        self.insert("actions_detail", detail)
        tally = {"action_id": fact["id"], "workspace_id": self.tenant.workspace, "points": 0, "worth": WORTHLESS}
        self.insert("actions_tally", tally)
