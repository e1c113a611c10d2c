"""Copies of an SQLite database, made before a migration changes it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.clock import real_now

KEPT = 5


def back_up() -> Path | None:
    """Copy the database into the data folder, and let the oldest copies go; None where there is no such file."""
    source = Path(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not source.is_file():
        return None
    folder = settings.ACTA_DATA / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    path: Path = folder / f"{source.stem}-{real_now():%Y%m%dT%H%M%S%fZ}.sqlite3"
    copy(source, path)
    for old in sorted(folder.glob(f"{source.stem}-*.sqlite3"))[:-KEPT]:
        old.unlink()
    return path


def copy(source: Path, path: Path) -> None:
    """Copy a database that may be in use; the copy carries its name only once it is whole."""
    draft = path.with_suffix(".part")
    os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600))
    # A connection of its own: one with a transaction under way would wait for itself.
    with closing(sqlite3.connect(source)) as open_source, closing(sqlite3.connect(draft)) as target:
        open_source.backup(target)
    draft.rename(path)
