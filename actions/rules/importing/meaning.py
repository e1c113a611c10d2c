"""What a row means: an action type, a time, people and amounts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Workspace
from actions.amounts import LARGEST, millionths
from actions.models import ActionType, Performer
from actions.rules.asking import AMOUNTS, Asked, check_asked
from actions.rules.faults import Faults
from actions.rules.importing.reading import PARAM, File, Row
from actions.rules.people import resolve
from actions.verbs import IMPORTED

# Files repeat few people; more than these are looked up again.
REMEMBERED = 10_000
Who = tuple[int | None, str | None, str | None, tuple[tuple[str, str], ...]]
NOBODY: Who = (None, None, None, ())


class Meant(NamedTuple):
    """A row, understood."""

    row: Row
    key: str
    type: ActionType
    title: str
    taken_at: datetime | None
    performer: Performer | None
    referrer: Performer | None
    params: dict[str, Any]
    # What the file said of a performer nobody knows, for whoever assigns the action.
    said: dict[str, str]


class Reader:
    """Understands the rows of a file in one workspace."""

    def __init__(self, workspace: Workspace, file: File, actor: Any, at: datetime) -> None:
        self.workspace, self.file, self.actor, self.at = workspace, file, actor, at
        self.types = {row.slug: row for row in ActionType.objects.of(workspace)}
        self.find: Callable[[Who], Performer | None] = lru_cache(REMEMBERED)(self._find)

    def read(self, row: Row) -> Meant:
        """What a row means; everything that is wrong with it is raised together."""
        if row.fault:
            raise ValidationError({"row": ValidationError(row.fault, code="invalid")})
        faults, cells = Faults(), row.cells
        type = self.types.get(cells["type"])
        taken_at, params = self.taken_at(cells, faults), amounts(cells, faults)
        performer, referrer = (self.person(cells, who, faults) for who in ("performer", "referrer"))
        if type is None:
            raise self.without_type(cells["type"], faults)
        known = said(cells) if performer is None else {}
        meant = Meant(row, self.file.key(row), type, cells["title"], taken_at, performer, referrer, params, known)
        self.ask(meant, faults)
        return meant

    def ask(self, meant: Meant, faults: Faults) -> None:
        """Whether the ledger would take it."""
        taken_at, source = meant.taken_at or self.at, IMPORTED.source
        people = (meant.performer, meant.referrer)
        with faults.of():
            check_asked(
                Asked(
                    self.workspace, meant.type, meant.title, self.at, *people, taken_at, meant.params, source, meant.key
                ),
                self.actor,
            )
        faults.refuse()

    def without_type(self, slug: str, faults: Faults) -> ValidationError:
        """The types there are, beside what else is wrong."""
        there = f"There is no action type “{slug}”; there are {', '.join(list(self.types)[:20])}."
        faults.add("type", there if slug else "This is required.")
        return ValidationError(dict[str, Any](faults.by_name))

    def taken_at(self, cells: dict[str, str], faults: Faults) -> datetime | None:
        """When it happened: RFC 3339, or as the workspace's own calendar and clock have it."""
        text = cells.get("taken_at", "")
        if not text:
            return None
        at: datetime | None = None
        with suppress(ValueError):
            at = parse_datetime(text)
            if at is None and (day := parse_date(text)) is not None:
                at = datetime.combine(day, time())
        if at is None:
            faults.add("taken_at", f"“{text}” is no time. Write 2026-03-01T09:30:00Z or 2026-03-01 09:30:00.")
            return None
        return at if at.tzinfo else at.replace(tzinfo=self.workspace.zone)

    def person(self, cells: dict[str, str], who: str, faults: Faults) -> Performer | None:
        """Somebody by id, address, code or another system's name; a referrer has to be known."""
        number, identity = cells.get(f"{who}_id", ""), cells.get(f"{who}_identity", "")
        if number and not is_key(number):
            faults.add(f"{who}_id", f"“{number}” is no number of a performer.")
            return None
        if identity and ":" not in identity:
            faults.add(f"{who}_identity", f"“{identity}” does not say whose name it is; write source:name.")
            return None
        source, _, value = identity.partition(":")
        code, email = cells.get(f"{who}_referral_code"), cells.get(f"{who}_email")
        wanted: Who = (
            int(number) if number else None,
            email or None,
            code or None,
            ((source, value),) if identity else (),
        )
        found = self.find(wanted) if wanted != NOBODY else None
        if who == "referrer" and wanted != NOBODY and found is None:
            faults.add("referrer", "There is no such performer.", "invalid_value")
        return found

    def _find(self, who: Who) -> Performer | None:
        pk, email, code, identities = who
        return resolve(self.workspace, id=pk, email=email, referral_code=code, identities=identities)


def is_key(text: str) -> bool:
    """Whether a text is a number that a row may have."""
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST


def said(cells: dict[str, str]) -> dict[str, str]:
    """What a row says of its performer."""
    return {name: cell for name, cell in cells.items() if name.startswith("performer_") and cell}


def amounts(cells: dict[str, str], faults: Faults) -> dict[str, Any]:
    """The parameters; `value` and `points` in millionths."""
    found: dict[str, Any] = {}
    for column, text in cells.items():
        name = column.removeprefix(PARAM)
        if not text or (name not in AMOUNTS and not column.startswith(PARAM)):
            continue
        found[name] = amount(column, text, faults) if name in AMOUNTS else text
    return {name: value for name, value in found.items() if value is not None}


def amount(column: str, text: str, faults: Faults) -> int | None:
    """A number as people write it, without thousands."""
    try:
        return millionths(Decimal(text))
    except (InvalidOperation, ValidationError):
        faults.add(column, f"“{text}” is no number; write 1234.5, with at most six digits after the point.")
        return None
