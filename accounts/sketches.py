"""
Querysets for hot lists: they remember their filters, and run each shape of them as SQL compiled once.

Building and compiling a query costs Django twice what the database needs to answer a page. The methods a queryset
already has stay the only place that knows what a filter means: they are called on a sketch of that queryset, which
notes each lookup and its value; the same lookups again are the same SQL with other parameters. Whatever is more than
a lookup with one value is no sketch any more but the queryset it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

Row = tuple[Any, ...]
Noted = tuple[tuple[str, Any], ...]
# A value of these is a parameter; of any other simple type it is written into the SQL.
PARAMETERS = (int, str, UUID)
COMPARISONS = {"", "exact", "gt", "gte", "lt", "lte", "in", "isnull"}
MOST_SHAPES = 1024
MOST_VALUES = 800


class Sketch(QuerySet[Any, Any]):
    """The part of a queryset that remembers instead of building."""

    noted: Noted
    empty: bool
    # What Django's own methods look at before they chain.
    _result_cache = None
    _for_write = False
    _db = None
    _fields = None
    _hints: ClassVar[dict[str, Any]] = {}

    @property
    def query(self) -> Any:  # type: ignore[override]
        """The query of the queryset this stands for."""
        return self.drawn().query

    def filter(self, *args: Any, **lookups: Any) -> Any:
        """Note lookups with one value each; anything else needs the queryset itself."""
        if args or not all(is_plain(name) and is_simple(value) for name, value in lookups.items()):
            return self.drawn().filter(*args, **lookups)
        return noting(self, (*self.noted, *lookups.items()), self.empty)

    def none(self) -> Any:
        """Nothing at all."""
        return noting(self, self.noted, True)

    def _chain(self) -> Any:
        # Every other method of a queryset begins here.
        return self.drawn()

    def drawn(self) -> Any:
        """The queryset this stands for."""
        rows = replay(self.model, self.noted)
        return rows.none() if self.empty else rows

    def page(self, size: int, *order: Any, offset: int = 0) -> list[Row]:
        """Some rows in an order, as `rows()` writes them."""
        return [] if self.empty else run(self.model, self.noted, size, order or ("pk",), offset)

    def count_to(self, most: int) -> int:
        """How many rows there are, counted no further than so many."""
        return 0 if self.empty else count(self.model, self.noted, most)

    def keys(self, most: int) -> list[Any]:
        """The keys of some rows, whichever are found first."""
        return [] if self.empty else keys(self.model, self.noted, most)


def count_to(rows: Any, most: int) -> int:
    """How many rows there are, counted no further than so many, of a sketch or of any queryset."""
    if isinstance(rows, Sketch):
        return rows.count_to(most)
    return int(rows.order_by()[:most].count())


def few_first(rows: Any, few: int = 256) -> Any:
    """
    The same rows, by their keys if there are few.

    A database that is told an order often walks an index in it, past millions of rows that do not fit, where those
    that do would be found at once. It costs a short question of a list whose filters leave many.
    """
    found = rows.keys(few + 1) if isinstance(rows, Sketch) else keys_of(rows, few + 1)
    if len(found) > few:
        return rows
    return rows.filter(pk__in=padded(found)) if found else rows.none()


def keys_of(rows: Any, most: int) -> list[Any]:
    """The keys of some rows of a queryset, whichever are found first."""
    return list(rows.order_by().values_list("pk", flat=True)[:most])


def padded(keys: list[Any]) -> tuple[Any, ...]:
    """The same keys, the last repeated up to a power of two: lists of all lengths then share a few statements."""
    return tuple(keys + keys[-1:] * ((1 << (len(keys) - 1).bit_length()) - len(keys)))


def page(rows: Any, size: int, *order: Any, offset: int = 0) -> list[Row]:
    """Some rows in an order, of a sketch or of any queryset."""
    if isinstance(rows, Sketch):
        return rows.page(size, *order, offset=offset)
    return list(rows.order_by(*(order or ("pk",))).rows()[offset : offset + size])


def is_plain(lookup: str) -> bool:
    """Whether a lookup compares a column of the model's own."""
    _, _, comparison = lookup.partition("__")
    return comparison in COMPARISONS


def is_simple(value: Any) -> bool:
    """Whether a value can be noted: one parameter, or a word of the SQL."""
    if isinstance(value, tuple):
        return 0 < len(value) <= MOST_VALUES and all(isinstance(one, PARAMETERS) for one in value)
    return value is None or isinstance(value, PARAMETERS) or hasattr(value, "tzinfo")


