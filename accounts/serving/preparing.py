"""The database, brought to what this code expects, or refused with the sentence that fixes it."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.checks import check_database_versions
from accounts.serving.backups import back_up
from accounts.serving.fingerprints import changed, remember

# Any number, as long as every Acta takes the same one.
PG_LOCK = 0x41637461

Say = Callable[[str], object]


def prepare(say: Say) -> None:
    """Check versions and drafts, back up, migrate; quick when there is nothing to do."""
    connect()
    refuse_old_database()
    with alone():
        refuse_other_drafts()
        pending = pending_migrations()
        if pending:
            migrate(pending, say)
        remember()


def connect() -> None:
    """Open the database, or say in one sentence that it does not answer."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).splitlines()[0]
        raise CommandError(f"The database does not answer: {reason} (DATABASE_URL names it)") from error


def refuse_old_database() -> None:
    """Stop at a database older than any that Acta is tested on."""
    for error in check_database_versions(databases=[connection.alias]):
        raise CommandError(error.msg)


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time prepare a database; the others wait and find it done."""
    with open(settings.ACTA_DATA / "prepare.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [PG_LOCK])
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [PG_LOCK])


def refuse_other_drafts() -> None:
    """Stop at tables that an earlier draft of the same migrations made."""
    names = changed()
    if names:
        raise CommandError(
            f"This database was made by an earlier draft of {', '.join(names)}, and before the first release no way "
            f"leads from one draft to the next. Remove it and start again: {how_to_remove()}. What it holds is lost."
        )


def how_to_remove() -> str:
    """The command that removes the database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"rm {name}*"
    return f"dropdb {name} && createdb {name}"


def pending_migrations() -> list[str]:
    """What `migrate` would apply."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(pending: list[str], say: Say) -> None:
    """Apply what is pending, with a copy to go back to when there is something to lose."""
    if connection.introspection.table_names():
        path = back_up()
        if path:
            say(f"Backed up the database to {path}.")
    call_command("migrate", verbosity=0, interactive=False)
    say(f"Migrated the database ({len(pending)} migrations).")
