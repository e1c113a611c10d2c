"""
Wallets as clients see them: one of points for every user, moved or not; one of experience, the sum of its traits.

Written as SQL, since what is shown is not what is kept.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from accounts.callers import Caller
from actions.amounts import LARGEST, TRAITS, UNIT
from actions.api.documents.numbers import number
from actions.api.documents.writing import Kind, Resource, Row, Voice, identifier
from actions.api.rows.transactions import EXPERIENCE, PRIMARY, wallet_id
from actions.models import Performer, Wallet

PERFORMERS, WALLETS = Performer._meta.db_table, Wallet._meta.db_table
ID = re.compile(r"([1-9]\d{0,18})(?:-([A-Z]{2,4}))?\Z", re.ASCII)
CURRENT, ACCOUNTING = "w.posted - w.outgoing", "w.posted + w.incoming"
FIRST = f"SELECT id FROM {PERFORMERS} WHERE workspace_id = %s ORDER BY id"
COLUMNS = {
    "id": "{d}(performer), CASE currency WHEN 'PTS' THEN '' ELSE currency END",
    "currency": "currency",
    "balanceCurrent": "current_balance",
    "balanceAccounting": "accounting",
}


def wallet_key(text: str) -> tuple[int, str] | None:
    """Whose wallet an id names, and of which currency; each has one name."""
    match = ID.match(text)
    if match is None or match[2] == PRIMARY or int(match[1]) > LARGEST:
        return None
    return int(match[1]), match[2] or PRIMARY


def total(amount: str) -> str:
    """The sum of amounts, or the largest amount there is where it is more: in two parts, neither of which overflows."""
    whole, rest = f"SUM(({amount}) / {UNIT})", f"SUM(({amount}) %% {UNIT})"
    most = LARGEST // UNIT - len(TRAITS)
    return f"""CAST(CASE WHEN {whole} >= {most} THEN {LARGEST} WHEN {whole} <= -{most} THEN -{LARGEST}
            ELSE {whole} * {UNIT} + {rest} END AS bigint)"""


def question(workspace: int, marks: str, keys: list[Any]) -> tuple[str, list[Any]]:
    """All wallets, or those of users who are marked."""
    among = [f" AND {column}{marks}" if marks else "" for column in ("p.id", "w.performer_id")]
    sql = f"""
        SELECT p.id AS performer, 'PTS' AS currency, COALESCE({CURRENT}, 0) AS current_balance,
            COALESCE({ACCOUNTING}, 0) AS accounting
        FROM {PERFORMERS} p LEFT JOIN {WALLETS} w
            ON w.workspace_id = p.workspace_id AND w.performer_id = p.id AND w.currency = 'PTS'
        WHERE p.workspace_id = %s{among[0]}
        UNION ALL
        SELECT w.performer_id, w.currency, {CURRENT}, {ACCOUNTING} FROM {WALLETS} w
        WHERE w.workspace_id = %s{among[1]} AND w.currency <> 'PTS' AND SUBSTR(w.currency, 1, 3) <> 'XP.'
        UNION ALL
        SELECT w.performer_id, 'XP', {total(CURRENT)}, {total(ACCOUNTING)}
        FROM {WALLETS} w WHERE w.workspace_id = %s{among[1]} AND SUBSTR(w.currency, 1, 3) = 'XP.'
        GROUP BY w.performer_id"""
    return sql, [workspace, *keys] * 3


class Book:
    """The wallets of a workspace, narrowed step by step as a queryset is."""

    def __init__(self, workspace: int) -> None:
        self.workspace = workspace
        self.users: set[int] | None = None
        self.where: list[str] = []
        self.values: list[Any] = []

    def of(self, users: Iterable[int]) -> Book:
        """Only these users'."""
        wanted = set(users)
        self.users = wanted if self.users is None else self.users & wanted
        return self

    def such(self, condition: str, *values: Any) -> Book:
        """Only such as meet a condition on what is shown."""
        self.where.append(condition)
        self.values += values
        return self

    def named(self, ids: Iterable[tuple[int, str]]) -> Book:
        """Only these, by user and currency."""
        keys = list(ids)
        each = " OR ".join(["(performer = %s AND currency = %s)"] * len(keys)) or "1 = 0"
        return self.of(user for user, _ in keys).such(f"({each})", *(part for key in keys for part in key))

    def currencies(self, words: Iterable[str]) -> Book:
        """Only of these currencies."""
        wanted = list(words)
        return self.such(f"currency IN ({', '.join(['%s'] * len(wanted))})", *wanted)

    def _among(self, first: int, way: str) -> tuple[str, list[Any]]:
        """Some users', or the first so many's, as each has a wallet; everybody's if nothing is said."""
        if self.users is not None:
            return f" IN ({', '.join(['%s'] * len(self.users)) or 'NULL'})", list(self.users)
        if not first:
            return "", []
        return f" IN ({FIRST}{way} LIMIT %s)", [self.workspace, min(first, LARGEST)]

    def _narrowed(self, first: int = 0, way: str = "") -> tuple[str, list[Any]]:
        sql, values = question(self.workspace, *self._among(first, way))
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        return f"FROM ({sql}) wallets{where}", values + self.values

    def page(self, size: int, order: str, offset: int = 0) -> list[Row]:
        """Some wallets in an order."""
        first = 0 if self.where or order not in BY_USER else size + offset
        sql, values = self._narrowed(first, BY_USER.get(order, ""))
        return ask(
            f"SELECT performer, currency, current_balance, accounting {sql} ORDER BY {order} LIMIT %s OFFSET %s",
            [*values, size, offset],
        )

    def count(self, most: int) -> int:
        """How many there are, or the most that are counted."""
        sql, values = self._narrowed()
        return int(ask(f"SELECT COUNT(*) FROM (SELECT 1 AS one {sql} LIMIT %s) counted", [*values, most])[0][0])


