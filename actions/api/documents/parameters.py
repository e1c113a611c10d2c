"""Query parameters of JSON:API: filters, sorts, pages, includes and fields, one attribute each."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import F

from accounts.api.filters import Misunderstood, read_time
from actions.amounts import LARGEST, millionths

LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[ +](\d\d:\d\d:\d\d)\Z", re.ASCII)
UUIDS = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)
WHOLE = re.compile(r"\d{1,4000}\Z", re.ASCII)
AMOUNT = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?\Z", re.ASCII)
MOST_VALUES = 100
STRING: Mapping[str, Any] = {"type": "string"}
FLAGS = {"0": False, "1": True, "true": True, "false": False}


class Parameter:
    """Anything that may stand in a query."""

    operators: ClassVar[tuple[str, ...]] = ("",)
    schema: Mapping[str, Any] = STRING
    name = ""
    # Whether a person finds it in the form of the browsable API.
    in_forms: ClassVar[bool] = True
    # Lists of words are written with commas.
    exploded: bool | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name


class Filter(Parameter, ABC):
    """`filter[name]`: how a value is read, and the lookup or the method that narrows."""

    several = True

    def __init__(self, lookup: str = "", *, by: Callable[[Any, Any], Any] | None = None, word: str = "") -> None:
        self.lookup, self.by, self.word = lookup, by, word

    def __set_name__(self, owner: type, name: str) -> None:
        self.word = self.word or name
        self.name, self.lookup = f"filter[{self.word}]", self.lookup or name

    @abstractmethod
    def value(self, text: str, zone: ZoneInfo) -> Any:
        """One value as the domain has it."""

    def read(self, text: str, zone: ZoneInfo) -> Any:
        """All values: any of them will do."""
        texts = text.split(",") if self.several else [text]
        if len(texts) > MOST_VALUES or not all(texts):
            raise Misunderstood(f"takes one to {MOST_VALUES} values")
        values = tuple(dict.fromkeys(self.value(one, zone) for one in texts))
        return values if self.several else values[0]

    def narrow(self, rows: Any, value: Any) -> Any:
        """The rows that fit."""
        if self.by:
            return self.by(rows, value)
        if not isinstance(value, tuple):
            return rows.filter(**{self.lookup: value})
        one = len(value) == 1
        return rows.filter(**{self.lookup if one else f"{self.lookup}__in": value[0] if one else value})


class Words(Filter):
    """Texts that are compared as they are."""

    def value(self, text: str, zone: ZoneInfo) -> str:
        return text


class Text(Words):
    """One text, commas and all."""

    several = False


class Folded(Words):
    """Words whose case does not matter, kept in one case."""

    def __init__(self, lookup: str = "", *, fold: Callable[[str], str], **facts: Any) -> None:
        super().__init__(lookup, **facts)
        self.fold = fold

    def value(self, text: str, zone: ZoneInfo) -> str:
        return self.fold(text)


class OneOf(Words):
    """Words of a closed set."""

    def __init__(self, words: list[str], lookup: str = "", *, listed: bool = False, **facts: Any) -> None:
        super().__init__(lookup, **facts)
        self.words = words
        if listed:
            self.schema = {"type": "string", "enum": words}

    def value(self, text: str, zone: ZoneInfo) -> str:
        if text not in self.words:
            raise Misunderstood(f"is one of {', '.join(self.words)}")
        return text


class Numbers(Filter):
    """Ids that count."""

    def value(self, text: str, zone: ZoneInfo) -> int:
        if not WHOLE.match(text):
            raise Misunderstood("is a whole number")
        # Nothing has a number beyond the largest.
        return min(int(text), LARGEST)


class Uuids(Filter):
    """Ids of facts."""

    def value(self, text: str, zone: ZoneInfo) -> UUID:
        if not UUIDS.match(text):
            raise Misunderstood("is a UUID")
        return UUID(text)


class Flag(Filter):
    """Yes or no."""

    several = False
    schema = {"type": "string", "enum": ["0", "1", "true", "false"]}

    def value(self, text: str, zone: ZoneInfo) -> bool:
        if text not in FLAGS:
            raise Misunderstood("is 0, 1, true or false")
        return FLAGS[text]


class Time(Filter):
    """A moment, written where the workspace is or with an offset."""

    several = False

    def value(self, text: str, zone: ZoneInfo) -> datetime:
        return moment(text, zone)


class Amount(Filter):
    """A number of at most six digits after the point."""

    several = False

    def value(self, text: str, zone: ZoneInfo) -> int:
        if not AMOUNT.match(text):
            raise Misunderstood("is a number")
        try:
            return millionths(Decimal(text))
        except ValidationError as error:
            raise Misunderstood("has at most thirteen digits before the point and six after it") from error


class Amounts(Amount):
    """Any of some amounts."""

    several = True


def moment(text: str, zone: ZoneInfo) -> datetime:
    """`2026-03-02 14:05:00` where the workspace is, or RFC 3339."""
    local = LOCAL.match(text)
    if local is None and len(text) <= 10:
        raise Misunderstood("is a time like 2026-03-02 14:05:00 or 2026-03-02T14:05:00Z")
    try:
        if local:
            return datetime.fromisoformat(f"{local[1]}T{local[2]}").replace(tzinfo=zone).astimezone(UTC)
        return read_time(text)[0]
    except (ValueError, OverflowError) as error:
        raise Misunderstood("is a time like 2026-03-02 14:05:00 or 2026-03-02T14:05:00Z") from error


class Page(Parameter):
    """`page[number]` or `page[size]`."""

    def __init__(self, word: str, **schema: Any) -> None:
        self.name = f"page[{word}]"
        self.schema = {"type": "integer", "minimum": 1, **schema}


class Cursor(Parameter):
    """`page[after]` or `page[before]`: the id of a row seen before."""

    in_forms = False

    def __init__(self, word: str) -> None:
        self.name = f"page[{word}]"


class Key:
    """What can be sorted by: a column or an expression by the name of one; nothing is less than anything."""

    def __init__(
        self, column: str, expression: Any = None, *, nullable: bool = False, also: str = "", tie: str = "pk"
    ) -> None:
        self.column, self.expression, self.nullable = column, expression, nullable
        # The other table's workspace and key, where its index is in this order.
        self.also, self.tie = also, tie

    def order(self, descending: bool) -> Any:
        """For `order_by`."""
        if not self.nullable:
            return f"-{self.column}" if descending else self.column
        return F(self.column).desc(nulls_last=True) if descending else F(self.column).asc(nulls_first=True)


class Sorts(Parameter):
    """`sort`: words by which rows are ordered."""

    name, exploded = "sort", False

    def __init__(self, **keys: Key) -> None:
        self.keys = keys
        words = [word for name in keys for word in (name, f"-{name}")]
        self.schema = {"type": "array", "items": {"type": "string", "enum": words}}


class Include(Parameter):
    """`include`: paths of relationships."""

    name, exploded = "include", False

    def __init__(self, *paths: str) -> None:
        self.paths = paths
        self.schema = {"type": "array", "items": {"type": "string", "enum": list(paths)}}


class Fields(Parameter):
    """`fields[type]`."""

    in_forms = False

    def __init__(self, type_: str) -> None:
        self.name = f"fields[{type_}]"
