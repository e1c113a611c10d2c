"""The triggers as PostgreSQL writes them, TRUNCATE included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from actions.models import Action, Entry, Seal
from actions.triggers.conditions import ONCE, SEALED, entry_may_change, fact_may_change, seal_may_change

SAME = "IS NOT DISTINCT FROM"
FACT, ENTRY, SEAL = (model._meta.db_table for model in (Action, Entry, Seal))
# How pg_trigger writes "before each row is deleted", "… updated", "before the statement truncates".
KINDS = {"DELETE": 11, "UPDATE": 19, "TRUNCATE": 34}


class Trigger(NamedTuple):
    """A trigger and the function of the same name."""

    name: str
    event: str
    table: str
    refused: str
    message: str

    @property
    def body(self) -> str:
        """The function; its error is one of integrity, as for any broken constraint."""
        raises = f"RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'"
        passed = {"DELETE": "OLD", "UPDATE": "NEW", "TRUNCATE": "NULL"}[self.event]
        return f"BEGIN IF {self.refused} THEN {raises}; END IF; RETURN {passed}; END"

    def make(self) -> Iterator[str]:
        """The statements that put it there, whatever stood there before."""
        rows = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        yield f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $body${self.body}$body$"
        yield f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}"
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {rows} EXECUTE FUNCTION {self.name}()"
        )


def _triggers() -> list[Trigger]:
    fact_changes = f"NOT ({fact_may_change(SAME)}) AND {SEALED}"
    entry_changes = f"NOT ({entry_may_change(SAME)}) AND {SEALED}"
    once = "a fact never changes, save that it is assigned once and cancelled once"
    settled = "an entry never changes, save from pending to posted or voided"
    closed = "a seal is only ever closed"
    return [
        Trigger("acta_fact_delete", "DELETE", FACT, SEALED, "a fact is never deleted"),
        Trigger("acta_fact_truncate", "TRUNCATE", FACT, SEALED, "a fact is never deleted"),
        Trigger("acta_fact_update", "UPDATE", FACT, fact_changes, once),
        Trigger("acta_entry_delete", "DELETE", ENTRY, SEALED, "an entry is never deleted"),
        Trigger("acta_entry_truncate", "TRUNCATE", ENTRY, SEALED, "an entry is never deleted"),
        Trigger("acta_entry_update", "UPDATE", ENTRY, entry_changes, settled),
        Trigger("acta_seal_delete", "DELETE", SEAL, "TRUE", "the record of a seal is never deleted"),
        Trigger("acta_seal_truncate", "TRUNCATE", SEAL, "TRUE", "the record of a seal is never deleted"),
        Trigger("acta_seal_update", "UPDATE", SEAL, f"NOT ({seal_may_change(SAME)})", closed),
        *(
            Trigger(f"acta_{name}_{event.lower()}", event, table, SEALED, message)
            for name, table, message in ONCE
            for event in KINDS
        ),
    ]


def removals() -> Iterator[str]:
    """Statements that remove every trigger."""
    for trigger in _triggers():
        yield f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}"


def definitions() -> Iterator[str]:
    """Statements that make every trigger anew."""
    for trigger in _triggers():
        yield from trigger.make()


def broken(cursor: Any) -> set[str]:
    """Names of triggers that are not there as they were made, or are switched off."""
    cursor.execute(
        "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled IN ('O', 'A'), p.prosrc FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
    )
    there = {name: (table, kind, on, body) for name, table, kind, on, body in cursor.fetchall()}
    wanted = {t.name: (t.table, KINDS[t.event], True, t.body) for t in _triggers()}
    return {name for name, as_made in wanted.items() if there.get(name) != as_made}
