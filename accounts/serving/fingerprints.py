"""
Which draft of its migrations made a database.

Until the first release `0001_initial` is rewritten with the models, and Django sees only that a migration of that
name was applied. So each one's fingerprint is kept beside Django's own notes, in the table `django_migrations`.
"""

from __future__ import annotations

import ast
import hashlib
import inspect

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder

LABEL = "fingerprints"


def fingerprint(migration: Migration) -> str:
    """A digest of a migration's code, without its comments and layout."""
    source = inspect.getsource(inspect.getmodule(type(migration)))  # type: ignore[arg-type]
    return hashlib.sha256(ast.unparse(ast.parse(source)).encode()).hexdigest()[:16]


def drafts() -> dict[str, str]:
    """The migrations of this code's own apps, each with its fingerprint."""
    ours = {"accounts", *settings.ACTA_APPS}
    found = MigrationLoader(None).disk_migrations.items()
    return {f"{label}.{name}": fingerprint(migration) for (label, name), migration in found if label in ours}


def kept() -> dict[str, str]:
    """The fingerprints of what made this database."""
    notes = MigrationRecorder(connection).applied_migrations()
    return dict(name.split(" ", 1) for label, name in notes if label == LABEL)


def changed() -> list[str]:
    """The migrations that made this database and read otherwise today, or are gone."""
    today = drafts()
    return sorted(name for name, mark in kept().items() if today.get(name) != mark)


def remember() -> None:
    """Keep the fingerprint of what was applied, and forget what no longer is."""
    recorder = MigrationRecorder(connection)
    applied = {f"{label}.{name}" for label, name in recorder.applied_migrations()}
    before = kept()
    for name, mark in before.items():
        if name not in applied:
            recorder.record_unapplied(LABEL, f"{name} {mark}")
    for name, mark in drafts().items():
        if name in applied and name not in before:
            recorder.record_applied(LABEL, f"{name} {mark}")
