"""
Leaderboards: a tenth as many performers as the size says, each with ten entries in two weeks.

What is measured is the rule that answers, `actions.rules.boards.standings`, as a page asks it: lines with ranks, ties
counted by score, and the ranks of the week before. The floor is the statement a person writes for the driver when she
knows the board's key: the same rows by the same index, ranks written by the same few lines of Python. Entries are not
there, as neither reads them: what they came to stands in the daily totals and standings, which are loaded as the rules
would have left them. A span of one's own is summed by both from the daily totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import Workspace
from actions.models import DailyTotal, Leaderboard, Performer, Standing
from actions.rules.boards import Line, standings
from actions.rules.boards.windows import week
from benchmarks.floors import Floor
from benchmarks.loading import analyze, load
from benchmarks.races import Race

PAGE, NEIGHBOURS, PERFORMERS = 100, 2, 10
# A Monday, and the Sunday after the next.
FIRST = date(2026, 3, 2)
NOW = datetime(2026, 3, 15, 20, tzinfo=UTC)
THIS, LAST = week(FIRST + timedelta(days=7)), week(FIRST)
UNIT = 1_000_000
NAMES = ("workspace_id", "board_id", "window", "performer_id", "score", "actions", "attained_at", "shown", "final_rank")
DAYS = ("workspace_id", "day", "performer_id", "currency", "amount", "actions", "last_at")
PEOPLE = ("workspace_id", "name", "referral_code", "country", "password", "service", "created_at")
_numbers = count(1)

COLUMNS = "performer_id, score, actions, attained_at"
MINE = f"""FROM {Standing._meta.db_table} WHERE workspace_id = ? AND board_id = ? AND "window" = ?
    AND performer_id IS NOT NULL AND shown AND NOT (score = 0)"""
ORDER = "ORDER BY score DESC, attained_at, performer_id"


def races(size: int, floor: Floor) -> Iterator[Race]:
    """All of them, on a board with so many entries."""
    performers = size // PERFORMERS
    board = new_board(performers, floor)
    yield page(board, floor, "board: first hundred", 1)
    yield page(board, floor, "board: hundred after half", performers // 2 // PAGE + 1)
    yield own_line(board, floor, performers)
    yield span(board, floor)


def new_board(performers: int, floor: Floor) -> Leaderboard:
    """A workspace of its own with a board of points, and what its standings would be."""
    workspace = Workspace.objects.create(slug=f"boards-{next(_numbers)}", name="Boards", created_at=NOW)
    board = Leaderboard.objects.create(workspace=workspace, slug="points", name="Points", created_at=NOW)
    at = floor.value(NOW)
    people = ((workspace.pk, f"P {n}", f"XX-{n:08}-00", "", "", False, at) for n in range(performers))
    load(people, Performer._meta.db_table, PEOPLE)
    keys = list(Performer.objects.of(workspace).order_by("pk").values_list("pk", flat=True))
    load(days(workspace.pk, keys, floor), DailyTotal._meta.db_table, DAYS)
    for window in ("all", THIS, LAST):
        load(lines(board, keys, window, floor), Standing._meta.db_table, NAMES)
    analyze()
    board.ranked_to = NOW.date()
    board.save(update_fields=["ranked_to"])
    found: Leaderboard = Leaderboard.objects.select_related("workspace").get(pk=board.pk)
    return found


def earned(key: int, day: int) -> int:
    """Points of a day, for many the same, so that many tie."""
    return (key * 7919 + day * 104_729) % 97 + 1


def attained(key: int, day: int) -> datetime:
    """When on that day."""
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day, seconds=key % 80_000, microseconds=1)


def days(workspace: int, keys: Sequence[int], floor: Floor) -> Iterator[tuple[Any, ...]]:
    """Ten days of everybody, Monday to Friday."""
    for key in keys:
        for day in (*range(5), *range(7, 12)):
            on, at = FIRST + timedelta(days=day), attained(key, day)
            yield workspace, str(on), key, "PTS", earned(key, day) * UNIT, 0, floor.value(at)


def lines(board: Leaderboard, keys: Sequence[int], window: str, floor: Floor) -> Iterator[tuple[Any, ...]]:
    """What the days come to in a window."""
    told = {"all": (*range(5), *range(7, 12)), LAST: range(5), THIS: range(7, 12)}[window]
    for key in keys:
        score, at = sum(earned(key, day) for day in told), attained(key, told[-1])
        rank = 1 + key % len(keys) if window == LAST else None
        yield board.workspace_id, board.pk, window, key, score * UNIT, 0, floor.value(at), True, rank


def page(board: Leaderboard, floor: Floor, name: str, number: int) -> Race:
    """A page of the week so far, with the ranks of the week before."""
    offset = (number - 1) * PAGE
    sql = f"""
        WITH page AS (SELECT {COLUMNS} {MINE} {ORDER} LIMIT {PAGE + 1} OFFSET {offset})
        SELECT page.*, p.final_rank, h.* FROM page CROSS JOIN (SELECT COALESCE(SUM(n), 0), COUNT(*) FROM (
            SELECT COUNT(*) AS n {MINE} AND score > (SELECT MAX(score) FROM page) GROUP BY score) scores) h
        LEFT JOIN {Standing._meta.db_table} p ON p.workspace_id = ? AND p.board_id = ? AND p."window" = ?
            AND p.performer_id = page.performer_id
        ORDER BY page.score DESC, page.attained_at, page.performer_id
    """
    its = [board.workspace_id, board.pk]
    values = [*its, THIS, *its, THIS, *its, LAST]
    return Race(
        name,
        lambda: said(standings(board, now=NOW, window="week").page(number, PAGE).lines),
        lambda: ranked(floor.select(sql, values)[:PAGE], offset),
        in_budget=False,
    )


def own_line(board: Leaderboard, floor: Floor, performers: int) -> Race:
    """Where somebody in the middle stands, and who is next to her."""
    ordered = Standing.objects.filter(board=board, window=THIS).order_by("-score", "attained_at", "performer")
    me = ordered.values_list("performer", flat=True)[performers // 2]
    mine = f"SELECT score, attained_at {MINE} AND performer_id = ?"
    before = "score > ? OR attained_at < ? OR (attained_at = ? AND performer_id <= ?)"
    above = f"SELECT COUNT(*) {MINE} AND score >= ? AND ({before})"
    window = f"SELECT {COLUMNS} {MINE} {ORDER} LIMIT {2 * NEIGHBOURS + 1} OFFSET ?"
    higher = (
        f"SELECT COALESCE(SUM(n), 0), COUNT(*) FROM (SELECT COUNT(*) AS n {MINE} AND score > ? GROUP BY score) scores"
    )
    its = [board.workspace_id, board.pk, THIS]

    def by_hand() -> list[tuple[Any, ...]]:
        [(score, at)] = floor.select(mine, [*its, me])
        [(place,)] = floor.select(above, [*its, score, score, at, at, me])
        found = floor.select(window, [*its, place - 1 - NEIGHBOURS])
        [(lines_above, scores)] = floor.select(higher, [*its, found[0][1]])
        return ranked([(*row, None, lines_above, scores) for row in found], place - 1 - NEIGHBOURS)

    def asked() -> list[tuple[Any, ...]]:
        around = standings(board, now=NOW, window="week").around(me, NEIGHBOURS)
        assert around
        return said([*around.above, around.line, *around.below])

    ours, least = (lambda: [row[:5] for row in asked()]), (lambda: [row[:5] for row in by_hand()])
    return Race("board: own line, off the page", ours, least, in_budget=False)


def span(board: Leaderboard, floor: Floor) -> Race:
    """The first hundred of three whole days, which nobody keeps: summed from the days by both."""
    since, until = datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 7, tzinfo=UTC)
    sql = f"""
        WITH scored AS (
            SELECT performer_id, SUM(amount) AS score, MAX(last_at) AS at FROM {DailyTotal._meta.db_table}
            WHERE workspace_id = ? AND currency IN ('', 'PTS') AND day >= ? AND day < ? GROUP BY performer_id
        )
        SELECT performer_id, score, 0, at, NULL, 0, 0 FROM scored ORDER BY score DESC, at, performer_id LIMIT {PAGE}
    """
    values = [board.workspace_id, "2026-03-04", "2026-03-07"]
    its = {"window": "custom", "since": since, "until": until}
    return Race(
        "board: a span of its own",
        lambda: said(standings(board, now=NOW, **its).page(1, PAGE).lines),  # type: ignore[arg-type]
        lambda: ranked(floor.select(sql, values), 0),
        in_budget=False,
        seconds=4,
    )


def said(found: list[Line]) -> list[tuple[Any, ...]]:
    """Lines as they are compared: whose, place, ranks, score."""
    return [(one.subject, one.place, one.rank, one.dense_rank, one.score, one.previous_rank) for one in found]


def ranked(rows: list[Any], before: int) -> list[tuple[Any, ...]]:
    """The same from what the driver gave."""
    found: list[tuple[Any, ...]] = []
    for place, (key, score, _, _, previous, higher, scores) in enumerate(rows, before + 1):
        if not found:
            rank, dense = int(higher) + 1, scores + 1
        elif score != found[-1][4]:
            rank, dense = place, dense + 1
        found.append((key, place, rank, dense, int(score), previous))
    return found