def ask(sql: str, values: list[Any]) -> list[Row]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
        return rows


def order_of(name: str, descending: bool) -> str:
    """How a word sorts, the tie broken by user and currency."""
    way = " DESC" if descending else ""
    first = "" if name == "id" else f"{COLUMNS[name]}{way}, "
    return f"{first}performer{way}, CASE currency WHEN 'PTS' THEN '' ELSE currency END{way}"


BY_ID = order_of("id", False)
# In these orders a page is of users alone who come before its end.
BY_USER = {BY_ID: "", order_of("id", True): " DESC"}


class Wallets(Kind):
    """What users have."""

    type, path, noun, scope = "wallet", "users/wallets", "wallet", "wallets:read"
    attributes = ("currency", "balanceCurrent", "balanceAccounting")
    aliases = ("id",)
    relationships = ("user", "transactions")

    def rows(self, caller: Caller) -> Book:
        """Every wallet."""
        return Book(caller.workspace_id)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By user and currency."""
        keys = [key for id in ids if (key := wallet_key(id))]
        return self.rows(caller).named(keys).page(len(keys), BY_ID) if keys else []

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""

        def write(row: Row) -> Resource:
            user, currency, current, accounting = row
            id = wallet_id(user, currency)
            attributes: dict[str, Any] = {"id": user if currency == PRIMARY else id} if voice.igni else {}
            attributes |= {
                "currency": currency,
                "balanceCurrent": number(int(current)),
                "balanceAccounting": number(int(accounting)),
            }
            moves = f"{voice.base}/users/wallets/transactions?filter%5Buser%5D={user}"
            return {
                "type": "wallet",
                "id": id,
                "attributes": attributes,
                "relationships": {
                    "user": {"data": identifier("user", user)},
                    "transactions": {"links": {"related": f"{moves}&filter%5Bcurrency%5D={currency}"}},
                },
                "links": {"self": f"{voice.base}/users/wallets/{id}"},
            }

        return write


def of_users(caller: Caller, ids: list[str], voice: Voice) -> dict[str, list[Resource]]:
    """Wallets by user, that of points first."""
    kind, found = Wallets(), dict[str, list[Resource]]()
    write = kind.writer(voice)
    # No user has more than one for each currency; a page of users has a few.
    for row in kind.rows(caller).of(int(id) for id in ids).page(LARGEST, BY_ID):
        found.setdefault(str(row[0]), []).append(write(row))
    return found


__all__ = ["EXPERIENCE", "Book", "Wallets", "of_users", "order_of", "wallet_key"]
