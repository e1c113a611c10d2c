"""Many rows at once, past Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from benchmarks.rows import COLUMNS

TABLE = "incidents_action"
Records = Iterator[tuple[Any, ...]]


def _sqlite(table: str, names: tuple[str, ...], records: Records) -> None:
    connection.ensure_connection()
    with connection.connection as driver:
        driver.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table} ({quoted(names)}) VALUES ({marks})", records)


def _postgresql(table: str, names: tuple[str, ...], records: Records) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with unchecked(cursor), cursor.copy(f"COPY {table} ({quoted(names)}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)


@contextmanager
def unchecked(cursor: Any) -> Iterator[None]:
    """Where the role may, references are not looked up: they follow from n, and a million would take minutes."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    [(free,)] = cursor.fetchall()
    if free:
        cursor.execute("SET session_replication_role = replica")
    yield
    if free:
        cursor.execute("SET session_replication_role = origin")


LOADERS: dict[str, Callable[[str, tuple[str, ...], Records], None]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def quoted(names: tuple[str, ...]) -> str:
    """Columns, whatever they are called."""
    return ", ".join(f'"{name}"' for name in names)


def load(records: Records, table: str = TABLE, columns: tuple[str, ...] = COLUMNS) -> None:
    """Insert rows whose values are in the order of the columns; actions, unless another table is named."""
    LOADERS[connection.vendor](table, columns, records)


def analyze() -> None:
    """Let the database look at what it holds, as it does by itself where it has the time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
