"""The ledger as files: facts or entries, as CSV or as lines of JSON, streamed in constant memory."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from accounts.exporting import FORMATS
from accounts.pages import Visitor, for_people_of
from actions.views.exports.records import KINDS
from actions.views.filters import FeedFilter


@require_safe
@for_people_of("actions")
def export(request: HttpRequest, visitor: Visitor, kind: str, form: str) -> HttpResponse:
    """A file of what the filters of the feed leave; oldest first, so that what is done meanwhile comes last."""
    filters = FeedFilter(visitor.workspace, request.GET)
    if not filters.is_valid():
        return HttpResponse(filters.errors.as_text(), status=400, content_type="text/plain; charset=utf-8")
    media_type, write = FORMATS[form]
    pieces = write(KINDS[kind].columns, KINDS[kind].chunks(visitor, filters))
    day = visitor.workspace.now().astimezone(visitor.workspace.zone).date()
    name = f"{visitor.workspace.slug}-{kind}-{day}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    # The page helper knows answers by their common name alone.
    return cast("HttpResponse", StreamingHttpResponse(pieces, content_type=media_type, headers=headers))
