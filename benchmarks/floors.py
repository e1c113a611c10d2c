"""The floor: a connection of the bare driver, and the statements a person writes for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

import psycopg
from django.db import connection

Record = tuple[Any, ...]


class Floor(Protocol):
    """A database without Django."""

    def select(self, sql: str, values: list[Any]) -> list[Record]:
        """All rows of a prepared statement."""

    def chunks(self, sql: str, values: list[Any], size: int) -> Iterator[list[Record]]:
        """All rows, so many at a time, in constant memory."""

    def at(self, column: str) -> str:
        """SQL that writes a time as RFC 3339."""

    def hex(self, column: str) -> str:
        """SQL that writes a UUID as 32 digits."""

    def id(self, value: UUID) -> Any:
        """A UUID as the driver takes it."""

    def close(self) -> None:
        """Close the connection."""


class SQLite:
    """The sqlite3 module, with the pragmas of the server's own connections."""

    def __init__(self) -> None:
        options = connection.settings_dict["OPTIONS"]
        self.driver = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        self.driver.executescript(options.get("init_command", ""))

    def select(self, sql: str, values: list[Any]) -> list[Record]:
        return self.driver.execute(sql, values).fetchall()

    def chunks(self, sql: str, values: list[Any], size: int) -> Iterator[list[Record]]:
        cursor = self.driver.execute(sql, values)
        while chunk := cursor.fetchmany(size):
            yield chunk

    def at(self, column: str) -> str:
        return f"replace({column}, ' ', 'T') || 'Z'"

    def hex(self, column: str) -> str:
        return column

    def id(self, value: UUID) -> str:
        return value.hex

    def close(self) -> None:
        self.driver.close()


class PostgreSQL:
    """Psycopg, with statements prepared once."""

    def __init__(self) -> None:
        settings = connection.settings_dict
        self.driver = psycopg.connect(
            host=settings["HOST"],
            port=settings["PORT"],
            user=settings["USER"],
            password=settings["PASSWORD"] or None,
            dbname=settings["NAME"],
            autocommit=True,
        )

    def select(self, sql: str, values: list[Any]) -> list[Record]:
        return self.driver.execute(sql.replace("?", "%s"), values, prepare=True).fetchall()

    def chunks(self, sql: str, values: list[Any], size: int) -> Iterator[list[Record]]:
        with self.driver.transaction(), self.driver.cursor(name="floor") as cursor:
            cursor.execute(sql.replace("?", "%s"), values)
            while chunk := cursor.fetchmany(size):
                yield chunk

    def at(self, column: str) -> str:
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

    def hex(self, column: str) -> str:
        return f"encode(uuid_send({column}), 'hex')"

    def id(self, value: UUID) -> UUID:
        return value

    def close(self) -> None:
        self.driver.close()


def new_floor() -> Floor:
    """A bare connection to the database that Django is connected to."""
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[connection.vendor]()
