"""Daily totals say what facts and entries say, standings what daily totals say, and results are in order."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from django.db import connection

from actions.amounts import UNIT
from actions.models import BoardTeam, Competition, DailyTotal, Leaderboard, Result, Standing
from actions.rules.boards import raw
from actions.rules.boards.scoring import TYPE
from actions.rules.proofs.statements import HERE, Proof
from actions.rules.sums import differs, halves

DAY, STANDING, BOARD, BOARD_TEAM, COMPETITION, RESULT = (
    model._meta.db_table for model in (DailyTotal, Standing, Leaderboard, BoardTeam, Competition, Result)
)
MOVES = f"SELECT * FROM ({raw.facts()}) facts UNION ALL SELECT * FROM ({raw.entries()}) entries"
KEY = "performer_id, day, currency, COALESCE(type_id, 0), COALESCE(team_id, 0)"

# All that is known of the days, by key, from facts and entries alone.
DAYS_THEN = f"""
    SELECT performer_id, day, currency, COALESCE(type_id, 0) AS type_id, COALESCE(team_id, 0) AS team_id,
        {halves("total")}, CAST(SUM(actions) AS bigint) AS actions, MAX(at) AS last_at
    FROM ({MOVES}) moves GROUP BY {KEY}
"""
SAME_DAY = """d.performer_id = s.performer_id AND d.day = s.day AND d.currency = s.currency
    AND COALESCE(d.type_id, 0) = s.type_id AND COALESCE(d.team_id, 0) = s.team_id"""
DAYS = Proof(
    "day",
    "The total of performer {performer} on {day} ({currency}) is not what facts and entries add up to.",
    f"""
    WITH s AS ({DAYS_THEN}), d AS (SELECT * FROM {DAY} WHERE {HERE})
    SELECT s.performer_id AS performer, s.day, CASE WHEN s.currency = '' THEN 'actions' ELSE s.currency END AS currency
    FROM s LEFT JOIN d ON {SAME_DAY}
    WHERE d.id IS NULL OR {differs("total", "d.amount")} OR d.actions <> s.actions OR d.last_at <> s.last_at
    UNION ALL
    SELECT d.performer_id, d.day, CASE WHEN d.currency = '' THEN 'actions' ELSE d.currency END
    FROM d LEFT JOIN s ON {SAME_DAY} WHERE s.performer_id IS NULL
    """,
)

RESULTS = Proof(
    "result",
    "Line {place} of competition {competition} does not have the rank of its score.",
    f"""
    SELECT place, competition_id AS competition FROM (
        SELECT place, competition_id, rank, dense_rank,
            RANK() OVER (PARTITION BY competition_id ORDER BY score DESC) AS its_rank,
            DENSE_RANK() OVER (PARTITION BY competition_id ORDER BY score DESC) AS its_dense_rank,
            ROW_NUMBER() OVER (PARTITION BY competition_id ORDER BY score DESC, place) AS its_place
        FROM {RESULT} WHERE {HERE}
    ) ranked WHERE rank <> its_rank OR dense_rank <> its_dense_rank OR place <> its_place
    """,
)


def week() -> str:
    """The ISO week of a day, as its Thursday has it."""
    if connection.vendor == "postgresql":
        return """to_char(day, 'IYYY"-W"IW')"""
    thursday = "date(day, '-3 days', 'weekday 4')"
    number = f"(julianday({thursday}) - julianday(substr({thursday}, 1, 4) || '-01-01')) / 7 + 1"
    return f"substr({thursday}, 1, 4) || '-W' || substr('0' || CAST({number} AS integer), -2)"


def windows() -> list[str]:
    """The names of all windows a day lies in."""
    text = "CAST(day AS text)"
    quarter = f"substr({text}, 1, 4) || '-Q' || ((CAST(substr({text}, 6, 2) AS integer) + 2) / 3)"
    return ["'all'", f"substr({text}, 1, 4)", quarter, f"substr({text}, 1, 7)", week(), text]


def has_type() -> str:
    """Whether a board counts a type."""
    slugs = "SELECT value FROM jsonb_array_elements_text(b.types)"
    if connection.vendor == "sqlite":
        slugs = "SELECT value FROM json_each(b.types)"
    its = f"(SELECT slug FROM {TYPE} t WHERE t.id = m.type_id)"
    return f"(NOT EXISTS ({slugs}) OR {its} IN ({slugs}))"


def counted() -> str:
    """What each board counts, where and when: whole days of boards of their own, moments of competitions."""
    days = (
        f"SELECT performer_id, team_id, type_id, currency, day, last_at AS at, amount, actions FROM {DAY} WHERE {HERE}"
    )
    teams = f"SELECT team_id FROM {BOARD_TEAM} g WHERE g.workspace_id = b.workspace_id AND g.board_id = b.id"
    its = f"""
        b.active AND b.counted_to IS NULL AND {has_type()} AND (NOT EXISTS ({teams}) OR m.team_id IN ({teams}))
        AND (m.currency = '' OR (b.metric = 'points' AND m.currency = b.currency))
    """
    columns = "b.id AS board_id, b.metric, m.performer_id, m.team_id, m.currency, m.amount, m.actions, m.at"
    here = "b.workspace_id = %(workspace)s"
    named = " UNION ALL ".join(
        f"""SELECT {columns}, {window} AS "window" FROM {BOARD} b JOIN ({days}) m ON {its}
        WHERE {here} AND NOT EXISTS (SELECT 1 FROM {COMPETITION} c WHERE c.board_id = b.id)"""
        for window in windows()
    )
    return f"""{named} UNION ALL
        SELECT {columns}, 'run' FROM {BOARD} b JOIN {COMPETITION} c ON c.board_id = b.id
        JOIN ({MOVES}) m ON {its} AND m.at >= c.starts_at AND m.at < c.ends_at WHERE {here}"""


def standings(column: str) -> Proof:
    """Of performers or of teams."""
    scores = "(metric <> 'points' OR currency <> '')"
    score = f"(CASE WHEN metric = 'count' THEN actions * {UNIT} ELSE amount END)"
    said = f"""
        SELECT st.* FROM {STANDING} st JOIN {BOARD} b ON b.id = st.board_id
        WHERE st.{HERE} AND st.{column} IS NOT NULL AND b.active AND b.counted_to IS NULL
    """
    same = f'd.board_id = s.board_id AND d."window" = s."window" AND d.{column} = s.{column}'
    wrong_time = "COALESCE(d.attained_at <> s.attained_at, (d.attained_at IS NULL) <> (s.attained_at IS NULL))"
    return Proof(
        "standing",
        f"Board {{board}} says of {column.removesuffix('_id')} {{subject}} in {{span}} what daily totals do not.",
        f"""
        WITH counted AS ({counted()}), s AS (
            SELECT board_id, "window", {column}, {halves("score", score, where=scores)},
                CAST(SUM(CASE WHEN currency = '' THEN actions ELSE 0 END) AS bigint) AS actions,
                MAX(CASE WHEN {scores} THEN at END) AS attained_at
            FROM counted WHERE {column} IS NOT NULL GROUP BY board_id, "window", {column}
        ), d AS ({said})
        SELECT s.board_id AS board, s.{column} AS subject, s."window" AS span FROM s LEFT JOIN d ON {same}
        WHERE d.id IS NULL OR {differs("score", "d.score")} OR d.actions <> s.actions OR {wrong_time}
        UNION ALL
        SELECT d.board_id, d.{column}, d."window" FROM d LEFT JOIN s ON {same} WHERE s.board_id IS NULL
        """,
    )


def proofs() -> list[Proof]:
    """All of boards."""
    return [DAYS, standings("performer_id"), standings("team_id"), RESULTS]
