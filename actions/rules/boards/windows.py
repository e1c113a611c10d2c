"""The spans of time that boards rank: days as the workspace had them, and the names of the spans they lie in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from accounts.clock import MICROSECOND

ALL, RUN, CUSTOM = "all", "run", "custom"
DAY = timedelta(days=1)
# Every zone has names for the days of these times, and for those next to them.
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


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


class Span(NamedTuple):
    """From a time until before another, either of which may be open; days are the workspace's."""

    name: str
    since: datetime | None = None
    until: datetime | None = None
    first: date | None = None
    # The first day after it.
    end: date | None = None


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day, wherever clocks are changed at midnight too."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def span(word: str, day: date, zone: ZoneInfo) -> Span:
    """The window of a kind that a day lies in."""
    if word == ALL:
        return Span(ALL)
    name, start, following = KINDS[word]
    first = start(day)
    end = following(first)
    return Span(name(first), beginning(first, zone), beginning(end, zone), first, end)


def before(word: str, day: date, zone: ZoneInfo) -> Span | None:
    """The window before the one that a day lies in; none before the first there can be, and none of all time."""
    first = None if word == ALL else KINDS[word][1](day)
    return span(word, first - DAY, zone) if first and first > date.min + DAY else None


def custom(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> Span:
    """Any span; its days are those it touches. What lies beyond all calendars is cut off."""
    since, until = (at and min(max(at, EARLIEST), LATEST) for at in (since, until))
    first = since.astimezone(zone).date() if since else None
    end = (until - MICROSECOND).astimezone(zone).date() + DAY if until else None
    return Span(CUSTOM, since, until, first, end)


def _next_month(first: date, months: int = 1) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


KINDS: dict[str, tuple[Callable[[date], str], Callable[[date], date], Callable[[date], date]]] = {
    "today": (date.isoformat, lambda day: day, lambda first: first + DAY),
    "week": (week, lambda day: day - day.weekday() * DAY, lambda first: first + 7 * DAY),
    "month": (month, lambda day: day.replace(day=1), _next_month),
    "quarter": (quarter, lambda day: date(day.year, (day.month - 1) // 3 * 3 + 1, 1), lambda day: _next_month(day, 3)),
    "year": (year, lambda day: date(day.year, 1, 1), lambda first: _next_month(first, 12)),
}
