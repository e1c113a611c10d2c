"""The same standings in a few lines of Python, from every fact and every entry, to compare with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from actions.models import Action, Entry, Leaderboard, Performer, Team, TeamMembership
from actions.rules.boards import Line

FAR = datetime.max.replace(tzinfo=UTC)


class Thing(NamedTuple):
    """A fact, which has no currency, or an entry."""

    performer: int
    team: int | None
    type: str | None
    currency: str
    amount: int
    actions: int
    day: date
    at: datetime


def things(workspace: Any) -> list[Thing]:
    """All that counts."""
    return [*facts(workspace), *entries(workspace)]


def facts(workspace: Any) -> Iterator[Thing]:
    for fact in Action.objects.of(workspace).assigned().select_related("type"):
        holds = not fact.is_cancelled
        value = (fact.value or 0) * holds
        team = team_at(fact.performer_id, fact.taken_at)
        yield Thing(fact.performer_id, team, fact.type.slug, "", value, int(holds), fact.day, fact.taken_at)


def entries(workspace: Any) -> Iterator[Thing]:
    for entry in Entry.objects.of(workspace).posted().select_related("action__type"):
        then = entry.action.taken_at if entry.action else entry.effective_at
        team = team_at(entry.performer_id, min(then, entry.created_at))
        kind = entry.action.type.slug if entry.action else None
        yield Thing(entry.performer_id, team, kind, entry.currency, entry.amount, 0, entry.day, entry.effective_at)


def team_at(performer: int | None, moment: datetime) -> int | None:
    stays = TeamMembership.objects.filter(performer=performer)
    held = (s for s in stays if s.since <= moment and (s.until is None or moment < s.until))
    return next((stay.team_id for stay in held), None)


def lines(
    board: Leaderboard,
    inside: Callable[[Thing], bool],
    subject: str,
    *,
    types: Collection[str | None] = (),
    team: int | None = None,
    currency: str | None = None,
    zero: bool = False,
) -> list[Line]:
    """What the board should say."""
    teams = set(board.teams.values_list("team", flat=True))
    counted = [
        thing
        for thing in things(board.workspace)
        if inside(thing)
        and (not teams or thing.team in teams)
        and (not board.types or thing.type in board.types)
        and (not types or thing.type in types)
        and (team is None or thing.team == team)
    ]
    made: list[tuple[int, datetime | None, Any, int]] = []
    could = set(subjects(board, subject))
    for who in could | {thing.performer if subject == "user" else thing.team for thing in counted} - {None}:
        hers = [thing for thing in counted if (thing.performer if subject == "user" else thing.team) == who]
        score, attained = scored(board, hers, currency or board.currency)
        if (score and shown(who, subject)) or (zero and who in could):
            made.append((score, attained if score else None, who, sum(thing.actions for thing in hers)))
    made.sort(key=lambda one: (-one[0], one[1] or FAR, one[2]))
    found = []
    for place, (score, attained, who, actions) in enumerate(made, 1):
        rank = 1 + sum(other[0] > score for other in made)
        dense = 1 + len({other[0] for other in made if other[0] > score})
        found.append(Line(who, place, rank, dense, score, actions, attained))
    return found


def scored(board: Leaderboard, hers: list[Thing], currency: str) -> tuple[int, datetime | None]:
    """A score, and when the last of it was."""
    if board.metric == "points":
        its = [(thing.amount, thing.at) for thing in hers if thing.currency == currency]
    else:
        factor = {"count": "actions", "value": "amount"}[board.metric]
        unit = 1_000_000 if board.metric == "count" else 1
        its = [(getattr(thing, factor) * unit, thing.at) for thing in hers if not thing.currency]
    return sum(amount for amount, _ in its), max((at for _, at in its), default=None)


def shown(who: Any, subject: str) -> bool:
    """Whether somebody may be seen on a board."""
    hidden = Performer.objects.exclude(service=False, banned_at=None, erased_at=None)
    return subject == "team" or not hidden.filter(pk=who).exists()


def subjects(board: Leaderboard, subject: str) -> list[int]:
    """Whoever could stand on it: of a board of some teams these, and who is in them now."""
    its = board.teams.values("team")
    if subject == "team":
        teams = Team.objects.of(board.workspace_id)
        return list((teams.filter(pk__in=its) if its else teams).values_list("pk", flat=True))
    shown = Performer.objects.of(board.workspace_id).filter(service=False, banned_at=None, erased_at=None)
    members = TeamMembership.objects.filter(until=None, team__in=its).values("performer")
    return list((shown.filter(pk__in=members) if its else shown).values_list("pk", flat=True))
