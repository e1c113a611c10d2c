"""The table: a line for each benchmark on each database at each size."""

from __future__ import annotations

from benchmarks.races import Result

# How many times its floor a list may take, as the design says.
BUDGETS = {"sqlite": 3.5, "postgresql": 3.0}
# MiB that a list of any length may need.
MEMORY = 16
HEAD = (
    f"{'database':<10} {'rows':>9}  {'benchmark':<31} {'ms':>9} {'floor ms':>9} "
    f"{'/s':>7} {'floor /s':>8} {'ratio':>6}  budget"
)


def verdict(value: float, most: float) -> str:
    """Whether something keeps within what it may."""
    return f"{most:g} {'ok' if value <= most else 'over'}"


def line(database: str, size: int, result: Result) -> str:
    """What was measured, its floor, and what the budget says."""
    race = result.race
    rates = f"{race.items / result.took:7.0f} {race.items / result.floor:8.0f}"
    times = f"{result.took * 1000:9.3f} {result.floor * 1000:9.3f}"
    budget = verdict(result.ratio, BUDGETS[database]) if race.in_budget else "-"
    return f"{database:<10} {size:>9}  {race.name:<31} {times} {rates} {result.ratio:6.2f}  {budget}"


def memory_line(database: str, size: int, mebibytes: float) -> str:
    """How much a stream needs."""
    name, gap = "v2: memory of the stream, MiB", " " * 36
    return f"{database:<10} {size:>9}  {name:<31} {mebibytes:9.1f}{gap}{verdict(mebibytes, MEMORY)}"
