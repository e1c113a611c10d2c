"""What the databases themselves refuse: a fact or an entry deleted, or changed beyond what is allowed once."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from actions.models import Action, Assignment, Entry, RuleVersion, Seal
from actions.triggers import postgresql, sqlite

TABLES = [model._meta.db_table for model in (Action, Assignment, Entry, RuleVersion, Seal)]
DIALECTS: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make all triggers anew: rebuilding a table on SQLite drops them without a word."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in DIALECTS[connection.vendor].definitions():
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove all triggers: for tests, which flush the whole database."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in DIALECTS[connection.vendor].removals():
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that are not there, switched off, or not as they were made."""
    with connection.cursor() as cursor:
        return sorted(DIALECTS[connection.vendor].broken(cursor))


def has_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether there is anything to guard yet."""
    return set(TABLES) <= set(connection.introspection.table_names())


def install_after_migration(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    if has_tables(connections[using]):
        install(connections[using])


def fire_on_replace(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        sqlite.fire_on_replace(connection.connection)
