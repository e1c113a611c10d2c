"""One thing that fell due: taken under a lease, done in one transaction with the mark that it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from accounts.due.outcomes import Outcome
from accounts.due.planning import AS_NEW
from accounts.due.registry import jobs
from accounts.models import Due

logger = logging.getLogger("acta.due")

# Longer than any job may take; who works longer loses nothing, as the row is locked while its work is under way.
LEASE = timedelta(minutes=1)
# How long a thing rests after each failure; after the last it is given up.
PAUSES = [timedelta(seconds=10), *(timedelta(minutes=wait) for wait in (1, 5, 30, 120, 360, 720))]
MOST_ATTEMPTS = len(PAUSES) + 1
LONGEST_ERROR = 2000
KILLED = "The worker ended in the middle, each time."

Then = Callable[[Outcome], None]


def take(row: Due, *, now: datetime) -> bool:
    """Lease a row that the caller has locked; False where too many workers died over it, and it is given up."""
    if row.attempts >= MOST_ATTEMPTS:
        give_up(row, row.error or KILLED, now=now)
        return False
    row.attempts += 1
    row.token, row.held_until = uuid4().hex, now + LEASE
    row.save(update_fields=["attempts", "token", "held_until"])
    return True


def run(row: Due, *, at: datetime, now: datetime, then: Then = lambda outcome: None) -> Outcome | None:
    """
    Do what was taken, as of a time of its workspace; None if it was cancelled, moved or taken over meanwhile.

    `then` is told within the transaction that keeps the outcome.
    """
    done = Outcome(row.workspace.slug, row.job, row.key, row.due_at)
    try:
        with transaction.atomic():
            if not mark_done(row, at=at, now=now):
                return None
            # The row may name a job of a version that is not here any more.
            jobs[row.job].work(row.workspace, row.key, at=at, **row.payload)
            then(done)
    except Exception as error:
        logger.exception("Failed: %s of %s, due %s.", row, row.workspace.slug, row.due_at.isoformat())
        return fail(row, error, now=now, then=then)
    return done


def mark_done(row: Due, *, at: datetime, now: datetime) -> bool:
    """Before the work, so that its row is locked and it may plan itself again; False where the lease is lost."""
    held = Due.objects.of(row.workspace_id).waiting().filter(pk=row.pk, token=row.token)
    return bool(held.update(**back_again(row, at=at) or {**AS_NEW, "state": Due.State.DONE, "ended_at": now}))


def back_again(row: Due, *, at: datetime) -> dict[str, object]:
    """What to write of a job that comes back by itself; nothing of others."""
    job = jobs.get(row.job)
    due_at = job.next_after(row.due_at, at) if job else None
    return {**AS_NEW, "due_at": due_at} if due_at else {}


@transaction.atomic
def fail(row: Due, error: Exception, *, now: datetime, then: Then) -> Outcome | None:
    """Keep the error and let the row rest, or give it up; nothing if somebody else has it by now."""
    held = Due.objects.of(row.workspace_id).waiting().select_for_update().filter(pk=row.pk, token=row.token).first()
    if held is None:
        return None
    said = f"{type(error).__name__}: {error}".replace("\x00", "")[:LONGEST_ERROR]
    outcome = Outcome(row.workspace.slug, row.job, row.key, row.due_at, said)
    if held.attempts >= MOST_ATTEMPTS:
        give_up(held, said, now=now)
    else:
        held.token, held.error, held.held_until = "", said, now + PAUSES[held.attempts - 1]
        held.save(update_fields=["token", "error", "held_until"])
    then(outcome)
    return outcome


def give_up(row: Due, error: str, *, now: datetime) -> None:
    """Never try again; what comes back by itself is next tried when it does."""
    again = back_again(row, at=row.due_at)
    facts = {**AS_NEW, "state": Due.State.FAILED, "attempts": row.attempts, "ended_at": now} | again
    Due.objects.of(row.workspace_id).filter(pk=row.pk).update(**facts | {"error": error})
