"""Installations of their own, for tests that start other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from tests.services import postgres_url

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class House:
    """A data folder, a database and the environment that leads a process to them."""

    data: Path
    env: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """The words of one `manage.py` call."""
        return [sys.executable, str(CHECKOUT / "manage.py"), *arguments]

    def run(self, *arguments: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a `manage.py` command to its end."""
        done = subprocess.run(self.command(*arguments), env=self.env | env, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        """Start a `manage.py` command, output piped, in a process group of its own; the caller ends it."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


@contextmanager
def new_house(folder: Path, vendor: str) -> Iterator[House]:
    """A house with an empty database, not yet migrated; the database is dropped at the end."""
    data = folder / "data"
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with new_postgres() if vendor == "postgresql" else new_sqlite(data) as url:
        yield House(data, env | {"ACTA_DATA": str(data), "DATABASE_URL": url})


@contextmanager
def new_sqlite(data: Path) -> Iterator[str]:
    """A file in the data folder."""
    yield f"sqlite:///{data / 'acta.sqlite3'}"


@contextmanager
def new_postgres() -> Iterator[str]:
    """A database on the test server."""
    import psycopg

    name = f"acta_test_{token_hex(6)}"
    with psycopg.connect(postgres_url(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{postgres_url().rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
