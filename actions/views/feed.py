"""The feed: what was done in the workspace, newest first, and what is news since a page was made."""

from __future__ import annotations

from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from accounts.models import Counter
from accounts.pages import Visitor, for_people_of, visitor_of
from accounts.views import home
from actions.models import Action
from actions.rules.numbers import NAME
from actions.views.filters import FeedFilter
from actions.views.lines import COLUMNS, lines, written
from actions.views.paging import page, parse_place

# The most numbers one question for news looks at; whoever slept longer asks again.
LOOKED_AT = 200


def front(request: HttpRequest) -> HttpResponse:
    """The feed for people who use the ledger; for everybody else what this installation is."""
    visitor = visitor_of(request) if request.user.is_authenticated else None
    return feed(request) if visitor and visitor.uses("actions") else home(request)


@require_safe
@for_people_of("actions")
def feed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A page of what was done."""
    form = FeedFilter(visitor.workspace, request.GET)
    before, after = (parse_place(request.GET.get(name, "")) for name in ("before", "after"))
    # Read before the rows are, so that what is recorded meanwhile is news.
    seq = last_number(visitor)
    rows = form.narrow(Action.objects.of(visitor.workspace)).values_list(*COLUMNS)
    found = page(rows, before, after)
    shown = written(found.rows, visitor)
    context = {
        "visitor": visitor,
        "zone": visitor.workspace.zone,
        "form": form,
        "lines": shown,
        "newer": f"?{address(form, after=shown[0].place)}" if shown and found.newer else "",
        "older": f"?{address(form, before=shown[-1].place)}" if shown and found.older else "",
        "asked": address(form),
        "seq": seq,
        "live": before is None and after is None and form.is_valid(),
    }
    return render(request, "actions/feed.html", context, status=200 if form.is_valid() else 400)


def last_number(visitor: Visitor) -> int:
    """The last number the ledger gave away."""
    drawn = Counter.objects.of(visitor.workspace).filter(name=NAME).values_list("value", flat=True).first()
    return drawn or 0


def address(form: FeedFilter, **more: str) -> str:
    """The filters as a query, and whatever else."""
    kept = {name: form.data[name] for name in form.fields if form.data.get(name)}
    return urlencode(kept | more)


@require_safe
@for_people_of("actions")
def news(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What was recorded or taken back since a number, as lines to put in their places."""
    seq, form = number(request.GET.get("seq", "")), FeedFilter(visitor.workspace, request.GET)
    if seq is None or request.GET.get("in") != visitor.workspace.slug or not form.is_valid():
        return JsonResponse({"error": "Ask as a page of this workspace does."}, status=400)
    changed, last = changed_since(visitor, seq)
    rows = Action.objects.of(visitor.workspace).filter(pk__in=changed)
    found = lines(form.narrow(rows), visitor) if changed else []
    more = len(changed) == LOOKED_AT
    return JsonResponse({"seq": last, "more": more, "lines": [as_news(line, visitor) for line in found]})


def number(text: str) -> int | None:
    """A number of the ledger, as an address has it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def changed_since(visitor: Visitor, seq: int) -> tuple[list[Any], int]:
    """Facts recorded, assigned or taken back after a number, and the number up to which that is all of them."""
    rows = Action.objects.of(visitor.workspace)
    asked = (
        rows.after(seq).values_list("seq", "pk"),
        rows.assigned_after(seq).values_list("assignment__seq", "pk"),
        rows.cancelled_after(seq).values_list("cancelled_seq", "pk"),
    )
    found = sorted(chain.from_iterable(one[:LOOKED_AT] for one in asked))[:LOOKED_AT]
    return [pk for _, pk in found], found[-1][0] if found else seq


def as_news(line: Any, visitor: Visitor) -> dict[str, str]:
    """A line, and where it goes."""
    html = render_to_string("actions/line.html", {"line": line, "zone": visitor.workspace.zone})
    return {"place": line.place, "html": html}
