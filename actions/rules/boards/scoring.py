"""Boards as they count: read in one statement, each asked what a move is worth to it."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from actions.amounts import UNIT
from actions.models import ActionType, BoardTeam, Competition, Leaderboard
from actions.rules.boards.moves import Move
from actions.rules.boards.windows import RUN, windows_of

BOARD, TEAM, COMPETITION, TYPE = (model._meta.db_table for model in (Leaderboard, BoardTeam, Competition, ActionType))
ACTIVE = f"""
    SELECT b.id, b.metric, b.currency, b.counted_to, c.starts_at, c.ends_at, b.types, t.team_id FROM {BOARD} b
    LEFT JOIN {COMPETITION} c ON c.board_id = b.id
    LEFT JOIN {TEAM} t ON t.workspace_id = b.workspace_id AND t.board_id = b.id
    WHERE b.workspace_id = %s AND b.active
"""
ONE = f"{ACTIVE.replace(' AND b.active', '')} AND b.id = %s"


@dataclass
class Scorer:
    """What a board counts, of whom, and when; a competition counts from one time until before another."""

    id: int
    metric: str
    currency: str
    counted_to: int | None
    since: datetime | None
    until: datetime | None
    slugs: list[str]
    teams: set[int] = field(default_factory=set)
    types: set[int] = field(default_factory=set)

    def counts(self, move: Move) -> bool:
        """Whether a move is any of this board's business."""
        return (
            (not move.currency or (self.metric, self.currency) == ("points", move.currency))
            and (not self.teams or move.team in self.teams)
            and (not self.slugs or move.type in self.types)
            and (self.since is None or self.until is None or self.since <= move.at < self.until)
            and (self.counted_to is None or move.performer <= self.counted_to)
        )

    def score(self, move: Move) -> int | None:
        """What it adds to the score; None of a fact where only points count."""
        if move.currency:
            return move.amount
        return {"points": None, "count": UNIT * move.actions, "value": move.amount}[self.metric]

    def windows(self, move: Move) -> tuple[str, ...]:
        """The spans it counts in."""
        return windows_of(move.day) if self.since is None else (RUN,)


def active_boards(workspace: int) -> list[Scorer]:
    """The boards that count; few."""
    return _resolved(workspace, _read(ACTIVE, workspace))


def board_as_it_counts(workspace: int, board: int) -> Scorer:
    """One board, active or not."""
    return _resolved(workspace, _read(ONE, workspace, board))[0]


def _read(statement: str, *values: int) -> list[Scorer]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Any] = cursor.fetchall()
    boards: dict[int, Scorer] = {}
    for pk, metric, currency, counted_to, since, until, types, team in rows:
        if pk not in boards:
            boards[pk] = Scorer(pk, metric, currency, counted_to, _utc(since), _utc(until), json.loads(types))
        boards[pk].teams |= {team} if team else set()
    return list(boards.values())


def _utc(at: datetime | None) -> datetime | None:
    # Both answer in UTC; SQLite does not say so.
    return at and at.replace(tzinfo=UTC)


def _resolved(workspace: int, boards: list[Scorer]) -> list[Scorer]:
    """Boards are told the keys of their types; a slug that names none counts nothing."""
    if slugs := {slug for board in boards for slug in board.slugs}:
        keys = _keys(workspace, slugs)
        for board in boards:
            board.types = {keys[slug] for slug in board.slugs if slug in keys}
    return boards


def _keys(workspace: int, slugs: Collection[str]) -> dict[str, int]:
    rows: Iterable[tuple[str, int]] = ActionType.objects.of(workspace).filter(slug__in=slugs).values_list("slug", "pk")
    return dict(rows)
