"""Lists: pages by number with a count that is bounded, or by cursor however deep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sketches import count_to, few_first, page
from actions.amounts import LARGEST
from actions.api.documents.asking import Asked, Pages
from actions.api.documents.parameters import WHOLE, Key, Sorts
from actions.api.documents.problems import refuse
from actions.api.documents.writing import Resource, Row, document
from actions.api.rows.common import key_of_uuid
from actions.api.views.base import DocumentViewSet
from actions.models import Action

MOST_COUNTED = 10_000
Order = list[tuple[Key, bool]]
Rows = list[Any]
Resources = list[Resource]
ID = Key("pk")


class Source(ABC):
    """Rows in an order."""

    @abstractmethod
    def page(self, size: int, offset: int) -> list[Any]:
        """Some of them."""

    @abstractmethod
    def count(self, most: int) -> int:
        """How many there are, or the most that are counted."""


class Ordered(Source):
    """Rows of a queryset."""

    def __init__(self, rows: Any, order: Order) -> None:
        self.rows, self.order = rows, order

    def page(self, size: int, offset: int) -> list[Row]:
        return page(self.rows, size, *(key.order(down) for key, down in self.order), offset=offset)

    def count(self, most: int) -> int:
        return count_to(self.rows, most)


def counted(source: Source, offset: int, found: int, size: int) -> tuple[int, bool]:
    """How many rows there are as far as is known, and whether that is all."""
    if 0 < found <= size or not (found or offset):
        return offset + found, True
    count = source.count(MOST_COUNTED + 1)
    if count <= MOST_COUNTED:
        return max(count, offset + found if found else 0), True
    return max(count, offset + found if found else 0), False


class ListViewSet(DocumentViewSet):
    """A list of one type of resource; `filterset_class` names its parameters."""

    filterset_class: ClassVar[type[Asked]] = Pages

    def list(self, request: Request, **kwargs: Any) -> Response:
        """One page."""
        asked = self.asked(self.filterset_class)
        rows = asked.apply(self.kind.rows(self.caller))  # type: ignore[attr-defined]
        return self.paged(self.source(rows, asked), asked)

    def source(self, rows: Any, asked: Asked) -> Source:
        """The rows in the order that was asked for."""
        if asked.values:
            rows = few_first(rows)
        rows, order = in_order(rows, asked, self.caller.workspace_id)
        return Ordered(rows, order)

    def paged(self, source: Source, asked: Asked, **meta: Any) -> Response:
        """A page by number, or by cursor."""
        if asked.cursor and isinstance(source, Ordered):
            return self.by_cursor(source, asked, *asked.cursor)
        size, offset = asked.size, (asked.number - 1) * asked.size
        found = source.page(size + 1, offset)
        count, exact = counted(source, offset, len(found), size)
        pages = -(-count // size)
        pagination: dict[str, Any] = {"page": asked.number, "pages": pages, "count": count, "size": size}
        before = min(asked.number - 1, max(pages, 1))
        links = {
            "first": self.page_link(asked, 1),
            "last": self.page_link(asked, max(pages, 1)),
            "prev": self.page_link(asked, before) if before else None,
            "next": self.page_link(asked, asked.number + 1) if len(found) > size else None,
        }
        if not exact:
            del links["last"]
            pagination["atLeast"] = True
        return self.listed(found[:size], asked, links, {"pagination": pagination, **meta})

    def listed(self, rows: Rows, asked: Asked, links: dict[str, Any], meta: dict[str, Any]) -> Response:
        """The document of a page."""
        voice = self.voice(asked)
        resources = self.resources(rows, voice)
        included = self.compound(asked, resources, voice)
        return Response(document(resources, self.link(), links=links, included=included, meta=meta))

    def resources(self, rows: Rows, voice: Any) -> Resources:
        """Rows as clients get them."""
        return self.kind.written(self.caller, rows, voice)

    def page_link(self, asked: Asked, number: int) -> str:
        """Another page, everything else as it was asked."""
        return self._link(asked, "number", number)

    def _link(self, asked: Asked, word: str, value: Any) -> str:
        params = self.params().copy()
        for name in ("number", "after", "before"):
            params.pop(f"page[{name}]", None)
        params[f"page[{word}]"] = str(value)
        params["page[size]"] = str(asked.size)
        return self.link(params)

    # By cursor

    def by_cursor(self, source: Ordered, asked: Asked, word: str, id: str) -> Response:
        """The rows next to one that was seen; nothing is skipped over, however deep."""
        back, size = word == "before", asked.size
        order = [(key, down != back) for key, down in source.order]
        rows = source.rows.filter(beyond(order, self.seen(source, word, id)))
        found = Ordered(rows, order).page(size + 1, 0)
        more, found = len(found) > size, found[:size]
        if back:
            found.reverse()
        count = source.count(MOST_COUNTED + 1)
        pagination: dict[str, Any] = {"page": 0, "pages": -(-count // size), "count": count, "size": size}
        if count > MOST_COUNTED:
            pagination["atLeast"] = True
        ends = [self.kind.id_of(row) for row in (*found[:1], *found[-1:])]
        links = {
            "first": self.page_link(asked, 1),
            "prev": self._link(asked, "before", ends[0]) if ends and (more or not back) else None,
            "next": self._link(asked, "after", ends[-1]) if ends and (more or back) else None,
        }
        return self.listed(found, asked, links, {"pagination": pagination})

    def seen(self, source: Ordered, word: str, id: str) -> tuple[Any, ...]:
        """What the row of a cursor is sorted by."""
        key = key_of_uuid(id) if source.rows.model is Action else int(id) if WHOLE.match(id) else None
        rows = self.kind.rows(self.caller) if key is not None else None  # type: ignore[attr-defined]
        if rows is None or (isinstance(key, int) and key > LARGEST):
            raise refuse("invalid_page", "This is no id to go on from.", parameter=f"page[{word}]")
        columns = [one.column for one, _ in source.order]
        values = annotated(rows.filter(pk=key), source.order).values_list(*columns).first()
        if values is None:
            raise refuse("invalid_page", "This is no id to go on from.", parameter=f"page[{word}]")
        return tuple(values)


def in_order(rows: Any, asked: Asked, workspace: int) -> tuple[Any, Order]:
    """Rows made ready for an order, and that order with a unique end."""
    keys = next(one for one in asked.filters.values() if isinstance(one, Sorts)).keys
    order: Order = []
    for name, down in asked.sorted_by or tuple((word.lstrip("-"), word.startswith("-")) for word in asked.default_sort):
        order.append((keys.get(name, ID), down))
        if order[-1][0].column == "pk":
            break
    else:
        last, down = order[-1]
        order.append((Key(last.tie) if len(order) == 1 else ID, down))
    if order[0][0].also:
        rows = rows.filter(**{order[0][0].also: workspace})
    return annotated(rows, order), order


def annotated(rows: Any, order: Order) -> Any:
    """Rows with the expressions they are sorted by."""
    more = {key.column: key.expression for key, _ in order if key.expression is not None}
    return rows.annotate(**more) if more else rows


def beyond(order: Order, values: tuple[Any, ...]) -> Q:
    """What comes after some values in an order where nothing is less than anything."""
    found, same = Q(), Q()
    (first, descending), value = order[0], values[0]
    bound = Q()
    if not first.nullable:
        # Said beside what it follows from, as databases begin to read an index there only when they are told.
        bound = Q(**{f"{first.column}__{'lte' if descending else 'gte'}": value})
    for (key, down), value in zip(order, values, strict=True):
        found |= same & further(key.column, down, value)
        same &= Q(**{f"{key.column}__isnull": True}) if value is None else Q(**{key.column: value})
    return bound & found


def further(column: str, down: bool, value: Any) -> Q:
    """What comes after one value."""
    nothing = Q(**{f"{column}__isnull": True})
    if value is None:
        return Q(pk__in=[]) if down else ~nothing
    return Q(**{f"{column}__lt": value}) | nothing if down else Q(**{f"{column}__gt": value})
