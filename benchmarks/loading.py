"""Many rows at once, past Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from benchmarks.rows import COLUMNS

TABLE = "incidents_action"
NAMES = ", ".join(COLUMNS)
Records = Iterator[tuple[Any, ...]]


def _sqlite(records: Records) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    connection.ensure_connection()
    with connection.connection as driver:
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(f"INSERT INTO {TABLE} ({NAMES}) VALUES ({marks})", records)


def _postgresql(records: Records) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(f"COPY {TABLE} ({NAMES}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)


LOADERS: dict[str, Callable[[Records], None]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def load(records: Records) -> None:
    """Insert actions whose columns are in the order of `COLUMNS`."""
    LOADERS[connection.vendor](records)


def analyze() -> None:
    """Let the database look at what it holds, as it does by itself where it has the time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
