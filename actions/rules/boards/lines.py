"""What a board says: lines, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from actions.rules.boards.windows import Span


class Line(NamedTuple):
    """Where somebody stands: `rank` leaves a gap after a tie, `dense_rank` none, and no two share a `place`."""

    subject: int
    place: int
    rank: int
    dense_rank: int
    score: int
    actions: int
    attained_at: datetime | None
    previous_rank: int | None = None

    @property
    def delta(self) -> int | None:
        """How many ranks she rose since the window before, or fell if negative."""
        return None if self.previous_rank is None else self.previous_rank - self.rank


@dataclass(frozen=True)
class Page:
    """Some lines of a board; subjects are keys of performers or of teams."""

    subject: str
    span: Span
    lines: list[Line] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class Around:
    """One line, and those next to it."""

    line: Line
    above: list[Line]
    below: list[Line]
