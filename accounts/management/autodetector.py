"""
Migrations as Django's, but a new table is made whole, its indexes and constraints with it.

Django adds them one by one after all tables are made, and takes stock of every model after each: the first start of an
installation would spend ten seconds on nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import cast

from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation


class Autodetector(MigrationAutodetector):
    """Finds what Django's does."""

    # Its stubs know neither.
    migrations: dict[str, list[Migration]]

    def _optimize_migrations(self) -> None:
        super()._optimize_migrations()  # type: ignore[misc]
        for app, migrations in self.migrations.items():
            for migration in migrations:
                migration.operations = made_whole(list(migration.operations), app)  # type: ignore[misc]


def made_whole(operations: list[Operation], app: str) -> list[Operation]:
    """The same, each new table after those it points to; as they were if some point to each other or go away."""
    tables: dict[str, CreateModel] = {}
    others: list[Operation] = []
    for operation in operations:
        if isinstance(operation, CreateModel):
            tables[operation.name_lower] = operation
        elif not isinstance(operation, AddField | AddIndex | AddConstraint):
            return operations
        elif operation.model_name_lower in tables:
            name = operation.model_name_lower
            [tables[name]] = cast("list[CreateModel]", tables[name].reduce(operation, app))
        else:
            others.append(operation)
    try:
        return [tables[name] for name in _in_order(tables, app)] + others
    except CycleError:
        return operations


def _in_order(tables: dict[str, CreateModel], app: str) -> Iterable[str]:
    """Names, so that a table comes after those it points to."""
    points_to = {
        name: [other for other in tables if other != name and table.references_model(other, app)]
        for name, table in tables.items()
    }
    return TopologicalSorter(points_to).static_order()
