"""What is exported: rows read by key, a thousand at a time, each written as one record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from accounts.columns import rfc3339
from accounts.ids import ulid_text
from accounts.keyset import beyond
from accounts.pages import Visitor
from actions.amounts import decimal, given
from actions.models import Action, Entry
from actions.views.filters import FeedFilter
from actions.views.lines import called
from actions.views.sight import UNREAD, may_read

CHUNK = 1000
Record = dict[str, Any]


def number(amount: int | None) -> Decimal | None:
    """Millionths as a number."""
    return None if amount is None else decimal(amount)


def moment(at: Any) -> str | None:
    """A time, in UTC."""
    return rfc3339(at) if at else None


class Kind(ABC):
    """One kind of file."""

    model: ClassVar[type[Any]]
    order: ClassVar[tuple[str, str]]
    read: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]

    @abstractmethod
    def rows(self, visitor: Visitor, filters: FeedFilter) -> Any:
        """What the filters leave."""

    @abstractmethod
    def write(self, visitor: Visitor, row: Record) -> Record:
        """A row as one record."""

    def chunks(self, visitor: Visitor, filters: FeedFilter) -> Iterator[list[Record]]:
        """All of it, a chunk at a time."""
        rows = self.rows(visitor, filters).order_by(*self.order).values(*self.order, *self.read)
        chunk = list(rows[:CHUNK])
        while chunk:
            yield [self.write(visitor, row) for row in chunk]
            seen = tuple(chunk[-1][name] for name in self.order)
            full = len(chunk) == CHUNK
            chunk = list(rows.filter(beyond(self.model, self.order, seen, ">"))[:CHUNK]) if full else []


def person(row: Record, visitor: Visitor) -> Record:
    """A performer; addresses are for those who run the workspace."""
    name, email, erased = (row[f"performer__{fact}"] for fact in ("name", "email", "erased_at"))
    address = email if visitor.may_administer and not erased else None
    return {
        "performer_id": row["performer"],
        "performer": called(row["performer"], name, email, erased) or None,
        "performer_email": address,
    }


PERSON = ("performer", "performer__name", "performer__email", "performer__erased_at")


class Facts(Kind):
    """What was done."""

    model, order = Action, ("taken_at", "pk")
    read = (
        "seq", "created_at", "source", "source_id", "external_id", "verb", "type__slug", "params", "value",
        "referrer", "tally__points", "tally__team__name", "detail__title", "detail__meta__private",
        "cancelled_at", "cancelled_by_label", "cancelled_reason", *PERSON,
    )  # fmt: skip
    columns = (
        "id", "number", "taken_at", "recorded_at", "type", "title", "performer_id", "performer", "performer_email",
        "referrer_id", "team", "value", "points", "params", "verb", "source", "source_id", "external_id",
        "cancelled_at", "cancelled_by", "cancelled_reason",
    )  # fmt: skip

    def rows(self, visitor: Visitor, filters: FeedFilter) -> Any:
        return filters.narrow(Action.objects.of(visitor.workspace))

    def write(self, visitor: Visitor, row: Record) -> Record:
        readable = may_read(visitor, row["source"], row["detail__meta__private"])
        words = self.words(row) if readable else {"title": UNREAD}
        known = {
            "id": ulid_text(row["pk"]),
            "number": row["seq"],
            "taken_at": moment(row["taken_at"]),
            "recorded_at": moment(row["created_at"]),
            "type": row["type__slug"],
            "referrer_id": row["referrer"],
            "team": row["tally__team__name"],
            "points": number(row["tally__points"] or 0),
            "verb": row["verb"],
            "source": row["source"],
            "cancelled_at": moment(row["cancelled_at"]),
            "cancelled_by": row["cancelled_by_label"],
        }
        everything = known | words | person(row, visitor)
        return {name: everything.get(name) for name in self.columns}

    def words(self, row: Record) -> Record:
        """What only whoever may read the fact is told."""
        return {
            "title": row["detail__title"],
            "value": number(row["value"]),
            "params": {
                name: number(value) if name in ("value", "points") else given(value, Decimal)
                for name, value in row["params"].items()
            },
            "source_id": row["source_id"],
            "external_id": row["external_id"],
            "cancelled_reason": row["cancelled_reason"],
        }


class Entries(Kind):
    """What was moved."""

    model, order = Entry, ("created_at", "pk")
    read = (
        "action", "action__source", "action__detail__meta__private", "effective_at", "kind", "status", "amount",
        "currency", "account__kind", "account__name", "rule", "version", "reverses", "reason", "actor_label",
        "settled_at", *PERSON,
    )  # fmt: skip
    columns = (
        "id", "added_at", "effective_at", "performer_id", "performer", "performer_email", "kind", "status", "amount",
        "currency", "account", "rule", "rule_version", "action_id", "reverses_id", "reason", "by", "settled_at",
    )  # fmt: skip

    def rows(self, visitor: Visitor, filters: FeedFilter) -> Any:
        return filters.narrow_entries(Entry.objects.of(visitor.workspace))

    def write(self, visitor: Visitor, row: Record) -> Record:
        source = row["action__source"] or ""
        readable = may_read(visitor, source, row["action__detail__meta__private"])
        known = {
            "id": row["pk"],
            "added_at": moment(row["created_at"]),
            "effective_at": moment(row["effective_at"]),
            "kind": row["kind"],
            "status": row["status"],
            "amount": number(row["amount"]),
            "currency": row["currency"],
            "account": ":".join(filter(None, (row["account__kind"], row["account__name"]))),
            "rule": row["rule"],
            "rule_version": row["version"],
            "action_id": ulid_text(row["action"]) if row["action"] else None,
            "reverses_id": row["reverses"],
            "reason": row["reason"] if readable else None,
            "by": row["actor_label"],
            "settled_at": moment(row["settled_at"]),
        }
        everything = known | person(row, visitor)
        return {name: everything[name] for name in self.columns}


KINDS: dict[str, Kind] = {"facts": Facts(), "entries": Entries()}
