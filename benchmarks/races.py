"""What is measured beside its floor, in turns."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

# Rounds even of what takes longer than the time there is.
LEAST = 2


class Different(AssertionError):
    """The answer and its floor are not the same, so their times mean nothing."""


def same(given: Any) -> Any:
    """What was given, all of it."""
    return given


@dataclass(frozen=True)
class Race:
    """A request and the floor below it."""

    name: str
    run: Callable[[], Any]
    floor: Callable[[], Any]
    # What the two must agree on, from what a call gave; never measured.
    seen: Callable[[Any], Any] = same
    # Rows that one run reads or writes, where rows are what counts; else requests are counted.
    items: int = 1
    seconds: float = 1.5
    # Rounds there is enough to do for.
    most: int = sys.maxsize
    in_budget: bool = True


@dataclass(frozen=True)
class Result:
    """Medians, in seconds."""

    race: Race
    took: float
    floor: float

    @property
    def ratio(self) -> float:
        """How many times the floor it takes."""
        return self.took / self.floor


def turn(race: Race) -> tuple[float, float]:
    """What it takes and what its floor takes, once each, and with the same result."""
    start = perf_counter()
    given = race.run()
    between = perf_counter()
    expected = race.floor()
    end = perf_counter()
    agree(race, given, expected)
    return between - start, end - between


def agree(race: Race, given: Any, expected: Any) -> None:
    """Refuse to compare the times of two different answers."""
    ours, least = race.seen(given), race.seen(expected)
    if ours != least:
        raise Different(f"{race.name}:\n{str(ours)[:2000]}\nbut the floor gives\n{str(least)[:2000]}")


def run(race: Race, haste: float = 1) -> Result:
    """In turns until the time is up; the first turn, when everything is cold, counts only if it took all of it."""
    first = turn(race)
    turns = [first] if sum(first) > race.seconds else []
    gc.collect()
    until = perf_counter() + race.seconds * haste
    while len(turns) < min(LEAST, race.most) or (len(turns) < race.most and perf_counter() < until):
        turns.append(turn(race))
    took, floor = zip(*turns, strict=True)
    return Result(race, median(took), median(floor))
