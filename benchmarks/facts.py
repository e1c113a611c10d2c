"""A believable ledger, the same on every database: fact n of a workspace follows from n alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import Counter, Member, Workspace
from actions.models import Action
from actions.rules.numbers import NAME
from actions.rules.performers import find_or_make_performer
from actions.rules.types import find_or_make_type
from benchmarks.loading import analyze, load
from benchmarks.rows import DESCRIPTION, STEP, Tenant, action_id, created_at

VERB = "incidents.action.completed"
COLUMNS = (
    "id", "workspace_id", "seq", "verb", "source", "source_id", "type_id", "performer_id", "taken_at", "day",
    "created_at", "params", "actor_kind", "actor_label", "request_id",
)  # fmt: skip
DETAILS = ("action_id", "workspace_id", "title", "title_folded", "subject_type", "subject_id", "subject", "meta")
TALLIES = ("action_id", "workspace_id", "points", "worth")


@dataclass
class Ledger:
    """Whose facts they are, and what they point to."""

    tenant: Tenant
    performers: list[int]
    type: int

    @property
    def workspace(self) -> int:
        """Its key."""
        return self.tenant.workspace


def new_ledger(tenant: Tenant) -> Ledger:
    """The performers that members are, and a type."""
    at = created_at(0) - STEP
    members = Member.objects.filter(pk__in=tenant.members).order_by("pk")
    performers = [find_or_make_performer(member, at=at) for member in members]
    return Ledger(tenant, performers, find_or_make_type(tenant.workspace, "incident-action-completed", (), at=at))


def fill(ledger: Ledger, size: int) -> None:
    """Let so many facts be there."""
    there = Action.objects.of(ledger.workspace).count()
    load(_facts(ledger, there, size), "actions_action", COLUMNS)
    load(_details(ledger, there, size), "actions_detail", DETAILS)
    load(_tallies(ledger, there, size), "actions_tally", TALLIES)
    Counter.lock(Workspace(pk=ledger.workspace), NAME)
    Counter.objects.filter(workspace=ledger.workspace, name=NAME).update(value=size)
    analyze()


def _facts(ledger: Ledger, first: int, until: int) -> Iterator[tuple[Any, ...]]:
    for n in range(first, until):
        at = f"{created_at(n):%Y-%m-%d %H:%M:%S.%f}"
        performer = ledger.performers[n % len(ledger.performers)]
        key = (action_id(ledger.tenant, n).hex, ledger.workspace, n + 1, VERB, "incidents", f"action:{n}:completed:1")
        yield (*key, ledger.type, performer, at, at[:10], at, "{}", "system", "bench", "")


def _details(ledger: Ledger, first: int, until: int) -> Iterator[tuple[Any, ...]]:
    for n in range(first, until):
        title = DESCRIPTION.format(n)
        key = action_id(ledger.tenant, n).hex, ledger.workspace
        yield (
            *key,
            title,
            title.casefold(),
            "incidents.action",
            str(n),
            title,
            '{"private": true}' if n % 10 == 3 else "{}",
        )


def _tallies(ledger: Ledger, first: int, until: int) -> Iterator[tuple[Any, ...]]:
    for n in range(first, until):
        yield action_id(ledger.tenant, n).hex, ledger.workspace, 10_000_000 * (n % 3), -(2**63)
