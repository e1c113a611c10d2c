"""A CSV file as rows of named cells, a row at a time; what is wrong with it is a sentence that says what to do."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

REQUIRED = ("type", "title")
PEOPLE = tuple(
    f"{who}_{what}" for who in ("performer", "referrer") for what in ("id", "email", "referral_code", "identity")
)
COLUMNS = (*REQUIRED, "taken_at", *PEOPLE, "external_id", "value", "points")
# Any other parameter that an action type declares.
PARAM = "params."
DELIMITERS = (",", ";", "\t")
LONGEST_HEAD = 65_536
# What other encodings begin with.
FOREIGN = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
SAVE_AGAIN = "Save it as CSV in UTF-8, or name its encoding: --encoding windows-1252."


class Faulty(Exception):
    """The file as a whole cannot be read; the sentence says why, and what to do."""


class Options(NamedTuple):
    """How a file is written, as far as that is not seen from it."""

    encoding: str = "utf-8-sig"
    delimiter: str = ""


class Row(NamedTuple):
    """One row, numbered as a spreadsheet shows it: the head is row 1."""

    number: int
    cells: dict[str, str]
    # What is wrong with it before any cell was looked at.
    fault: str = ""


class File:
    """A file on disk; it is read anew for each pass, and never held whole."""

    def __init__(self, path: Path, options: Options | None = None) -> None:
        self.path, self.options = path, options or Options()

    @cached_property
    def digest(self) -> str:
        """What the file is recognised by, whatever it is called."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise Faulty(f"{self.path} cannot be read: {error.strerror}.") from error

    def key(self, row: Row) -> str:
        """The natural key of a row: its own external id, or its place in this very file."""
        return row.cells.get("external_id") or f"{self.digest}:{row.number}"

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty."""
        number = 1
        try:
            with self.path.open(encoding=self.options.encoding, newline="") as file:
                reader = csv.reader(file, delimiter=self.delimiter, strict=True)
                head = checked_head(next(reader, []))
                for number, cells in enumerate(reader, start=2):
                    if any(cell.strip() for cell in cells):
                        yield as_row(number, head, cells)
        except UnicodeDecodeError as error:
            raise Faulty(f"From row {number} on the file is not {error.encoding}. {SAVE_AGAIN}") from error
        except csv.Error as error:
            raise Faulty(
                f"Behind row {number} the quotes of the CSV do not close or a cell is too long: {error}."
            ) from error
        except OSError as error:
            raise Faulty(f"{self.path} cannot be read: {error.strerror}.") from error
        except LookupError as error:
            raise Faulty(f"{self.options.encoding} is no encoding; utf-8, windows-1252 and utf-16 are.") from error

    @cached_property
    def delimiter(self) -> str:
        """The one that was named, or whichever stands most often in the head."""
        if self.options.delimiter:
            return self.options.delimiter
        self.refuse_foreign()
        with self.path.open(encoding=self.options.encoding, errors="replace", newline="") as file:
            head = file.readline(LONGEST_HEAD)
        return max(DELIMITERS, key=head.count)

    def refuse_foreign(self) -> None:
        """What a spreadsheet wrote as Unicode text, or as a workbook, is seen from its first bytes."""
        with self.path.open("rb") as file:
            start = file.read(2)
        if start == b"PK":
            raise Faulty("This is a workbook, not CSV. Open it and save the sheet as CSV in UTF-8.")
        if start in FOREIGN and not self.options.encoding.lower().startswith("utf-16"):
            raise Faulty(f"The file is {FOREIGN[start]}. Save it as CSV in UTF-8, or add --encoding utf-16.")


def checked_head(cells: list[str]) -> list[str]:
    """The names of the columns, when each is known and none is missing."""
    head = [cell.strip().lower() if not cell.strip().startswith(PARAM) else cell.strip() for cell in cells]
    if not any(head):
        raise Faulty(f"The file has no head. Its first row names the columns: {', '.join(COLUMNS)}.")
    faults = [*missing(head), *(unknown(name) for name in head if not is_known(name)), *twice(head)]
    if faults:
        raise Faulty(" ".join(faults))
    return head


def is_known(name: str) -> bool:
    """Whether a column means something."""
    return name in COLUMNS or (name.startswith(PARAM) and name != PARAM)


def missing(head: list[str]) -> Iterator[str]:
    """What has to be there and is not."""
    for name in REQUIRED:
        if name not in head:
            yield f"There is no column {name}, and every action has one."


def unknown(name: str) -> str:
    """A column nobody knows; most are slips of the pen."""
    near = get_close_matches(name, COLUMNS, 1)
    hint = (
        f"Did you mean {near[0]}?"
        if near
        else f"Known are {', '.join(COLUMNS)}, and {PARAM}… for what a type declares."
    )
    return f"There is a column “{name}”, which means nothing here. {hint}"


def twice(head: list[str]) -> Iterator[str]:
    """Columns that stand there more than once."""
    names = [name.removeprefix(PARAM) if name in (f"{PARAM}value", f"{PARAM}points") else name for name in head]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"The column {name} is there twice."


def as_row(number: int, head: list[str], cells: list[str]) -> Row:
    """Cells by the name of their column; a row of another length is not guessed at."""
    if len(cells) != len(head):
        fault = f"It has {len(cells)} cells where the head has {len(head)}. Is there a comma that wants quotes?"
        return Row(number, {}, fault)
    return Row(number, {name: cell.strip() for name, cell in zip(head, cells, strict=True)})
