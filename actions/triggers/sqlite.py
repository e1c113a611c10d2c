"""The triggers as SQLite writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from actions.models import Action, Entry, Seal
from actions.triggers.conditions import ONCE, SEALED, entry_may_change, fact_may_change, seal_may_change

SAME = "IS"
FACT, ENTRY, SEAL = (model._meta.db_table for model in (Action, Entry, Seal))


def _trigger(name: str, event: str, table: str, refused: str, message: str) -> str:
    head = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refused}"
    return f"{head} BEGIN SELECT RAISE(ABORT, '{message}'); END"


def _triggers() -> dict[str, str]:
    fact_changes = f"NOT ({fact_may_change(SAME)}) AND {SEALED}"
    entry_changes = f"NOT ({entry_may_change(SAME)}) AND {SEALED}"
    once = "a fact never changes, save that it is assigned once and cancelled once"
    settled = "an entry never changes, save from pending to posted or voided"
    closed = "a seal is only ever closed"
    wanted = [
        ("acta_fact_delete", "DELETE", FACT, SEALED, "a fact is never deleted"),
        ("acta_fact_update", "UPDATE", FACT, fact_changes, once),
        ("acta_entry_delete", "DELETE", ENTRY, SEALED, "an entry is never deleted"),
        ("acta_entry_update", "UPDATE", ENTRY, entry_changes, settled),
        ("acta_seal_delete", "DELETE", SEAL, "TRUE", "the record of a seal is never deleted"),
        ("acta_seal_update", "UPDATE", SEAL, f"NOT ({seal_may_change(SAME)})", closed),
        *(
            (f"acta_{name}_{event.lower()}", event, table, SEALED, message)
            for name, table, message in ONCE
            for event in ("DELETE", "UPDATE")
        ),
    ]
    return {name: _trigger(name, *rest) for name, *rest in wanted}


def removals() -> Iterator[str]:
    """Statements that remove every trigger."""
    for name in _triggers():
        yield f"DROP TRIGGER IF EXISTS {name}"


def definitions() -> Iterator[str]:
    """Statements that make every trigger anew."""
    yield from removals()
    yield from _triggers().values()


def broken(cursor: Any) -> set[str]:
    """Names of triggers that are not there as they were made."""
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    there = dict(cursor.fetchall())
    return {name for name, sql in _triggers().items() if there.get(name) != sql}


def fire_on_replace(connection: Any) -> None:
    """Let REPLACE, which deletes what it replaces, be refused as any other deletion is."""
    connection.execute("PRAGMA recursive_triggers = ON")