@lru_cache
def sketch_class(queryset: type[QuerySet[Any]]) -> type[Sketch]:
    """A queryset class that sketches, with all methods of the one it is made from."""
    return type(f"Sketch{queryset.__name__}", (Sketch, queryset), {})


def noting(like: QuerySet[Any], noted: Noted, empty: bool) -> Sketch:
    """A sketch of the same model, without what Django prepares for a queryset."""
    cls = type(like) if isinstance(like, Sketch) else sketch_class(type(like))
    sketch = cls.__new__(cls)
    sketch.model, sketch.noted, sketch.empty = like.model, noted, empty
    return sketch


def sketch(rows: QuerySet[Any]) -> Any:
    """Begin a sketch of every row of a model."""
    return noting(rows, (), False)


def run(model: Any, noted: Noted, size: int, order: tuple[Any, ...], offset: int) -> list[Row]:
    """Run the SQL of a shape, or build the queryset where a shape cannot be kept."""
    sql = statement(model, noted, order)
    if sql is None:
        return page(replay(model, noted), size, *order, offset=offset)
    skipped = f" OFFSET {int(offset)}" if offset else ""
    return fetched(f"{sql} LIMIT {int(size)}{skipped}", parameters(model, noted))


def count(model: Any, noted: Noted, most: int) -> int:
    """Count the rows of a shape, or of the queryset where a shape cannot be kept."""
    sql = statement(model, noted, ())
    if sql is None:
        return count_to(replay(model, noted), most)
    few = f"SELECT COUNT(*) FROM ({sql} LIMIT {int(most)}) few"  # noqa: S608 - Django's own SQL and a number
    [row] = fetched(few, parameters(model, noted))
    return int(row[0])


def keys(model: Any, noted: Noted, most: int) -> list[Any]:
    """Keys of rows of a shape, or of the queryset where a shape cannot be kept."""
    sql = statement(model, noted, ())
    if sql is None:
        return keys_of(replay(model, noted), most)
    read = column(model, "pk").to_python
    return [read(key) for (key,) in fetched(f"{sql} LIMIT {int(most)}", parameters(model, noted))]


def fetched(sql: str, values: list[Any]) -> list[Row]:
    """All rows of a statement."""
    with hot_cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
    return rows


def statement(model: Any, noted: Noted, order: tuple[Any, ...]) -> str | None:
    """The SQL of a shape in an order; without one only of its ids."""
    words = tuple((lookup, word(value)) for lookup, value in noted)
    return compiled(model, words, order, connection.vendor, Values(noted))


@contextmanager
def hot_cursor() -> Iterator[Any]:
    """A cursor that lets PostgreSQL keep its plans, unless somebody is counting Django's own."""
    if connection.vendor != "postgresql" or connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            yield cursor
        return
    from psycopg import Cursor

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        yield cursor


def is_word(value: Any) -> bool:
    """Whether a value is part of the SQL rather than a parameter of it."""
    return value is None or isinstance(value, bool)


def word(value: Any) -> Any:
    """What of a value is part of the SQL: itself, how many there are, or nothing."""
    if isinstance(value, tuple):
        return len(value), ...
    return value if is_word(value) else ...


class Values:
    """The values a shape is compiled with first; equal to any other, so that they are no part of its name."""

    def __init__(self, noted: Noted) -> None:
        self.noted = noted

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=MOST_SHAPES)
def compiled(model: Any, words: Noted, order: tuple[Any, ...], vendor: str, values: Values) -> str | None:
    """The SQL of a shape; None if its parameters are not just the noted values in their order."""
    rows = replay(model, values.noted)
    asked = rows.order_by(*order).rows() if order else rows.order_by().values_list("pk")
    sql, found = asked.query.sql_with_params()
    return sql if list(found) == parameters(model, values.noted) else None


def replay(model: Any, noted: Noted) -> Any:
    """The queryset of what was noted."""
    rows = model._default_manager.all()
    for lookup, value in noted:
        rows = rows.filter(**{lookup: value})
    return rows


def parameters(model: Any, noted: Noted) -> list[Any]:
    """The values as the database takes them."""
    found = []
    for lookup, value in noted:
        if not is_word(value):
            kept = column(model, lookup)
            values = value if isinstance(value, tuple) else (value,)
            found += [kept.get_db_prep_value(one, connection) for one in values]
    return found


@lru_cache
def column(model: Any, lookup: str) -> Any:
    """The field a lookup compares."""
    name = lookup.partition("__")[0]
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return field.target_field if field.is_relation else field
