"""What counts: a fact that holds or is taken back, an entry that was posted; each with the team it counts for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from actions.models import Action, Entry, TeamMembership

Fact = tuple[Action, int]


class Move(NamedTuple):
    """One thing to add to the totals; a fact has no currency, and what is taken back has a negative sign."""

    performer: int
    team: int | None
    type: int | None
    currency: str
    amount: int
    actions: int
    day: date
    at: datetime


class Origin(NamedTuple):
    """The fact an entry comes from, and whose team it was."""

    performer: int | None
    type: int
    taken_at: datetime
    team: int | None


Origins = dict[UUID, Origin]
Stays = dict[int, list[tuple[datetime, datetime | None, int]]]


def moves(workspace: int, facts: Sequence[Fact], entries: Iterable[Entry]) -> list[Move]:
    """What facts and entries move; what nobody did and what is not posted moves nothing."""
    facts = [(fact, sign) for fact, sign in facts if fact.performer_id]
    posted = [entry for entry in entries if entry.status == Entry.Status.POSTED]
    origins = _origins(workspace, facts, posted)
    found = [_of_fact(fact, sign, origins[fact.pk]) for fact, sign in facts]
    return [*found, *_of_entries(workspace, posted, origins)]


def _of_fact(fact: Action, sign: int, origin: Origin) -> Move:
    value = sign * (fact.value or 0)
    return Move(fact.performer_id, origin.team, fact.type_id, "", value, sign, fact.day, fact.taken_at)  # type: ignore[arg-type]


def _of_entries(workspace: int, entries: list[Entry], origins: Origins) -> Iterator[Move]:
    """An entry counts for the team of whoever gets it, at the time of its fact if there is one, and never later."""
    own = [_is_own(entry, origins) for entry in entries]
    others = {entry.performer_id for entry, is_own in zip(entries, own, strict=True) if not is_own}
    stays = stays_of(workspace, others)
    for entry, is_own in zip(entries, own, strict=True):
        origin = origins.get(entry.action_id) if entry.action_id else None
        moment = min(origin.taken_at if origin else entry.effective_at, entry.created_at)
        team = origin.team if origin and is_own else team_at(stays, entry.performer_id, moment)
        kind = origin.type if origin else None
        yield Move(entry.performer_id, team, kind, entry.currency, entry.amount, 0, entry.day, entry.effective_at)


def _is_own(entry: Entry, origins: Origins) -> bool:
    return bool(entry.action_id) and origins[entry.action_id].performer == entry.performer_id


def _origins(workspace: int, facts: Iterable[Fact], entries: Iterable[Entry]) -> Origins:
    """Facts by id; what the caller has in hand is not asked of the database."""
    known = {fact.pk: fact for fact, _ in facts}
    known |= {entry.action.pk: entry.action for entry in entries if _has(entry, "action") and entry.action}
    found = {pk: _origin(fact) for pk, fact in known.items() if _has(fact, "tally")}
    wanted = known.keys() | {entry.action_id for entry in entries if entry.action_id}
    return found | _look_up(workspace, wanted - found.keys())


def _has(row: Action | Entry, name: str) -> bool:
    return name in row._state.fields_cache


def _origin(fact: Action) -> Origin:
    return Origin(fact.performer_id, fact.type_id, fact.taken_at, fact.tally.team_id)


def _look_up(workspace: int, ids: Iterable[UUID]) -> Origins:
    columns = ("pk", "performer", "type", "taken_at", "tally__team")
    found: Origins = {}
    for some in _batches(ids):
        rows = Action.objects.of(workspace).filter(pk__in=some).order_by().values_list(*columns)
        found |= {pk: Origin(*facts) for pk, *facts in rows}
    return found


def _batches(keys: Iterable[object], size: int = 500) -> Iterator[list[object]]:
    """A few hundred at a time, as SQLite takes no more parameters."""
    listed = list(keys)
    return (listed[start : start + size] for start in range(0, len(listed), size))


def stays_of(workspace: int, performers: Iterable[int]) -> Stays:
    """Who was in which team when."""
    stays: Stays = {}
    for some in _batches(performers):
        rows = TeamMembership.objects.of(workspace).filter(performer__in=some).order_by()
        for performer, *stay in rows.values_list("performer", "since", "until", "team"):
            stays.setdefault(performer, []).append(tuple(stay))
    return stays


def team_at(stays: Stays, performer: int, moment: datetime) -> int | None:
    """The team somebody was in at a time."""
    found = (
        team for since, until, team in stays.get(performer, []) if since <= moment and (until is None or moment < until)
    )
    return next(found, None)
