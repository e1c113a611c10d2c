"""Writes by hand: the statements a person gives the driver when she knows every key by heart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

from accounts.clock import unique_now
from accounts.ids import new_ulid, ulid_text
from accounts.models import Counter, Key, Member
from accounts.texts import fold
from actions.models import Leaderboard, Performer
from actions.rules.boards.windows import windows_of
from actions.rules.performers import find_or_make_performer
from actions.rules.types import find_or_make_type
from benchmarks.floors import Floor
from benchmarks.rows import Tenant
from incidents.verbs import ACTION_COMPLETED

COUNTER = "ledger"
WORTHLESS = -(2**63)
DAYS = """
    INSERT INTO actions_dailytotal (workspace_id, performer_id, day, currency, type_id, amount, actions, last_at)
    VALUES {} ON CONFLICT
        (workspace_id, performer_id, day, currency, COALESCE(type_id, 0), COALESCE(team_id, 0))
    DO UPDATE SET amount = actions_dailytotal.amount + excluded.amount,
        actions = actions_dailytotal.actions + excluded.actions, last_at = excluded.last_at
"""
STANDING = """
    INSERT INTO actions_standing (workspace_id, board_id, "window", performer_id, score, actions, attained_at, shown)
    VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT
        (workspace_id, board_id, "window", performer_id) WHERE performer_id IS NOT NULL
    DO UPDATE SET score = actions_standing.score + excluded.score, actions = actions_standing.actions + 1,
        attained_at = COALESCE(excluded.attained_at, actions_standing.attained_at)
"""


class Price(NamedTuple):
    """What is paid by which rule, from where to where."""

    rule: str
    amount: int
    account: int
    wallet: int


@dataclass
class Hand:
    """Somebody with a bare connection, and the keys her statements need."""

    floor: Floor
    tenant: Tenant
    incident: UUID
    key: Key
    type: int
    # The board of points.
    board: int
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
            Leaderboard.objects.get(workspace=tenant.workspace, slug="points").pk,
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

    def tell(self, action: UUID, description: str, performer: int, at: datetime) -> None:
        """What is done, told once."""
        ulid = ulid_text(action)
        self.record(f"action:{ulid}:completed:1", "incidents.action", ulid, description, performer, at)

    def record(
        self, source_id: str, subject_type: str, subject_id: str, title: str, performer: int, at: datetime,
        prices: Sequence[Price] = (),
    ) -> UUID:  # fmt: skip
        """The fact under the next number, what people read of it, what is paid for it, and what that adds up to."""
        fact = self.insert_fact(source_id, performer, at)
        detail = {
            "action_id": fact,
            "workspace_id": self.tenant.workspace,
            "title": title,
            "title_folded": fold(title),
            "subject_type": subject_type,
            "subject_id": subject_id,
            "subject": title,
            "meta": "{}",
        }
        self.insert("actions_detail", detail)
        self.insert_entries(fact, performer, prices, at)
        points = sum(price.amount for price in prices)
        tally = {"action_id": fact, "workspace_id": self.tenant.workspace, "points": points, "worth": WORTHLESS}
        self.insert("actions_tally", tally)
        self.count(performer, points, at)
        return fact

    def insert_fact(self, source_id: str, performer: int, at: datetime) -> UUID:
        """The fact itself; its id."""
        drawn = "UPDATE accounts_counter SET value = value + 1 WHERE workspace_id = ? AND name = ? RETURNING value"
        [(seq,)] = self.write(drawn, self.tenant.workspace, COUNTER).fetchall()
        made = new_ulid(at)
        fact = {
            "id": made,
            "workspace_id": self.tenant.workspace,
            "seq": seq,
            "verb": ACTION_COMPLETED.name,
            "source": ACTION_COMPLETED.source,
            "source_id": source_id,
            "type_id": self.type,
            "performer_id": performer,
            "taken_at": at,
            "day": f"{at:%Y-%m-%d}",
            "created_at": at,
            "params": "{}",
            "actor_kind": "key",
            "actor_id": self.key.uid,
            "actor_label": self.key.name,
            "request_id": str(uuid4()),
        }
        self.insert("actions_action", fact)
        return made

    def insert_entries(self, fact: UUID, performer: int, prices: Sequence[Price], at: datetime) -> None:
        """What is paid, into a wallet whose key is known."""
        for price in prices:
            entry = {
                "workspace_id": self.tenant.workspace,
                "wallet_id": price.wallet,
                "performer_id": performer,
                "account_id": price.account,
                "kind": "add",
                "amount": price.amount,
                "currency": "PTS",
                "status": "posted",
                "effective_at": at,
                "day": f"{at:%Y-%m-%d}",
                "created_at": at,
                "action_id": fact,
                "rule": price.rule,
                "version": 1,
                "computed_from": f'{{"kind": "fixed", "amount": {price.amount}}}',
                "reason": price.rule,
                "actor_kind": "key",
                "actor_id": self.key.uid,
                "actor_label": self.key.name,
                "request_id": "",
            }
            self.insert("actions_entry", entry)
        if prices:
            total = sum(price.amount for price in prices)
            self.write("UPDATE actions_wallet SET posted = posted + ? WHERE id = ?", total, prices[0].wallet)

    def count(self, performer: int, points: int, at: datetime) -> None:
        """The day of whoever did it, and her standing in each window of the board of points."""
        day, here = f"{at:%Y-%m-%d}", self.tenant.workspace
        rows = [("", 0, 1), ("PTS", points, 0)] if points else [("", 0, 1)]
        days = [value for currency, *sums in rows for value in (here, performer, day, currency, self.type, *sums, at)]
        self.write(DAYS.format(", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))), *days)
        attained = at if points else None
        for window in windows_of(at.date()):
            self.write(STANDING, here, self.board, window, performer, points, attained, True)
