"""A competition's life: it opens when it starts, takes late news for some days after it ends, and is closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts import due
from accounts.callers import Actor
from accounts.errors import Conflict
from actions.models import Competition
from actions.rules.boards.recounting import finish, recount
from actions.rules.competitions.paying import pay_prizes
from actions.rules.competitions.planning import CLOSE, END, OPEN, locked
from actions.rules.competitions.results import freeze

Status = Competition.Status


@transaction.atomic
def open_competition(competition: Competition, *, at: datetime) -> Competition:
    """Let it begin: at its time, or now if somebody opens it before; what happened since its start counts."""
    competition = alone(OPEN, competition)
    if competition.status in (Status.OPEN, Status.CLOSING):
        return competition
    if competition.status == Status.CLOSED:
        raise Conflict("competition_closed", "A closed competition does not open again.")
    competition.status, competition.starts_at = Status.OPEN, min(competition.starts_at, at)
    competition.save(update_fields=["status", "starts_at"])
    due.plan(END, competition.workspace_id, str(competition.pk), competition.ends_at)
    _count_from_the_start(competition, at)
    return competition


@transaction.atomic
def end_competition(competition: Competition, *, at: datetime) -> Competition:
    """Let nothing more happen in it: at its time, or now if somebody ends it before; late news still counts."""
    competition = alone(END, competition)
    if competition.status in (Status.CLOSING, Status.CLOSED):
        return competition
    if competition.status == Status.DRAFT:
        raise Conflict("competition_not_open", "What has not begun cannot end.")
    early = at < competition.ends_at
    if at <= competition.starts_at:
        raise Conflict("competition_not_open", "It has only just begun.")
    competition.status, competition.ends_at = Status.CLOSING, min(competition.ends_at, at)
    competition.save(update_fields=["status", "ends_at"])
    due.plan(CLOSE, competition.workspace_id, str(competition.pk), end_of_grace(competition))
    if early:
        _count_from_the_start(competition, at)
    return competition


@transaction.atomic
def close_competition(competition: Competition, *, actor: Actor, at: datetime) -> Competition:
    """Freeze the result and pay the prizes; that happens once, and by hand before the days of grace are over."""
    competition = alone(CLOSE, competition)
    if competition.status == Status.CLOSED:
        return competition
    if competition.status != Status.CLOSING:
        raise Conflict("competition_not_ended", "It ends before it is closed.")
    finish(competition.board)
    competition.status, competition.closed_at = Status.CLOSED, at
    competition.save(update_fields=["status", "closed_at"])
    competition.board.active = False
    competition.board.save(update_fields=["active"])
    freeze(competition)
    pay_prizes(competition, actor=actor, at=at)
    return competition


def alone(job: str, competition: Competition) -> Competition:
    """As it is now, while nobody writes to the ledger; what was planned of it is not needed any more."""
    # Before the ledger is locked, as the job itself has its row first and the ledger then.
    due.cancel(job, competition.workspace_id, str(competition.pk))
    return locked(competition)


def end_of_grace(competition: Competition) -> datetime:
    """Some days later at the same hour, where the workspace is; never before it ends."""
    there = competition.ends_at.astimezone(competition.workspace.zone)
    return max((there + timedelta(days=competition.grace_days)).astimezone(UTC), competition.ends_at)


def _count_from_the_start(competition: Competition, at: datetime) -> None:
    competition.board.active = True
    competition.board.save(update_fields=["active"])
    recount(competition.board, at=at)
