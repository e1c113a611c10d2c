"""The lines of a closed competition, as they were frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.models import Result
from actions.rules.boards.ladders import COLUMNS
from actions.rules.boards.lines import Line


@dataclass(frozen=True)
class Results:
    """What stands for ever."""

    workspace: int
    competition: int
    subject: str

    def lines(self, offset: int, limit: int) -> list[Line]:
        """Some lines in order, from the one after `offset` on."""
        columns = COLUMNS[self.subject], "place", "rank", "dense_rank", "score", "actions", "attained_at"
        rows = self._rows().filter(place__gt=offset, place__lte=offset + limit).order_by("place")
        return [Line(*row) for row in rows.values_list(*columns)]

    def count(self, most: int) -> int:
        """How many lines there are, or the most that are counted."""
        return int(self._rows()[:most].count())

    def place(self, subject: int) -> int | None:
        """On which line somebody stands; None if on none."""
        found: int | None = (
            self._rows().filter(**{COLUMNS[self.subject]: subject}).values_list("place", flat=True).first()
        )
        return found

    def _rows(self) -> Any:
        return Result.objects.of(self.workspace).filter(competition=self.competition)
