"""All that is known of one fact."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.ids import parse_ulid
from accounts.pages import Visitor, for_people_of
from actions.amounts import given
from actions.models import Action, Entry
from actions.views.sight import UNREAD, may_read

# What belongs to one fact is little; whatever had more shows its beginning.
MOST_ENTRIES = 200


def fact_called(visitor: Visitor, ulid: str) -> Action:
    """The fact of a ULID, if it is of this workspace."""
    rows = Action.objects.of(visitor.workspace)
    rows = rows.select_related("type", "performer", "referrer", "detail", "tally__team")
    row: Action | None = rows.filter(pk=parse_ulid(ulid)).first()
    if row is None:
        raise Http404("There is no such fact.")
    return row


def entries_of(row: Action) -> Any:
    """What it moved, in the order in which it was written."""
    rows = Entry.objects.of(row.workspace_id).filter(action=row.pk).select_related("performer", "account")
    return rows.order_by("pk")[:MOST_ENTRIES]


@require_safe
@for_people_of("actions")
def fact(request: HttpRequest, visitor: Visitor, ulid: str) -> HttpResponse:
    """What was done, by whom and when; what it moved; and whether it was taken back."""
    row = fact_called(visitor, ulid)
    detail, tally = getattr(row, "detail", None), getattr(row, "tally", None)
    readable = may_read(visitor, row.source, detail and detail.meta.get("private"))
    context = {
        "visitor": visitor,
        "zone": visitor.workspace.zone,
        "fact": row,
        "detail": detail if readable else None,
        "readable": readable,
        "title": (detail.title if detail else "–") if readable else UNREAD,
        "points": tally.points if tally else 0,
        "team": tally.team if tally else None,
        "params": sorted(given(row.params, str).items()) if readable else [],
        "meta": sorted(detail.meta.items()) if readable and detail else [],
        "entries": entries_of(row),
    }
    return render(request, "actions/fact.html", context)
