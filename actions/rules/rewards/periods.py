"""Days, weeks and months of a workspace, and when what was earned in one is paid."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from actions.models import RuleVersion

DAY = timedelta(days=1)
Period, Frequency = RuleVersion.Period, RuleVersion.Frequency
SPANS = {Frequency.WEEKLY: Period.WEEK, Frequency.MONTHLY: Period.MONTH}


class Span(NamedTuple):
    """From a day until before another."""

    first: date
    after: date


class Place(NamedTuple):
    """For which time an entry counts, on which day that is there, and when it is posted if not at once."""

    effective_at: datetime
    day: date
    settles_at: datetime | None


def span_of(period: str, day: date) -> Span:
    """The day, ISO week or month in which a day lies, or all time."""
    if period == Period.DAY:
        return Span(day, day + DAY)
    if period == Period.WEEK:
        monday = day - DAY * day.weekday()
        return Span(monday, monday + 7 * DAY)
    if period == Period.MONTH:
        first = day.replace(day=1)
        return Span(first, (first + 31 * DAY).replace(day=1))
    return Span(date.min, date.max)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def place(version: RuleVersion, taken_at: datetime, day: date, zone: ZoneInfo, now: datetime) -> Place:
    """
    When what a version pays for something done on a day counts, and when it is posted.

    A period closes some days after it ends; what comes later counts for the first that is still open.
    """
    if version.frequency == Frequency.INSTANT:
        return Place(taken_at, day, None)
    period, grace = SPANS[Frequency(version.frequency)], DAY * version.grace_days
    closes_at = midnight(span_of(period, day).after + grace, zone)
    if closes_at > now:
        return Place(taken_at, day, closes_at)
    still_open = span_of(period, now.astimezone(zone).date() - grace)
    return Place(midnight(still_open.first, zone), still_open.first, midnight(still_open.after + grace, zone))
