"""Columns written by the database as clients read them: no object is built per value."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Func

from accounts.ids import ulid_letters


class Rfc3339(Func):
    """A time column as RFC 3339 in UTC with `Z` and microseconds."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # SQLite keeps text, and leaves out a fraction of nothing.
        template = "substr(replace(%(expressions)s, ' ', 'T') || '.000000', 1, 26) || 'Z'"
        return super().as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        return super().as_sql(compiler, connection, template=template, **extra)


def rfc3339(at: datetime) -> str:
    """A time as the columns write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Hex(Func):
    """A UUID column as 32 hexadecimal digits."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="%(expressions)s", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="encode(uuid_send(%(expressions)s), 'hex')", **extra)


def ulid_of_hex(digits: str) -> str:
    """The ULID of 32 hexadecimal digits."""
    return ulid_letters(int(digits, 16))


# For ids that repeat down a page: people, keys, incidents.
repeated_ulid = lru_cache(maxsize=4096)(ulid_of_hex)
