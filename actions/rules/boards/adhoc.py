"""
Any other question: a span of one's own, some types, a team, another currency.

Answered from the daily totals, and from facts and entries only of the days that a span cuts. Sums are exact beyond 63
bits, as their halves are summed apart.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import Workspace
from actions.amounts import UNIT
from actions.models import DailyTotal
from actions.rules.boards import raw
from actions.rules.boards.adding import SHOWN
from actions.rules.boards.ladders import COLUMNS, PERFORMER, nobodies, utc
from actions.rules.boards.lines import Line
from actions.rules.boards.windows import DAY, Span, beginning
from actions.rules.sums import halves

DAYS = DailyTotal._meta.db_table
SUMMED = "performer_id, team_id, type_id, currency, amount, actions, at"
ORDER = "ORDER BY score_high DESC, score_low DESC"


@dataclass(frozen=True)
class Sum:
    """What a board would say of a span, counted from days; `types` and `teams` are keys, None where any will do."""

    workspace: Workspace
    board: int
    span: Span
    subject: str
    metric: str
    currency: str
    types: frozenset[int] | None = None
    teams: frozenset[int] | None = None
    zero: bool = False
    previous: Span | None = None

    def lines(self, offset: int, limit: int) -> list[Line]:
        """Some lines in order, from the one after `offset` on."""
        lines = self._lines("place > %(offset)s AND place <= %(offset)s + %(limit)s", offset=offset, limit=limit)
        ranks = self._ranks_in(self.previous, [line.subject for line in lines]) if self.previous else {}
        return [line._replace(previous_rank=ranks.get(line.subject)) for line in lines]

    def count(self, most: int) -> int:
        """How many lines there are, or the most that are counted."""
        sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM ({self._ranked()}) ranked LIMIT %(most)s) lines"
        return int(self._rows(sql, most=most)[0][0])

    def place(self, subject: int) -> int | None:
        """On which line somebody stands; None if on none."""
        lines = self._lines("subject = %(subject)s", subject=subject)
        return lines[0].place if lines else None

    def _ranks_in(self, span: Span, subjects: list[int]) -> dict[int, int]:
        """Where they stood in another span."""
        last = replace(self, span=span, previous=None, zero=False)
        marks = ", ".join(str(int(subject)) for subject in subjects) or "NULL"
        return {line.subject: line.rank for line in last._lines(f"subject IN ({marks})")}

    def _lines(self, where: str, **values: Any) -> list[Line]:
        rows = self._rows(f"SELECT * FROM ({self._ranked()}) ranked WHERE {where} ORDER BY place", **values)
        return [
            Line(subject, place, rank, dense, (high << 32) + low, int(actions), utc(at))
            for subject, high, low, actions, at, place, rank, dense in rows
        ]

    def _ranked(self) -> str:
        """Everybody with a score, and with nobody left out the others too."""
        scored = "SELECT * FROM scored WHERE score_high <> 0 OR score_low <> 0"
        if self.zero:
            others = nobodies(self.subject, f"({scored})", "0, 0, COALESCE(z.actions, 0), NULL")
            joined = others.replace(
                "WHERE NOT EXISTS", "LEFT JOIN scored z ON z.subject = a.subject WHERE NOT EXISTS", 1
            )
            scored = f"{scored} UNION ALL {joined}"
        attained = f"{ORDER}, CASE WHEN attained_at IS NULL THEN 1 ELSE 0 END, attained_at, subject"
        return f"""
            WITH summed AS ({self._summed()}), scored AS (
                SELECT subject, score_high + (score_low >> 32) AS score_high, score_low & 4294967295 AS score_low,
                    actions, attained_at FROM summed)
            SELECT s.*, ROW_NUMBER() OVER ({attained}) AS place, RANK() OVER ({ORDER}) AS rank_,
                DENSE_RANK() OVER ({ORDER}) AS dense_rank_
            FROM ({scored}) s"""

    def _summed(self) -> str:
        """Scores by subject."""
        score, scores = {
            "points": ("amount", "currency <> ''"),
            "count": (f"actions * {UNIT}", "currency = ''"),
            "value": ("amount", "currency = ''"),
        }[self.metric]
        column = COLUMNS[self.subject]
        shown = f"IN (SELECT id FROM {PERFORMER} WHERE workspace_id = %(workspace)s AND {SHOWN})"
        return f"""
            SELECT {column} AS subject, {halves("score", f"({score})", where=scores)},
                CAST(SUM(CASE WHEN currency = '' THEN actions ELSE 0 END) AS bigint) AS actions,
                MAX(CASE WHEN {scores} THEN at END) AS attained_at
            FROM ({" UNION ALL ".join(self._sources())}) moved
            WHERE {column} {shown if self.subject == "user" else "IS NOT NULL"}{self._narrowed()}
            GROUP BY {column}"""

    def _narrowed(self) -> str:
        """Keys are numbers of ours; written out, as SQLite takes few parameters."""
        text = ""
        for name, keys in (("type_id", self.types), ("team_id", self.teams)):
            if keys is not None:
                text += f" AND {name} IN ({', '.join(str(int(key)) for key in sorted(keys)) or 'NULL'})"
        return text

    # Where it is read from

    @property
    def currencies(self) -> tuple[str, ...]:
        """Facts have none."""
        return ("", self.currency) if self.metric == "points" else ("",)

    def _sources(self) -> Iterator[str]:
        """Whole days, and the ends of days that are cut."""
        cut = list(cut_days(self.span, self.workspace.zone))
        among = "currency IN (%(nothing)s, %(currency)s)" if len(self.currencies) > 1 else "currency = %(nothing)s"
        days = f"SELECT performer_id, team_id, type_id, currency, amount, actions, last_at AS at FROM {DAYS}"
        yield f"{days} WHERE workspace_id = %(workspace)s AND {among}{self._whole(cut)}"
        for number in range(len(cut)):
            taken, moved = (
                f" AND {alias}.day = %(day{number})s AND {column} >= %(since{number})s AND {column} < %(until{number})s"
                for alias, column in (("a", "a.taken_at"), ("e", "e.effective_at"))
            )
            yield f"SELECT {SUMMED} FROM ({raw.facts(taken)}) facts"
            if self.metric == "points":
                yield f"SELECT {SUMMED} FROM ({raw.entries(f' AND e.currency = %(currency)s{moved}')}) entries"

    def _whole(self, cut: list[tuple[date, datetime, datetime]]) -> str:
        """The days that are in the span from beginning to end."""
        bounds = (" AND day >= %(first)s" if self.span.first else "") + (" AND day < %(end)s" if self.span.end else "")
        return bounds + "".join(f" AND day <> %(day{number})s" for number in range(len(cut)))

    @property
    def values(self) -> dict[str, Any]:
        """For statements."""
        facts: dict[str, Any] = {
            "workspace": self.workspace.pk,
            "board": self.board,
            "currency": self.currency,
            "nothing": "",
            "first": self.span.first,
            "end": self.span.end,
        }
        for number, (day, since, until) in enumerate(cut_days(self.span, self.workspace.zone)):
            facts |= {f"day{number}": day, f"since{number}": since, f"until{number}": until}
        return {name: database_value(value) for name, value in facts.items()}

    def _rows(self, statement: str, **more: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.values | more)
            rows: list[Any] = cursor.fetchall()
            return rows


def database_value(value: Any) -> Any:
    """As the database keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def cut_days(span: Span, zone: ZoneInfo) -> Iterator[tuple[date, datetime, datetime]]:
    """The days that a span cuts, each with the span's ends, as far as they lie in it."""
    ends = {day for day in (span.first, span.end and span.end - DAY) if day}
    for day in sorted(ends):
        start, end = beginning(day, zone), beginning(day + DAY, zone)
        since, until = max(start, span.since or start), min(end, span.until or end)
        if (since, until) != (start, end):
            yield day, since, until
