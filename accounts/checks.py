"""System checks: mistakes that are better named at the start than found in the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

OLDEST = {"sqlite": ("SQLite", (3, 38)), "postgresql": ("PostgreSQL", (14,))}


def version(connection: BaseDatabaseWrapper) -> tuple[int, ...]:
    """The version of the database behind a connection."""
    return tuple(connection.get_database_version())


def dotted(numbers: tuple[int, ...]) -> str:
    """A version as people write it."""
    return ".".join(map(str, numbers))


@register(Tags.database)
def check_database_versions(databases: Iterable[str] | None = None, **kwargs: Any) -> Iterator[CheckMessage]:
    """Refuse a database older than any that Acta is tested on."""
    for alias in databases or ():
        connection = connections[alias]
        name, oldest = OLDEST[connection.vendor]
        if version(connection) < oldest:
            found = dotted(version(connection))
            yield Error(f"Acta needs {name} {dotted(oldest)} or newer; this is {found}.", id="accounts.E001")


@register(Tags.security)
def check_base_url(**kwargs: Any) -> Iterator[CheckMessage]:
    """Refuse an address that no link could begin with."""
    if not settings.ACTA_BASE_URL.startswith(("http://", "https://")):
        message = f"ACTA_BASE_URL is {settings.ACTA_BASE_URL!r}; it begins with http:// or https://."
        yield Error(message, id="accounts.E002")
