"""The spans of time that boards rank: days as the workspace had them, and the names of the spans they lie in."""

from __future__ import annotations

from datetime import date

ALL, RUN = "all", "run"


def windows_of(day: date) -> tuple[str, ...]:
    """Every span a day lies in: all time, year, quarter, month, ISO week and the day itself."""
    return ALL, year(day), quarter(day), month(day), week(day), day.isoformat()


def year(day: date) -> str:
    """Such as `2026`."""
    return f"{day.year:04}"


def quarter(day: date) -> str:
    """Such as `2026-Q1`."""
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def month(day: date) -> str:
    """Such as `2026-03`."""
    return f"{day.year:04}-{day.month:02}"


def week(day: date) -> str:
    """Such as `2026-W10`; around New Year it may belong to the year before or after."""
    its = day.isocalendar()
    return f"{its.year:04}-W{its.week:02}"
