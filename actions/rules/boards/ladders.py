"""
The usual questions, read by index from the standings that are kept.

Nobody is ranked by where her row lies: the rank of the first line of a page is counted by score, and the others follow.
Lines without a score are in no index; they come between those above and below zero, when they are asked for.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from actions.models import BoardTeam, Performer, Standing, Team, TeamMembership
from actions.rules.boards.adding import SHOWN
from actions.rules.boards.lines import Line

STANDING, PERFORMER, TEAM, BOARD_TEAM, STAY = (
    model._meta.db_table for model in (Standing, Performer, Team, BoardTeam, TeamMembership)
)
COLUMNS = {"user": "performer_id", "team": "team_id"}
# As in the conditions of the indexes, or SQLite would not see that it may use them.
RANKED = {"user": "performer_id IS NOT NULL AND shown", "team": "team_id IS NOT NULL"}
ORDER = "score DESC, attained_at, subject"


@dataclass(frozen=True)
class Ladder:
    """One board in one window, of performers or of teams, with the window before if there is one."""

    workspace: int
    board: int
    window: str
    subject: str
    zero: bool = False
    previous: str | None = None

    @property
    def column(self) -> str:
        """What a line is about."""
        return COLUMNS[self.subject]

    @property
    def values(self) -> dict[str, Any]:
        """For statements."""
        return {
            "workspace": self.workspace,
            "board": self.board,
            "window": self.window,
            "previous": self.previous,
        }

    @property
    def ranked(self) -> str:
        """Lines with a score."""
        return f"""(SELECT {self.column} AS subject, score, actions, attained_at FROM {STANDING}
            WHERE workspace_id = %(workspace)s AND board_id = %(board)s AND "window" = %(window)s
            AND {RANKED[self.subject]} AND NOT (score = 0))"""

    def lines(self, offset: int, limit: int) -> list[Line]:
        """Some lines in order, from the one after `offset` on."""
        if self.zero:
            return self._with_zeros(offset, limit)
        return self._scored("", offset, limit, before=offset)

    def count(self, most: int) -> int:
        """How many lines there are, or the most that are counted."""
        found = self._number(f"SELECT COUNT(*) FROM (SELECT 1 FROM {self.ranked} s LIMIT {int(most)}) lines")
        if self.zero and found < most:
            found += self._number(f"SELECT COUNT(*) FROM ({self._nobodies(1)} LIMIT {int(most - found)}) lines")
        return found

    def place(self, subject: int) -> int | None:
        """On which line somebody stands; None if on none."""
        mine = f"(SELECT score, attained_at, subject FROM {self.ranked} s WHERE subject = %(subject)s)"
        ahead = "s.score > m.score OR s.attained_at < m.attained_at"
        ahead += " OR (s.attained_at = m.attained_at AND s.subject <= m.subject)"
        [(place, score)] = self._rows(
            f"SELECT COUNT(*), MAX(m.score) FROM {mine} m JOIN {self.ranked} s ON s.score >= m.score AND ({ahead})",
            subject=subject,
        )
        if not self.zero or (place and score > 0):
            return place or None
        return self._place_below(place, subject)

    def _place_below(self, place: int, subject: int) -> int | None:
        """Among those without a score, or below them."""
        if place:
            return place + self._number(f"SELECT COUNT(*) FROM ({self._nobodies(1)}) n")
        found = self._number(f"SELECT COUNT(*) FROM ({self._nobodies(1)}) n WHERE n.subject <= %(subject)s", subject)
        is_one = self._number(f"SELECT COUNT(*) FROM ({self._nobodies(1)}) n WHERE n.subject = %(subject)s", subject)
        return self._above_zero() + found if is_one else None

    # Lines with a score

    def _scored(self, where: str, offset: int, limit: int, *, before: int) -> list[Line]:
        """With the lines of the same kind before this page, their scores counted, and the ranks of the last window."""
        page = f"SELECT * FROM {self.ranked} s {where} ORDER BY {ORDER} LIMIT %(limit)s OFFSET %(offset)s"
        higher = (
            f"SELECT COUNT(*) AS lines FROM {self.ranked} s WHERE score > (SELECT MAX(score) FROM page) GROUP BY score"
        )
        rows = self._rows(
            f"""
            WITH page AS ({page})
            SELECT page.subject, page.score, page.actions, page.attained_at, p.final_rank, h.lines, h.scores
            FROM page
            CROSS JOIN (SELECT COALESCE(SUM(lines), 0) AS lines, COUNT(*) AS scores FROM ({higher}) scores) h
            LEFT JOIN {STANDING} p ON p.workspace_id = %(workspace)s AND p.board_id = %(board)s
                AND p."window" = %(previous)s AND p.{self.column} = page.subject
            ORDER BY page.score DESC, page.attained_at, page.subject
            """,
            limit=limit,
            offset=offset,
        )
        return ranked_lines(rows, before)

    # Lines without

    def _with_zeros(self, offset: int, limit: int) -> list[Line]:
        above = self._above_zero()
        lines = self._scored("WHERE score > 0", offset, limit, before=offset)
        if len(lines) < limit:
            lines += self._zeros(above, max(offset - above, 0), limit - len(lines))
        if len(lines) < limit:
            zeros = self._number(f"SELECT COUNT(*) FROM ({self._nobodies(1)}) n")
            skipped = max(offset - above - zeros, 0)
            below = self._scored("WHERE score < 0", skipped, limit - len(lines), before=above + skipped)
            gap, step = zeros, 1 if zeros else 0
            lines += [
                line._replace(place=line.place + gap, rank=line.rank + gap, dense_rank=line.dense_rank + step)
                for line in below
            ]
        return lines

    def _zeros(self, above: int, offset: int, limit: int) -> list[Line]:
        scores = self._number(f"SELECT COUNT(DISTINCT score) FROM {self.ranked} s WHERE score > 0")
        columns = "n.subject, COALESCE(z.actions, 0), p.final_rank"
        rows = self._rows(
            f"""
            SELECT {columns} FROM ({self._nobodies("*")} ORDER BY subject LIMIT %(limit)s OFFSET %(offset)s) n
            LEFT JOIN {STANDING} z ON z.workspace_id = %(workspace)s AND z.board_id = %(board)s
                AND z."window" = %(window)s AND z.{self.column} = n.subject
            LEFT JOIN {STANDING} p ON p.workspace_id = %(workspace)s AND p.board_id = %(board)s
                AND p."window" = %(previous)s AND p.{self.column} = n.subject
            ORDER BY n.subject
            """,
            limit=limit,
            offset=offset,
        )
        return [
            Line(subject, above + offset + number, above + 1, scores + 1, 0, actions, None, rank)
            for number, (subject, actions, rank) in enumerate(rows, 1)
        ]

    def _nobodies(self, columns: object) -> str:
        """Everybody the board could rank and does not."""
        return nobodies(self.subject, self.ranked, columns)

    def _above_zero(self) -> int:
        return self._number(f"SELECT COUNT(*) FROM {self.ranked} s WHERE score > 0")

    def _number(self, statement: str, subject: int | None = None) -> int:
        return int(self._rows(statement, subject=subject)[0][0])

    def _rows(self, statement: str, **more: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.values | more)
            rows: list[Any] = cursor.fetchall()
            return rows


def nobodies(subject: str, ranked: str, columns: object) -> str:
    """Performers or teams that a board may rank, less those it does."""
    teams = f"SELECT team_id FROM {BOARD_TEAM} WHERE workspace_id = %(workspace)s AND board_id = %(board)s"
    if subject == "team":
        everybody, among = f"SELECT id AS subject FROM {TEAM} WHERE workspace_id = %(workspace)s", "a.subject"
    else:
        everybody = f"SELECT id AS subject FROM {PERFORMER} WHERE workspace_id = %(workspace)s AND {SHOWN}"
        among = f"""(SELECT team_id FROM {STAY} m WHERE m.workspace_id = %(workspace)s
            AND m.performer_id = a.subject AND m.until IS NULL)"""
    return f"""
        SELECT {"a.subject" if columns == "*" else f"a.subject, {columns}"} FROM ({everybody}) a
        WHERE NOT EXISTS (SELECT 1 FROM {ranked} r WHERE r.subject = a.subject)
        AND (NOT EXISTS ({teams}) OR {among} IN ({teams}))
    """


def ranked_lines(rows: list[Any], before: int) -> list[Line]:
    """Lines with places and ranks; each row ends with how many lines and scores are higher than its page's first."""
    lines: list[Line] = []
    for place, (subject, score, actions, attained_at, previous, higher, scores) in enumerate(rows, before + 1):
        last = lines[-1] if lines else None
        if last is None:
            rank, dense = int(higher) + 1, scores + 1
        elif last.score == score:
            rank, dense = last.rank, last.dense_rank
        else:
            rank, dense = place, last.dense_rank + 1
        lines.append(Line(subject, place, rank, dense, score, actions, utc(attained_at), previous))
    return lines


def utc(at: Any) -> datetime | None:
    """A time as the database gave it."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at.replace(tzinfo=UTC) if at else None
