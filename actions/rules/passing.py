"""
Makes deleting many rows at once cheap.

Every index begins with the workspace, and a foreign key is checked without it: each deleted row would make the
database read the whole of every table that may point to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection, models

# Below this many rows a look through the table is cheaper than an index.
WORTHWHILE = 10_000


@contextmanager
def eased_foreign_keys(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """While it lasts, checking what points to a row costs nothing (SQLite) or one look into an index (PostgreSQL)."""
    # Neither works, or is needed, inside the transaction of a test.
    ways = {"sqlite": _unchecked, "postgresql": _indexed}
    with ExitStack() as stack:
        if not connection.in_atomic_block:
            stack.enter_context(ways[connection.vendor](tables))
        yield


@contextmanager
def _unchecked(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """All rows of a workspace go together, so nothing can be left that points to one of them."""
    with connection.constraint_checks_disabled():
        yield


@contextmanager
def _indexed(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Passing indexes on the bare foreign keys of large tables, built and dropped without stopping writers."""
    names = list(_index_names(tables))
    with connection.cursor() as cursor:
        try:
            for name, table, column in names:
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
                cursor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} ({column})")
            yield
        finally:
            for name, _, _ in names:
                cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _index_names(tables: Iterable[type[models.Model]]) -> Iterator[tuple[str, str, str]]:
    for model in tables:
        table = model._meta.db_table
        if _is_large(table):
            for field in model._meta.concrete_fields:
                if field.is_relation and not field.unique and field.name != "workspace":
                    yield f"passing_{table}_{field.column}"[:63], table, str(field.column)


def _is_large(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(to_regclass(%s)) / 100", [table])
        return int(cursor.fetchone()[0] or 0) > WORTHWHILE
