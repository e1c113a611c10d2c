"""Which rows seem due: what an idle worker asks every second, so each question has an index and writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import ClockRun, Due, Workspace
from accounts.models.due import ahead

Found = list[tuple[int, datetime]]


def look(workspace: Workspace | None, now: datetime, most: int) -> list[int]:
    """The rows to try, the earliest first."""
    free = Due.objects.free(now)
    found = first((free.of(workspace) if workspace else free).in_time(now), most)
    for moved in moved_clocks(workspace, now)[:most]:
        found += first(free.of(moved.pk).filter(due_at__lte=moved.shows), most)
    return [pk for pk, _ in sorted(set(found), key=lambda one: (one[1], one[0]))][:most]


def first(rows: QuerySet[Due], most: int) -> Found:
    """The earliest of some rows."""
    return list(rows.order_by("due_at", "id").values_list("pk", "due_at")[:most])


def moved_clocks(workspace: Workspace | None, now: datetime) -> QuerySet[Any]:
    """
    Workspaces with something due whose clock stands or is ahead, and what it shows.

    They are few beside things that are planned, so each is asked for its next thing, never the other way round.
    """
    moved = Q(clock_stopped_at__isnull=False) | Q(clock_ahead__gt=timedelta())
    runs = ClockRun.objects.under_way().filter(workspace=OuterRef("pk"))
    following = Due.objects.free(now).filter(workspace=OuterRef("pk")).order_by("due_at").values("due_at")
    shows = Coalesce("clock_stopped_at", ahead(now, "clock_ahead"), output_field=DateTimeField())
    rows = Workspace.objects.order_by().filter(moved).annotate(shows=shows)
    rows = rows.filter(~Exists(runs), shows__gte=Subquery(following[:1]))
    return rows.filter(pk=workspace.pk) if workspace else rows
