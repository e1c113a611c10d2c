"""System checks: whether the database itself still refuses to forget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from actions import triggers


@register(Tags.database)
def check_triggers(databases: Iterable[str] | None = None, **kwargs: Any) -> Iterator[CheckMessage]:
    """A warning, not an error: `migrate`, which heals it, refuses to run over an error."""
    for alias in databases or ():
        if triggers.has_tables(connections[alias]) and (names := triggers.missing(connections[alias])):
            yield Warning(
                f"The ledger is not sealed: {', '.join(names)} missing, switched off or changed.",
                hint="Run `manage.py migrate`; it makes the triggers anew.",
                id="actions.W001",
            )
