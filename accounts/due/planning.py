"""Plans made, moved and taken back, in the transaction of whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from accounts.due.registry import job_called
from accounts.models import Due, Workspace

MOST_BYTES = 4096


@transaction.atomic(savepoint=False)
def plan(job: str, workspace: Workspace | int, key: str, at: datetime, **payload: Any) -> None:
    """
    See to it that a job is done for a key at a time of the workspace.

    Another time or payload replaces the first, done or not; the same plan again changes nothing, done or not.
    """
    facts = {"due_at": at, "payload": small(payload)}
    pk = workspace if isinstance(workspace, int) else workspace.pk
    name = job_called(job).name
    Due.objects.bulk_create([Due(workspace_id=pk, job=name, key=key, **facts)], ignore_conflicts=True)
    rows = Due.objects.of(pk).filter(job=name, key=key)
    rows.exclude(**facts).update(**facts, **AS_NEW)


AS_NEW: dict[str, Any] = {
    "state": Due.State.WAITING,
    "attempts": 0,
    "error": "",
    "held_until": None,
    "token": "",
    "ended_at": None,
}


def cancel(job: str, workspace: Workspace | int, key: str) -> bool:
    """Take a plan back; whether it was there and not carried out yet."""
    deleted, _ = Due.objects.of(workspace).waiting().filter(job=job_called(job).name, key=key).delete()
    return bool(deleted)


@transaction.atomic(savepoint=False)
def try_again(row: Due) -> Due:
    """Let what failed or pauses be tried at once, as if for the first time; what somebody holds stays theirs."""
    Due.objects.exclude(state=Due.State.DONE).filter(pk=row.pk, token="").update(**AS_NEW)
    row.refresh_from_db()
    return row


def small(payload: dict[str, Any]) -> dict[str, Any]:
    """A payload as it is kept; rows are named by ids in it, not copied into it."""
    written = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    if len(written) > MOST_BYTES:
        raise ValueError(f"The payload has {len(written)} bytes; a plan carries {MOST_BYTES}.")
    kept: dict[str, Any] = orjson.loads(written)
    return kept
