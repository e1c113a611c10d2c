"""Proving a ledger: every number, sum, cache and reversal, by statements over whole tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import Workspace
from actions import triggers
from actions.amounts import decimal
from actions.models import Action, Entry, Wallet
from actions.rules.proofs import boards, rewards, statements, tallies
from actions.rules.proofs.statements import Proof
from actions.rules.proofs.strangers import strangers

SHOWN = 5


def proofs() -> list[Proof]:
    """All there is to prove."""
    return [*statements.PROOFS, *tallies.PROOFS, *rewards.PROOFS, *boards.proofs(), *strangers()]


@dataclass(frozen=True)
class Fault:
    """Something that does not hold: the first few sentences, and of how many."""

    code: str
    sentences: list[str]
    count: int


@dataclass
class Report:
    """What was proven of one workspace, and what was not."""

    workspace: str
    facts: int
    cancelled: int
    entries: int
    wallets: int
    faults: list[Fault] = field(default_factory=list)


def prove(workspace: Workspace) -> Report:
    """Look for everything that could be wrong in a workspace's ledger."""
    facts = Action.objects.of(workspace)
    report = Report(
        workspace.slug,
        facts=facts.count(),
        cancelled=facts.cancelled().count(),
        entries=Entry.objects.of(workspace).count(),
        wallets=Wallet.objects.of(workspace).count(),
    )
    report.faults.extend(fault for proof in proofs() for fault in _faults(proof, workspace))
    return report


def prove_triggers() -> list[Fault]:
    """Whether the database itself still refuses to change what was done."""
    names = triggers.missing(connection)
    sentences = [
        f"The trigger {name} is missing, switched off or changed; `manage.py migrate` heals it." for name in names
    ]
    return [Fault("triggers", sentences, len(names))] if names else []


def _faults(proof: Proof, workspace: Workspace) -> Iterator[Fault]:
    statement = f"SELECT found.*, COUNT(*) OVER () FROM ({proof.sql}) found LIMIT {SHOWN}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, {"workspace": workspace.pk})
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    if rows:
        yield Fault(proof.code, [_say(proof, dict(zip(names, row, strict=True))) for row in rows], rows[0][-1])


def _say(proof: Proof, row: dict[str, Any]) -> str:
    return proof.sentence.format(**row | {name: decimal(row[name]) for name in proof.amounts})
