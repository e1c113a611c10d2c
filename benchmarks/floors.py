"""The floor: a connection of the bare driver, and what a person has to know of it to write a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

Record = tuple[Any, ...]


class SQLite:
    """The sqlite3 module, with the pragmas of Django's own connection."""

    # Every time in these lists has its microseconds, so nothing need be added.
    at = "replace({0}, ' ', 'T') || 'Z'"
    hex = "{0}"
    among = "IN ({0})"

    def __init__(self) -> None:
        options = connection.settings_dict["OPTIONS"]
        self.driver = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        self.driver.executescript(f"PRAGMA foreign_keys = ON; {options.get('init_command', '')}")

    def prepare(self, sql: str, values: list[Any]) -> None:
        """The module keeps statements by itself."""

    def run(self, sql: str, values: list[Any]) -> Any:
        """A statement, its values written as `?`."""
        return self.driver.execute(sql, values)

    def select(self, sql: str, values: list[Any]) -> list[Record]:
        """All rows."""
        return self.driver.execute(sql, values).fetchall()

    def chunks(self, sql: str, values: list[Any], size: int) -> Iterator[list[Record]]:
        """All rows, so many at a time, in constant memory."""
        cursor = self.driver.execute(sql, values)
        while chunk := cursor.fetchmany(size):
            yield chunk

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several statements, or none of them."""
        self.driver.execute("BEGIN IMMEDIATE")
        with self.driver:
            yield

    def value(self, value: Any) -> Any:
        """A value as Django keeps it there."""
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return str(value.astimezone(UTC).replace(tzinfo=None))
        return value


class PostgreSQL:
    """Psycopg, with statements prepared."""

    at = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    hex = "encode(uuid_send({0}), 'hex')"
    # Found first, whatever the planner believes of their number.
    among = "= ANY(ARRAY({0}))"

    def __init__(self) -> None:
        known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        facts: Any = {name: connection.settings_dict[key] or None for name, key in known.items()}
        self.driver = psycopg.connect(autocommit=True, **facts)

    def prepare(self, sql: str, values: list[Any]) -> None:
        """Plan once for any values, or each time for these: whichever is faster here, as neither always is."""
        seconds = {}
        for mode in ("force_generic_plan", "force_custom_plan"):
            self.driver.execute(f"SET plan_cache_mode = {mode}")
            self.select(sql, values)
            start = perf_counter()
            for _ in range(5):
                self.select(sql, values)
            seconds[mode] = perf_counter() - start
        self.driver.execute(f"SET plan_cache_mode = {min(seconds, key=seconds.__getitem__)}")

    def run(self, sql: str, values: list[Any]) -> Any:
        """A statement, its values written as `?`."""
        return self.driver.execute(sql.replace("?", "%s"), values, prepare=True)

    def select(self, sql: str, values: list[Any]) -> list[Record]:
        """All rows."""
        return self.driver.execute(sql.replace("?", "%s"), values, prepare=True).fetchall()

    def chunks(self, sql: str, values: list[Any], size: int) -> Iterator[list[Record]]:
        """All rows, so many at a time, in constant memory."""
        with self.driver.transaction(), self.driver.cursor(name="floor") as cursor:
            cursor.execute(sql.replace("?", "%s"), values)
            while chunk := cursor.fetchmany(size):
                yield chunk

    def transaction(self) -> AbstractContextManager[Any]:
        """Several statements, or none of them."""
        return self.driver.transaction()

    def value(self, value: Any) -> Any:
        """A value as the driver takes it."""
        return value


Floor = SQLite | PostgreSQL


def new_floor() -> Floor:
    """A bare connection to the database that Django is connected to."""
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
