"""Plots of points over time, read from daily totals and drawn as SVG by a template of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Sum

from actions.amounts import POINTS
from actions.models import DailyTotal

DAYS = 30
# The drawing is in these units, and as broad as its place.
STEP, WIDTH, HEIGHT = 10, 7, 100
# A bar of almost nothing is still seen.
LEAST = 1.5


class Bar(NamedTuple):
    """One day."""

    day: date
    points: int
    x: float
    y: float
    height: float


class Plot(NamedTuple):
    """The points of the last days: as bars, and as words for whoever sees none."""

    bars: list[Bar]
    zero: float
    highest: int
    lowest: int
    total: int
    busiest: date | None

    @property
    def width(self) -> int:
        """Of the drawing."""
        return STEP * len(self.bars)


def plot(totals: Any, today: date) -> Plot:
    """The points that daily totals sum up to on each of the last days."""
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    rows = totals.filter(currency=POINTS, day__gte=days[0], day__lte=today).order_by()
    points: dict[date, int] = dict(rows.values_list("day").annotate(Sum("amount")))
    highest, lowest = max([0, *points.values()]), min([0, *points.values()])
    zero = HEIGHT * highest / ((highest - lowest) or 1)
    bars = drawn(days, points, zero, highest - lowest) if any(points.values()) else []
    busiest = max(points, key=lambda day: points[day], default=None)
    return Plot(bars, zero, highest, lowest, sum(points.values()), busiest)


def drawn(days: list[date], points: Mapping[date, int], zero: float, span: int) -> list[Bar]:
    """A bar for each day, up from zero or down from it."""
    bars = []
    for number, day in enumerate(days):
        amount = points.get(day, 0)
        height = max(HEIGHT * abs(amount) / span, LEAST) if amount else 0
        top = zero - height if amount > 0 else zero
        bars.append(Bar(day, amount, STEP * number + (STEP - WIDTH) / 2, round(top, 2), round(height, 2)))
    return bars


def of_performer(workspace: Any, performer: int) -> Any:
    """The daily totals of one performer."""
    return DailyTotal.objects.of(workspace).filter(performer=performer)
