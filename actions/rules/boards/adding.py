"""
Sums added to rows that may be there or not: one statement for many rows.

Written as SQL because everything done anywhere comes through here. What leaves 63 bits is refused: by Python where
moves are added up, by PostgreSQL itself, and by constraints on SQLite, which would go on in floats.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, models

from actions.models import DailyTotal, Performer, Standing

# SQLite takes 999 parameters in old builds.
MOST = 999
PERFORMER = Performer._meta.db_table
# Whoever is banned, erased or a machine keeps a score and is not shown.
SHOWN = "NOT service AND banned_at IS NULL AND erased_at IS NULL"


@dataclass(frozen=True)
class Sums:
    """A table of sums: the key of a row, how it is unique, what is added up and which time is the latest."""

    model: type[models.Model]
    key: tuple[str, ...]
    unique: str
    added: tuple[str, ...]
    latest: str
    more: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that are given a value, in order."""
        return (*self.key, *self.added, self.latest)

    def statement(self, rows: int) -> str:
        """One INSERT for so many rows."""
        table, names = self.model._meta.db_table, [*self.columns, *(name for name, _ in self.more)]
        marks = ", ".join(["%s"] * len(self.columns) + [sql for _, sql in self.more])
        sums = [f"{name} = {table}.{name} + excluded.{name}" for name in self.added]
        return f"""
            INSERT INTO {table} ({", ".join(f'"{name}"' for name in names)})
            VALUES {", ".join([f"({marks})"] * rows)}
            ON CONFLICT {self.unique} DO UPDATE SET {", ".join(sums)}, {later(table, self.latest)}
        """

    def per_statement(self) -> int:
        """How many rows one statement takes."""
        return MOST // (len(self.columns) + sum(sql.count("%s") for _, sql in self.more))


def later(table: str, name: str) -> str:
    """Keep the later of two times, either of which may be missing."""
    newer = f"{table}.{name} IS NULL OR excluded.{name} > {table}.{name}"
    return f"{name} = CASE WHEN {newer} THEN excluded.{name} ELSE {table}.{name} END"


DAYS = Sums(
    DailyTotal,
    ("workspace_id", "performer_id", "day", "currency", "type_id", "team_id"),
    "(workspace_id, performer_id, day, currency, COALESCE(type_id, 0), COALESCE(team_id, 0))",
    ("amount", "actions"),
    "last_at",
)
PERFORMERS = Sums(
    Standing,
    ("workspace_id", "board_id", "window", "performer_id"),
    '(workspace_id, board_id, "window", performer_id) WHERE performer_id IS NOT NULL',
    ("score", "actions"),
    "attained_at",
    (("shown", f"(SELECT {SHOWN} FROM {PERFORMER} WHERE id = %s)"),),
)
TEAMS = Sums(
    Standing,
    ("workspace_id", "board_id", "window", "team_id"),
    '(workspace_id, board_id, "window", team_id) WHERE team_id IS NOT NULL',
    ("score", "actions"),
    "attained_at",
    (("shown", "TRUE"),),
)

Row = tuple[Any, ...]


def add(sums: Sums, rows: Sequence[Row]) -> None:
    """Add rows to a table, in the order of their keys; the values that `more` asks for follow each row's own."""
    with refusing_what_is_too_large(), connection.cursor() as cursor:
        for some in _batches(rows, sums.per_statement()):
            cursor.execute(sums.statement(len(some)), [_value(value) for row in some for value in row])


@contextmanager
def refusing_what_is_too_large() -> Iterator[None]:
    """What the database cannot hold is the caller's mistake."""
    try:
        yield
    except DataError as error:
        raise too_large() from error
    except IntegrityError as error:
        if "fits" in str(error):
            raise too_large() from error
        raise


def too_large() -> ValidationError:
    """A total would leave 63 bits."""
    message = "A total would be too large to be kept."
    return ValidationError({"amount": ValidationError(message, code="too_large")})


def _batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _value(value: Any) -> Any:
    """As the database keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
