"""A file that was looked at is recorded in one transaction, and taken back in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.callers import Actor
from accounts.models import Workspace
from actions.models import Action
from actions.rules.deeds import cancel_action, record_action
from actions.rules.faults import is_kept
from actions.rules.importing.checking import Progress, chunks, recorded_keys, silent
from actions.rules.importing.meaning import Meant, Reader
from actions.rules.importing.reading import File
from actions.rules.numbers import hold_numbers
from actions.verbs import IMPORTED


@dataclass
class Recorded:
    """What came of a file."""

    recorded: int = 0
    waiting: int = 0
    known: int = 0
    # Known, and taken back since: the ledger tells a key once, for ever.
    cancelled: int = 0


@dataclass
class Undone:
    """What came of taking a file back."""

    cancelled: int = 0
    before: int = 0
    missing: int = 0


@transaction.atomic
def record_file(
    workspace: Workspace, file: File, *, actor: Actor, at: datetime, progress: Progress = silent
) -> Recorded:
    """Record every row that was not recorded before; a fault, or a crash, leaves nothing behind."""
    done, reader, rows = Recorded(), Reader(workspace, file, actor, at), 0
    # Nobody else records meanwhile, so what is looked up is final.
    hold_numbers(workspace.pk)
    for chunk in chunks(file.rows()):
        known = recorded_keys(workspace, [file.key(row) for row in chunk])
        for row in chunk:
            key, rows = file.key(row), rows + 1
            if key in known:
                done.known += 1
                done.cancelled += known[key] is not None
            else:
                meant = reader.read(row)
                record_row(workspace, file, meant, actor, at)
                done.recorded += 1
                done.waiting += meant.performer is None
        progress(rows)
    return done


def record_row(workspace: Workspace, file: File, meant: Meant, actor: Actor, at: datetime) -> Action:
    """One row; where it came from is noted beside it, so that the file can be taken back."""
    meta: dict[str, Any] = {"import": file.digest, "row": meant.row.number}
    return record_action(
        workspace,
        meant.type,
        title=meant.title,
        actor=actor,
        at=at,
        performer=meant.performer,
        referrer=meant.referrer,
        taken_at=meant.taken_at,
        params=meant.params,
        source=IMPORTED.source,
        external_id=meant.key,
        meta=meta | meant.said,
    )


@transaction.atomic
def undo_file(workspace: Workspace, file: File, *, actor: Actor, at: datetime, progress: Progress = silent) -> Undone:
    """Take back what this very file recorded; rows that another file told first stay."""
    undone, rows = Undone(), 0
    hold_numbers(workspace.pk)
    for chunk in chunks(file.rows()):
        found = recorded_by(workspace, file, [file.key(row) for row in chunk])
        for action in found:
            undone.before += action.is_cancelled
            undone.cancelled += not action.is_cancelled
            cancel_action(action, actor=actor, at=at, reason=f"import {file.digest[:12]} undone")
        undone.missing += len(chunk) - len(found)
        rows += len(chunk)
        progress(rows)
    return undone


def recorded_by(workspace: Workspace, file: File, keys: list[str]) -> list[Action]:
    """The facts of some keys that came from this file."""
    rows = Action.objects.of(workspace).filter(source=IMPORTED.source, source_id__in=[*filter(is_kept, keys)])
    rows = rows.select_related("detail")
    own = f"{file.digest}:"
    return [row for row in rows.order_by("seq") if row.source_id.startswith(own) or came_from(row, file)]


def came_from(row: Action, file: File) -> bool:
    """Whether the note beside a fact names the file."""
    return bool(row.detail.meta.get("import") == file.digest)
