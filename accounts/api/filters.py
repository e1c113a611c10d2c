"""
Query parameters as vendors write them: plain or with an operator in brackets, one attribute each.

A parameter names a queryset method; what it cannot understand is a fault, never a filter that is left out.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.api.refusals import Fault, QueryFault
from accounts.clock import MICROSECOND, Period
from accounts.ids import parse_ulid

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])*)\Z")
RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt](\d\d:\d\d:\d\d(?:\.\d+)?)([Zz]|[+ -]\d\d:[0-5]\d))?\Z", re.ASCII)


class Misunderstood(ValueError):
    """A value that a parameter does not take; the message says what it takes."""


class Filter(ABC):
    """One parameter: the operators it has, how a value is read, and the queryset method it calls."""

    operators: ClassVar[tuple[str, ...]] = ("",)
    # Whether a person finds it in the form of the browsable API.
    in_forms: ClassVar[bool] = True
    schema: Mapping[str, Any] = {"type": "string"}

    def __init__(self, method: str = "", *, absent: str = "", help_text: str = "") -> None:
        self.method, self.absent, self.help_text = method, absent, help_text

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.method = self.method or name

    def takes(self, operator: str) -> bool:
        """Whether it has an operator."""
        return operator in self.operators

    @abstractmethod
    def read(self, operator: str, values: list[str]) -> Any:
        """A value of the domain from what the client wrote."""

    def apply(self, queryset: Any, value: Any) -> Any:
        """Narrow."""
        return getattr(queryset, self.method)(value)

    def one(self, values: list[str]) -> str:
        """The only value of a parameter that takes one."""
        if len(set(values)) > 1:
            raise Misunderstood("takes one value, not several")
        return values[0]


class UlidFilter(Filter):
    """The id of a row; an id that names nothing finds nothing."""

    def read(self, operator: str, values: list[str]) -> Any:
        return parse_ulid(self.one(values))

    def apply(self, queryset: Any, value: Any) -> Any:
        return queryset.none() if value is None else super().apply(queryset, value)


class UlidParameter(UlidFilter):
    """The id of a row that is used otherwise than to narrow."""

    def apply(self, queryset: Any, value: Any) -> Any:
        return queryset


class SizeParameter(Filter):
    """How many rows of a page are asked for."""

    def __init__(self, most: int, default: int = 25) -> None:
        super().__init__()
        self.most, self.default = most, default
        self.schema = {"type": "integer", "format": "int64", "minimum": 1, "maximum": most, "default": default}

    def read(self, operator: str, values: list[str]) -> int:
        value = self.one(values)
        if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= self.most):
            raise Misunderstood(f"must be a whole number from 1 to {self.most}")
        return int(value)

    def apply(self, queryset: Any, value: Any) -> Any:
        return queryset


class ChoiceFilter(Filter):
    """One of a closed set of words."""

    def __init__(self, choices: list[str], method: str = "", **facts: Any) -> None:
        super().__init__(method, **facts)
        self.choices = choices
        self.schema = {"type": "string", "enum": choices}

    def read(self, operator: str, values: list[str]) -> str:
        value = self.one(values)
        if value not in self.choices:
            raise Misunderstood(f"must be one of {', '.join(self.choices)}")
        return value


def read_time(text: str) -> tuple[datetime, bool]:
    """A date or an RFC 3339 time, in UTC, and whether it was a bare date."""
    match = RFC3339.match(text)
    if match is None:
        raise Misunderstood("must be a date like 2024-12-02 or a time like 2024-12-02T10:00:00Z")
    date, time, zone = match.groups()
    if time is not None:
        whole, _, fraction = time.partition(".")
        # An unescaped plus sign arrives as a space.
        time = f"{whole}.{fraction[:6]:0<6}" + zone.replace(" ", "+").upper()
    try:
        at = datetime.fromisoformat(f"{date}T{time or '00:00:00Z'}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Misunderstood("is no date of the calendar") from error
    return at, time is None


class TimeFilter(Filter):
    """`[gte]`, `[lte]` and `[date_range]=from~to`, all inclusive; several narrow together."""

    operators = ("gte", "lte", "date_range")
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    }

    def read(self, operator: str, values: list[str]) -> Period:
        value = self.one(values)
        if operator == "gte":
            return Period(since=read_time(value)[0])
        if operator == "lte":
            return Period(until=read_time(value)[0])
        since, tilde, until = value.partition("~")
        if not tilde:
            raise Misunderstood("must be two dates with a tilde between, like 2024-12-02~2024-12-08")
        return Period(read_time(since)[0], self._end(until))

    def _end(self, text: str) -> datetime:
        at, bare = read_time(text)
        # The right date of a range covers its whole day, and the calendar ends with one.
        return at + (timedelta(days=1) - MICROSECOND) if bare else at


def both(before: Any, value: Any) -> Any:
    """What two operators of one parameter say together."""
    match before:
        case Period():
            return before & value
        case dict():
            return before | value
    return value


class FilterSet:
    """The parameters of one list; subclasses name them as attributes, in the vendor's order."""

    filters: ClassVar[dict[str, Filter]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Filter)}
        cls.filters = {**cls.filters, **own}

    def __init__(self, params: QueryDict) -> None:
        self.faults: list[Fault] = []
        self.values: dict[str, Any] = {}
        for key, values in params.lists():
            self._take(key, [value for value in values if value != ""])

    def _take(self, key: str, values: list[str]) -> None:
        match = KEY.match(key)
        name, brackets = match.groups() if match else ("", "")
        operator = brackets[1:-1]
        chosen = self.filters.get(name)
        if chosen is None and "[" not in key:
            return  # Clients send page_size to lists that have no pages.
        if chosen is None or not chosen.takes(operator):
            self._refuse(key, "is not a filter of this list")
        elif values:
            self._read(chosen, key, operator, values)

    def _read(self, chosen: Filter, key: str, operator: str, values: list[str]) -> None:
        try:
            value = chosen.read(operator, values)
        except Misunderstood as error:
            self._refuse(key, str(error))
        else:
            before = self.values.get(chosen.name)
            self.values[chosen.name] = both(before, value)

    def _refuse(self, key: str, why: str) -> None:
        self.faults.append(Fault("invalid", f"{key} {why}.", (key,), query=True))

    def refuse(self) -> None:
        """Refuse with all that was wrong."""
        if self.faults:
            raise QueryFault(self.faults)

    def size(self) -> int:
        """How many rows this list's page holds."""
        size: Any = self.filters["page_size"]
        return int(self.values.get("page_size", size.default))

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow a queryset by every parameter, or refuse with all that was wrong."""
        self.refuse()
        for name, chosen in self.filters.items():
            if name in self.values:
                queryset = chosen.apply(queryset, self.values[name])
            elif chosen.absent:
                queryset = getattr(queryset, chosen.absent)()
        return queryset
