"""Hot lists: tuples from the database, one function that writes a row, orjson; paged by key or streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import FilterSet
from accounts.api.views import WorkspaceViewSet
from accounts.ids import parse_ulid
from accounts.sketches import Row, page, sketch

Rows = list[Row]
CHUNK = 1000
SHOWN_TO_PEOPLE = 100


class RowViewSet(WorkspaceViewSet):
    """Rows that one plain function writes; `queryset.rows()` names the columns, the id first as 32 hex digits."""

    queryset: Any = None
    filterset_class: ClassVar[type[FilterSet]] = FilterSet
    write_row: ClassVar[Any]
    # The column of the id that clients see; rows come in its order.
    column: ClassVar[str] = "pk"
    collection: ClassVar[str]
    noun: ClassVar[str]

    def rows(self) -> Any:
        """The rows the caller may see, as a sketch."""
        return sketch(type(self).queryset).visible_to(self.caller)

    def get_object(self) -> Any:
        """The row of the path, if the caller may see it."""
        pk = parse_ulid(self.kwargs["pk"])
        row = self.get_queryset().filter(pk=pk).first() if pk else None
        if row is None:
            raise NotFound(f"There is no such {self.noun}.")
        return row

    def one(self, pk: UUID | None) -> dict[str, Any]:
        """A visible row, wrapped as the vendor wraps it."""
        found = page(self.rows().filter(**{self.column: pk}), 1) if pk else []
        if not found:
            raise NotFound(f"There is no such {self.noun}.")
        return {self.noun: self.written(found)[0]}

    def written(self, rows: Rows) -> list[dict[str, Any]]:
        """Rows as clients get them."""
        return [type(self).write_row(row) for row in rows]

    def filtered(self, request: Request) -> tuple[Any, FilterSet]:
        """The rows a list may show, and what was asked of it."""
        filters = self.filterset_class(request.query_params)
        return filters.apply(self.rows()), filters


class AfterPageMixin(RowViewSet):
    """Pages by the id of the last row seen, oldest first; stable while rows are inserted."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page, and where the next one starts if there may be one."""
        rows, filters = self.filtered(request)
        size, oldest_first = filters.size(), self.oldest_first(filters)
        start = rows
        if "after" in filters.values:
            beyond = "gt" if oldest_first else "lt"
            start = rows.filter(**{f"{self.column}__{beyond}": self._seen(filters.values["after"])})
        found = page(start, size + 1, self.column if oldest_first else f"-{self.column}")
        items = self.written(found[:size])
        meta: dict[str, Any] = {"page_size": size} | self.more_meta(rows)
        if len(found) > size:
            meta["after"] = items[-1]["id"]
        return Response({self.collection: items, "pagination_meta": meta})

    def oldest_first(self, filters: FilterSet) -> bool:
        """In which order."""
        return True

    def more_meta(self, rows: Any) -> dict[str, Any]:
        """What else is said of all the rows."""
        return {}

    def _seen(self, after: UUID | None) -> UUID:
        if after is None or not page(self.rows().filter(**{self.column: after}), 1):
            raise NotFound(f"There is no {self.noun} with the id given in after.")
        return after


class StreamMixin(RowViewSet):
    """Everything at once, in constant memory: keyset chunks, written as they are read."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The whole list; a person in a browser sees its beginning."""
        rows, _ = self.filtered(request)
        if self.wants_page(request):
            found = page(rows, SHOWN_TO_PEOPLE)
            return Response({self.collection: self.written(found)})
        first = page(rows, CHUNK)
        media_type = request.accepted_renderer.media_type
        if len(first) < CHUNK:
            return HttpResponse(b"".join(self._bytes(rows, first)), content_type=media_type)
        body = self._bytes(rows, first) if request.method == "GET" else ()
        return StreamingHttpResponse(body, content_type=media_type)

    def _bytes(self, rows: Any, chunk: Rows) -> Iterator[bytes]:
        yield b'{"%s":[' % self.collection.encode()
        comma = b""
        while chunk:
            yield comma + orjson.dumps(self.written(chunk))[1:-1]
            comma = b","
            if len(chunk) < CHUNK:
                break
            chunk = page(rows.filter(pk__gt=UUID(chunk[-1][0])), CHUNK)
        yield b"]}"
