"""What became known of a competition after it was closed: its result stands, and this is what would have changed it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Q

from actions.models import Action, Competition, Entry
from actions.rules.boards.moves import moves
from actions.rules.boards.scoring import Scorer, board_as_it_counts

MOST, BATCH = 200, 200


class Adjustment(NamedTuple):
    """What would have been added to a score, in millionths, or taken from it; known since a time."""

    known_at: datetime
    performer: int
    team: int | None
    score: int
    fact: Action | None
    entry: Entry | None


def adjustments(competition: Competition, *, most: int = MOST) -> list[Adjustment]:
    """The latest first; none while the result is open."""
    if competition.closed_at is None:
        return []
    board = board_as_it_counts(competition.workspace_id, competition.board_id)
    found = _of_entries(competition, board) if board.metric == "points" else _of_facts(competition, board)
    return list(islice(found, most))


def _of_entries(competition: Competition, board: Scorer) -> Iterator[Adjustment]:
    """Entries written or settled since."""
    since = Q(created_at__gt=competition.closed_at) | Q(settled_at__gt=competition.closed_at)
    run = {"effective_at__gte": competition.starts_at, "effective_at__lt": competition.ends_at}
    rows = Entry.objects.of(competition.workspace_id).posted().filter(since, **run, currency=board.currency)
    for some in _batches(rows.order_by("-id")):
        for entry, move in zip(some, moves(competition.workspace_id, [], some), strict=True):
            if board.counts(move):
                known_at = max(entry.created_at, entry.settled_at or entry.created_at)
                yield Adjustment(known_at, move.performer, move.team, board.score(move) or 0, None, entry)


def _of_facts(competition: Competition, board: Scorer) -> Iterator[Adjustment]:
    """Facts recorded or given to somebody since, and those taken back since that counted before."""
    closed_at = competition.closed_at
    run = {"taken_at__gte": competition.starts_at, "taken_at__lt": competition.ends_at}
    late = Q(created_at__gt=closed_at) | Q(assignment__created_at__gt=closed_at, assignment__isnull=False)
    told, taken_back = late & Q(cancelled_at__isnull=True), ~late & Q(cancelled_at__gt=closed_at)
    rows = Action.objects.of(competition.workspace_id).assigned().filter(told | taken_back, **run)
    for some in _batches(rows.select_related("tally", "assignment").order_by("-seq")):
        signed = [(fact, -1 if fact.is_cancelled else 1) for fact in some]
        for fact, move in zip(some, moves(competition.workspace_id, signed, []), strict=True):
            if board.counts(move):
                given = getattr(fact, "assignment", None)
                known_at = fact.cancelled_at or (given.created_at if given else fact.created_at)
                yield Adjustment(known_at, move.performer, move.team, board.score(move) or 0, fact, None)


def _batches(rows: Any) -> Iterator[list[Any]]:
    """Some at a time, so that whoever wants few reads few."""
    found = iter(rows.iterator(chunk_size=BATCH))
    while some := list(islice(found, BATCH)):
        yield some
