"""What was done and what was moved, added to the totals and to the standings of every board it counts for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actions.amounts import LARGEST
from actions.models import Action, Entry
from actions.rules.boards import adding
from actions.rules.boards.adding import Row, too_large
from actions.rules.boards.moves import Move, moves
from actions.rules.boards.scoring import Scorer, active_boards


@dataclass
class Total:
    """A sum under way: an amount, how many actions, and when the last of it was."""

    amount: int = 0
    actions: int = 0
    at: datetime | None = None

    def add(self, amount: int | None, actions: int, at: datetime) -> None:
        """Only what has an amount says when that was reached."""
        self.actions += actions
        if amount is not None:
            self.amount += amount
            self.at = max(self.at, at) if self.at else at

    def row(self) -> Row:
        """As it is written."""
        if not -LARGEST <= self.amount <= LARGEST:
            raise too_large()
        return self.amount, self.actions, self.at


@dataclass
class Totals:
    """Sums by key."""

    by_key: dict[tuple[Any, ...], Total] = field(default_factory=dict)

    def add(self, key: tuple[Hashable, ...], amount: int | None, actions: int, at: datetime) -> None:
        """To one of them."""
        self.by_key.setdefault(key, Total()).add(amount, actions, at)

    def rows(self) -> list[Row]:
        """In the order of their keys, where nothing is less than a number."""
        ordered = sorted(self.by_key.items(), key=lambda one: [(part is not None, part) for part in one[0]])
        return [(*key, *total.row()) for key, total in ordered]


def count(workspace_id: int, *, facts: Sequence[tuple[Action, int]] = (), entries: Sequence[Entry] = ()) -> None:
    """
    Add facts, with +1 or taken back with -1, and entries newly posted; called under the ledger's lock.

    At most seven statements for one write, however many rows it makes, and none when nothing counts.
    """
    if counted := moves(workspace_id, facts, entries):
        count_days(workspace_id, counted)
        count_standings(workspace_id, active_boards(workspace_id), counted)


def count_days(workspace: int, counted: Iterable[Move]) -> None:
    """Add to the days of whoever did it."""
    days = Totals()
    for move in counted:
        key = (workspace, move.performer, move.day, move.currency, move.type, move.team)
        days.add(key, move.amount, move.actions, move.at)
    adding.add(adding.DAYS, days.rows())


def count_standings(workspace: int, boards: Iterable[Scorer], counted: Sequence[Move]) -> None:
    """Add to the standings of performers and of teams."""
    performers, teams = Totals(), Totals()
    for board in boards:
        for move in filter(board.counts, counted):
            for window in board.windows(move):
                facts = board.score(move), move.actions, move.at
                performers.add((workspace, board.id, window, move.performer), *facts)
                if move.team:
                    teams.add((workspace, board.id, window, move.team), *facts)
    # Whether a new row is shown, the database looks up by the performer's key.
    adding.add(adding.PERFORMERS, [(*row, row[3]) for row in performers.rows()])
    adding.add(adding.TEAMS, teams.rows())
