"""What may change, written once for both databases; `same` is how one compares two values that may be null."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from actions.models import Action, Assignment, Entry, RuleVersion, Seal

# Only the transaction that opened a seal can see it open.
SEALED = f"NOT EXISTS (SELECT 1 FROM {Seal._meta.db_table} WHERE closed_at IS NULL)"  # noqa: S608

# Rows that are written once: what they are called in the names of triggers, and in what a database answers.
ONCE = [
    ("assignment", Assignment._meta.db_table, "an assignment is written once"),
    ("version", RuleVersion._meta.db_table, "a version of a rule is written once"),
]


def columns(model: type[models.Model], names: Iterable[str] | None = None, *, without: Iterable[str] = ()) -> list[str]:
    """The columns of a table, those of some fields, or all but those."""
    fields = [f for f in model._meta.concrete_fields if (names is None or f.name in names) and f.name not in without]
    return [str(field.column) for field in fields]


def unchanged(names: Iterable[str], same: str) -> str:
    """Every one of these columns keeps its value."""
    return " AND ".join(f'OLD."{name}" {same} NEW."{name}"' for name in names)


def fact_may_change(same: str) -> str:
    """A performer and a referrer are given once, and it is cancelled once."""
    once = (*Action.ASSIGNED_ONCE, *Action.CANCELLED_ONCE)
    assigned = [f'(OLD."{c}" IS NULL OR {unchanged([c], same)})' for c in columns(Action, Action.ASSIGNED_ONCE)]
    cancelled = f"(OLD.cancelled_at IS NULL OR {unchanged(columns(Action, Action.CANCELLED_ONCE), same)})"
    return " AND ".join([unchanged(columns(Action, without=once), same), *assigned, cancelled])


def entry_may_change(same: str) -> str:
    """What is pending is posted or voided; all else stays."""
    settled = "OLD.status = 'pending' AND NEW.status IN ('posted', 'voided')"
    still = unchanged(columns(Entry, Entry.SETTLED_ONCE), same)
    return f"{unchanged(columns(Entry, without=Entry.SETTLED_ONCE), same)} AND (({settled}) OR ({still}))"


def seal_may_change(same: str) -> str:
    """What is open is closed."""
    kept = unchanged(columns(Seal, without=("closed_at", "latch")), same)
    return f"OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND {kept}"
