"""Many rows at once, past Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from benchmarks.rows import COLUMNS

TABLE = "incidents_action"
Records = Iterator[tuple[Any, ...]]


def _sqlite(records: Records, table: str, columns: tuple[str, ...]) -> None:
    marks = ", ".join("?" * len(columns))
    connection.ensure_connection()
    with connection.connection as driver:
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", records)


def _postgresql(records: Records, table: str, columns: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)


LOADERS: dict[str, Callable[[Records, str, tuple[str, ...]], None]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def load(records: Records, table: str = TABLE, columns: tuple[str, ...] = COLUMNS) -> None:
    """Insert rows whose columns are in the order given: actions of incidents unless another table is."""
    LOADERS[connection.vendor](records, table, columns)


def analyze() -> None:
    """Let the database look at what it holds, as it does by itself where it has the time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
