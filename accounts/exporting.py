"""Records as bytes: CSV that no spreadsheet runs, or one JSON object a line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import orjson

Chunks = Iterable[list[dict[str, Any]]]
# A spreadsheet takes a cell that begins so for a formula, the broad forms too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(columns: tuple[str, ...], chunks: Chunks) -> Iterator[bytes]:
    """CSV with a head, in UTF-8 and marked as such, since spreadsheets believe nothing else."""
    yield b"\xef\xbb\xbf" + row(columns)
    for chunk in chunks:
        yield b"".join(row(cell(value) for value in record.values()) for record in chunk)


def row(cells: Iterable[object]) -> bytes:
    """One row."""
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def cell(value: object) -> object:
    """A value as a cell; text that would be a formula begins with an apostrophe, and is text."""
    if isinstance(value, dict):
        return orjson.dumps(value, default=exact).decode() if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_lines(columns: tuple[str, ...], chunks: Chunks) -> Iterator[bytes]:
    """JSON objects, one a line."""
    for chunk in chunks:
        yield b"".join(orjson.dumps(record, default=exact, option=orjson.OPT_APPEND_NEWLINE) for record in chunk)


def exact(value: object) -> object:
    """A decimal as a number with all its digits."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{value!r} is not JSON.")


FORMATS: dict[str, tuple[str, Callable[[tuple[str, ...], Chunks], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "ndjson": ("application/x-ndjson", as_lines),
}
