"""What a query asks, understood as a whole or refused with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.http import QueryDict

from accounts.api.filters import Misunderstood
from actions.api.documents.parameters import WHOLE, Cursor, Filter, Include, Page, Parameter, Sorts
from actions.api.documents.problems import Problem, Refused, problem

DEFAULT_SIZE, MOST_SIZE = 25, 100
FARTHEST = 10**15
FAMILY = re.compile(r"(filter|page|fields)\[([^\[\]]*)\]\Z")
FieldsByType = Mapping[str, frozenset[str]]


class Asked:
    """The parameters of one operation; subclasses name them as attributes, in the contract's order."""

    filters: ClassVar[dict[str, Parameter]] = {}
    default_sort: ClassVar[tuple[str, ...]] = ("id",)

    def __init_subclass__(cls) -> None:
        own = {one.name: one for one in vars(cls).values() if isinstance(one, Parameter)}
        cls.filters = {**cls.filters, **own}

    def __init__(self, params: QueryDict, *, zone: ZoneInfo, fields: FieldsByType) -> None:
        self.known_fields, self.zone = fields, zone
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}
        self.fields: dict[str, frozenset[str]] = {}
        self.include: tuple[str, ...] = ()
        self.page: dict[str, str] = {}
        self.sorted_by: tuple[tuple[str, bool], ...] = ()
        for name, texts in params.lists():
            self._take(name, texts)
        self._check_page()
        self.refuse()

    def refuse(self) -> None:
        """Refuse with all that was wrong."""
        if self.problems:
            raise Refused(self.problems)

    def _fault(self, code: str, name: str, why: str) -> None:
        self.problems.append(problem(code, f"{name} {why}.", parameter=name))

    def _take(self, name: str, texts: list[str]) -> None:
        family = FAMILY.match(name)
        known = self.filters.get(name)
        if any("\x00" in text for text in [name, *texts]):
            self._fault("invalid_query_parameter", name.replace("\x00", ""), "holds NUL")
        elif family and family[1] == "fields":
            self._take_fields(name, family[2], ",".join(texts))
        elif isinstance(known, Filter):
            self._take_filter(known, ",".join(texts) if known.several else self._one(name, texts))
        elif isinstance(known, Sorts):
            self._take_sort(known, ",".join(filter(None, texts)))
        elif name == "include" and (known or texts in ([""], [])):
            self._take_include(known, ",".join(filter(None, texts)))
        elif isinstance(known, Page | Cursor):
            self.page[name] = self._one(name, texts)
        else:
            self._fault(self._code(name, family), name, "is not a parameter here")

    def _code(self, name: str, family: Any) -> str:
        if name in ("sort", "include"):
            return f"invalid_{name}"
        named = {"filter": "invalid_filter", "page": "invalid_page"}
        return named[family[1]] if family else "invalid_query_parameter"

    def _one(self, name: str, texts: list[str]) -> str:
        if len(set(texts)) > 1:
            self._fault("invalid_query_parameter", name, "takes one value")
        return texts[-1]

    def _take_filter(self, known: Filter, text: str) -> None:
        try:
            self.values[known.word] = known.read(text, self.zone)
        except Misunderstood as error:
            self._fault("invalid_filter", known.name, str(error))

    def _take_sort(self, known: Sorts, text: str) -> None:
        found: list[tuple[str, bool]] = []
        for word in text.split(",") if text else ():
            name = word.removeprefix("-")
            if name not in known.keys:
                self._fault("invalid_sort", "sort", f"does not know “{name}”")
            elif name not in (before for before, _ in found):
                found.append((name, word.startswith("-")))
        self.sorted_by = tuple(found)

    def _take_include(self, known: Any, text: str) -> None:
        paths = tuple(dict.fromkeys(text.split(","))) if text else ()
        for path in paths:
            if not isinstance(known, Include) or path not in known.paths:
                self._fault("invalid_include", "include", f"does not know “{path}”")
        self.include = paths

    def _take_fields(self, name: str, type_: str, text: str) -> None:
        known = self.known_fields.get(type_)
        wanted = frozenset(filter(None, text.split(",")))
        if known is None:
            self._fault("invalid_fields", name, "names no type")
        elif wanted - known:
            self._fault("invalid_fields", name, f"does not know {', '.join(sorted(wanted - known))}")
        else:
            self.fields[type_] = wanted

    # Pages

    def _check_page(self) -> None:
        for name in ("page[number]", "page[size]"):
            text = self.page.get(name, "1")
            if not WHOLE.match(text) or int(text) < 1:
                self._fault("invalid_page", name, "is a whole number from 1")
        cursors = [name for name in ("page[after]", "page[before]") if name in self.page]
        if len(cursors) > 1 or (cursors and "page[number]" in self.page):
            self._fault("invalid_page", cursors[0], "stands alone, beside page[size]")

    @property
    def number(self) -> int:
        """Which page."""
        return min(int(self.page.get("page[number]", "1")), FARTHEST)

    @property
    def size(self) -> int:
        """How many rows a page has."""
        return min(int(self.page.get("page[size]", DEFAULT_SIZE)), MOST_SIZE)

    @property
    def cursor(self) -> tuple[str, str] | None:
        """`after` or `before`, and the id."""
        for word in ("after", "before"):
            if f"page[{word}]" in self.page:
                return word, self.page[f"page[{word}]"]
        return None

    def apply(self, rows: Any) -> Any:
        """The rows that fit every filter."""
        for known in self.filters.values():
            if isinstance(known, Filter) and known.word in self.values:
                rows = known.narrow(rows, self.values[known.word])
        return rows


class Pages(Asked):
    """Parameters of every list."""

    number_ = Page("number", default=1)
    size_ = Page("size", maximum=MOST_SIZE, default=DEFAULT_SIZE)


class One(Asked):
    """Parameters of what is one resource."""


class Fieldless(Asked):
    """An operation without parameters."""
