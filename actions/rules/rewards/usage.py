"""What counts towards a condition or a cap: what somebody did, and what a rule paid her, in a period."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Concat

from actions.models import Action, Detail, Entry, RuleVersion
from actions.rules.rewards.periods import Span, span_of
from actions.rules.sums import halves

ENTRY = Entry._meta.db_table
# No zone is further from another; a day begins and ends within these of its midnight at the meridian.
EAST, WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=14))
ITS_SUBJECT = Case(
    When(detail__subject_id="", then=Cast("id", CharField())),
    default=Concat(F("detail__subject_type"), Value(":"), F("detail__subject_id")),
    output_field=CharField(),
)


def others(action: Action, version: RuleVersion) -> Any:
    """What else whoever did it did in the same period, of the types the rule prices, and that still holds."""
    first, after = span_of(version.count_period, action.day)
    rows = Action.objects.of(action.workspace_id).uncancelled().filter(performer=action.performer_id)
    if version.type_id is not None:
        rows = rows.filter(type=version.type_id)
    if version.count_period != RuleVersion.Period.ALL:
        # The day says it exactly, the time is what there is an index for.
        rows = rows.filter(day__gte=first, day__lt=after, **between(first, after))
    return rows.exclude(pk=action.pk).order_by()


def between(first: date, after: date) -> dict[str, datetime]:
    """Times that surely include some days, wherever the workspace was then."""
    since, until = datetime.combine(first, time(), tzinfo=EAST), datetime.combine(after, time(), tzinfo=WEST)
    return {"taken_at__gte": since, "taken_at__lt": until}


def nth(action: Action, detail: Detail, version: RuleVersion) -> int | None:
    """
    The how-manieth subject of the period an action is about; None if it is about one that was counted already.

    Subjects are counted, not actions, so doing the same again earns nothing more. Beyond what the rule asks for,
    nobody counts.
    """
    rows = others(action, version)
    if detail.subject_id and rows.filter(
        detail__subject_type=detail.subject_type, detail__subject_id=detail.subject_id
    ):
        return None
    most = max(version.count_from or 0, version.count_to or 0)
    return int(rows.annotate(its=ITS_SUBJECT).values("its").distinct()[:most].count()) + 1


class Used(NamedTuple):
    """What a rule paid somebody in a period, less what was taken back, and how many times."""

    amount: int
    times: int


USED = f"""
    SELECT performer_id, {halves("paid")}, SUM(CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END) FROM {ENTRY}
    WHERE workspace_id = %s AND rule = %s AND currency = %s AND status <> 'voided' AND day >= %s AND day < %s
        AND performer_id IN (MARKS) GROUP BY performer_id
"""


def used(workspace: int, version: RuleVersion, performers: Iterable[int], day: date) -> dict[int, Used]:
    """What counts towards a cap in the period of a day, by performer."""
    people, span = sorted(set(performers)), span_of(version.cap_period, day)
    values = [workspace, version.rule.slug, version.currency, *_days(span), *people]
    with connection.cursor() as cursor:
        cursor.execute(USED.replace("MARKS", ", ".join(["%s"] * len(people))), values)
        return {pk: Used((high << 32) + low, times) for pk, high, low, times in cursor.fetchall()}


def _days(span: Span) -> list[Any]:
    return [connection.ops.adapt_datefield_value(day) for day in span]
