"""The first look at a file: every row is understood or its faults are told, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor
from accounts.models import Workspace
from actions.models import Action
from actions.rules.faults import is_kept
from actions.rules.importing.meaning import Meant, Reader
from actions.rules.importing.reading import File
from actions.verbs import IMPORTED

# Rows looked at together; fewer than a statement may have parameters.
CHUNK = 500
# All faults are counted, and as many are told as anybody reads.
MOST_TOLD = 1000
Progress = Callable[[int], None]
T = TypeVar("T")


def silent(rows: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass
class Checked:
    """What a file holds."""

    rows: int = 0
    known: int = 0
    waiting: int = 0
    faulty: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def new(self) -> int:
        """Rows that would be recorded."""
        return self.rows - self.known - self.faulty

    def refuse(self, row: int, fault: ValidationError) -> None:
        """Note what is wrong with a row."""
        self.faulty += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(f"Row {row}: {told(fault)}")


def told(fault: ValidationError) -> str:
    """All that is wrong with a row."""
    named = fault.message_dict.items() if hasattr(fault, "error_dict") else [("row", fault.messages)]
    return " ".join(
        " ".join(messages) if name == "row" else f"{name}: {' '.join(messages)}" for name, messages in named
    )


def chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """So many at a time."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def recorded_keys(workspace: Workspace, keys: Iterable[str]) -> dict[str, Any]:
    """Which of some natural keys were imported before, each with when that was taken back."""
    rows = Action.objects.of(workspace).filter(source=IMPORTED.source, source_id__in=[*filter(is_kept, keys)])
    return dict(rows.values_list("source_id", "cancelled_at"))


def check_file(workspace: Workspace, file: File, *, actor: Actor, at: datetime, progress: Progress = silent) -> Checked:
    """Look at every row; whom a row means is found out as if it were recorded, and that is rolled back."""
    checked, reader = Checked(), Reader(workspace, file, actor, at)
    seen: dict[bytes, int] = {}
    for chunk in chunks(file.rows()):
        with transaction.atomic():
            known = recorded_keys(workspace, [file.key(row) for row in chunk if not row.fault])
            for row in chunk:
                checked.rows += 1
                try:
                    meant = reader.read(row)
                    refuse_repeat(meant, seen)
                except ValidationError as fault:
                    checked.refuse(row.number, fault)
                else:
                    checked.known += meant.key in known
                    checked.waiting += meant.key not in known and meant.performer is None
            transaction.set_rollback(True)
        progress(checked.rows)
    return checked


def refuse_repeat(meant: Meant, seen: dict[bytes, int]) -> None:
    """An external id stands in one row; only a digest of each is remembered."""
    if not meant.row.cells.get("external_id"):
        return
    digest = blake2b(meant.key.encode(), digest_size=12).digest()
    first = seen.setdefault(digest, meant.row.number)
    if first != meant.row.number:
        raise ValidationError({"external_id": f"It stands in row {first} too, and an action is told once."})
