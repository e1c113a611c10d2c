"""Paging by key over two columns: a page of any depth is one look into an index that begins with them."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, Value


class Beyond(Func):
    """Two columns compared with two values at once, as both databases can look up in an index."""

    output_field = BooleanField()
    arity = 4

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        left, right = (f"({parts[n][0]}, {parts[n + 1][0]})" for n in (0, 2))
        return f"{left} {self.extra['sign']} {right}", [value for _, values in parts for value in values]

    as_postgresql = as_sqlite


def beyond(model: Any, columns: tuple[str, str], values: tuple[Any, Any], sign: str) -> Beyond:
    """Rows whose two columns together are less (`<`) or greater (`>`) than two values."""
    fields = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in columns]
    wanted = [Value(value, output_field=field) for value, field in zip(values, fields, strict=True)]
    return Beyond(*(F(name) for name in columns), *wanted, sign=sign)
