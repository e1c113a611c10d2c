"""Many rows at once, past Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

Records = Iterator[tuple[Any, ...]]


def _sqlite(table: str, columns: tuple[str, ...], records: Records) -> None:
    marks = ", ".join("?" * len(columns))
    connection.ensure_connection()
    with connection.connection as driver:
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", records)


def _postgresql(table: str, columns: tuple[str, ...], records: Records) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)


LOADERS: dict[str, Callable[[str, tuple[str, ...], Records], None]] = {"sqlite": _sqlite, "postgresql": _postgresql}


def load(table: str, columns: tuple[str, ...], records: Records) -> None:
    """Insert rows whose values are in the order of the columns."""
    LOADERS[connection.vendor](table, columns, records)


def analyze() -> None:
    """Let the database look at what it holds, as it does by itself where it has the time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
