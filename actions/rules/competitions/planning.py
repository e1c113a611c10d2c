"""Competitions are said in full before they open; after that only their name changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import transaction

from accounts import due
from accounts.errors import Conflict
from accounts.models import Workspace
from actions.amounts import POINTS, check_amount, check_currency
from actions.models import Competition, Leaderboard, Prize
from actions.rules.boards import changing
from actions.rules.numbers import hold_numbers
from actions.rules.says import keep, refused

OPEN, END, CLOSE = "actions.open_competition", "actions.end_competition", "actions.close_competition"
# What is said of the board, and what of the competition.
BOARD = {"metric", "currency", "types", "teams", "subject"}
OWN = {"starts_at", "ends_at", "grace_days", "tie_policy"}
LATER = {"name"}
LONGEST_GRACE, LAST_RANK = 366, 1000


class PrizeTerms(NamedTuple):
    """What each of the ranks from one to another wins, in millionths."""

    rank_from: int
    rank_to: int
    amount: int
    currency: str = POINTS


@transaction.atomic
def create_competition(
    workspace: Workspace,
    *,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
    prizes: Sequence[PrizeTerms] = (),
    **says: Any,
) -> Competition:
    """A draft, which opens by itself when it starts."""
    hold_numbers(workspace.pk)
    _check_words(says.keys(), BOARD | OWN)
    board = Leaderboard(workspace=workspace, name=name, slug=f"{changing.RESERVED}new", created_at=at, active=False)
    changing.say(board, at=at, **_some(says, BOARD))
    competition = Competition(
        workspace=workspace, name=name, board=board, starts_at=starts_at, ends_at=ends_at, created_at=at
    )
    _say(competition, _some(says, OWN))
    Leaderboard.objects.filter(pk=board.pk).update(slug=f"{changing.RESERVED}{competition.pk}")
    board.slug = f"{changing.RESERVED}{competition.pk}"
    _promise(competition, prizes)
    return competition


@transaction.atomic
def edit_competition(competition: Competition, *, at: datetime, **says: Any) -> Competition:
    """Say it otherwise; once it is open only by another name."""
    competition = locked(competition)
    _check_words(says.keys(), LATER | BOARD | OWN | {"prizes"})
    if competition.status != Competition.Status.DRAFT and says.keys() - LATER:
        raise Conflict("competition_open", "Once a competition is open only its name changes.")
    if of_board := _some(says, BOARD | LATER):
        changing.say(competition.board, at=at, **of_board)
    _say(competition, _some(says, LATER | OWN))
    if "prizes" in says:
        competition.prizes.all().delete()
        _promise(competition, says["prizes"])
    return competition


def locked(competition: Competition) -> Competition:
    """As it is now, while nobody writes to the ledger."""
    hold_numbers(competition.workspace_id)
    found: Competition = Competition.objects.select_related("board", "workspace").get(pk=competition.pk)
    return found


def _say(competition: Competition, says: dict[str, Any]) -> None:
    for name, value in says.items():
        setattr(competition, name, value)
    for name in ("starts_at", "ends_at"):
        if not isinstance(moment := getattr(competition, name), datetime) or moment.tzinfo is None:
            raise refused(name, "A time, with its zone.")
    if not competition.starts_at < competition.ends_at:
        raise refused("ends_at", "A competition ends after it starts.")
    if not isinstance(competition.grace_days, int) or not 0 <= competition.grace_days <= LONGEST_GRACE:
        raise refused("grace_days", f"From no days to {LONGEST_GRACE}.")
    keep(competition, unique="name")
    if competition.status == Competition.Status.DRAFT:
        due.plan(OPEN, competition.workspace_id, str(competition.pk), competition.starts_at)


def _promise(competition: Competition, prizes: Sequence[PrizeTerms]) -> None:
    """The prizes, which of one currency have no rank in common."""
    for terms in prizes:
        check_amount(terms.amount)
        check_currency(terms.currency)
        if terms.amount <= 0:
            raise refused("amount", "A prize is more than nothing.")
        if not 1 <= terms.rank_from <= terms.rank_to <= LAST_RANK:
            raise refused("rank_to", f"Ranks go from the better to the worse, from 1 to {LAST_RANK}.")
    _refuse_overlaps(sorted(prizes, key=lambda terms: (terms.currency, terms.rank_from)))
    facts = {"workspace_id": competition.workspace_id, "competition": competition}
    Prize.objects.bulk_create(Prize(**facts, **terms._asdict()) for terms in prizes)


def _refuse_overlaps(ordered: list[PrizeTerms]) -> None:
    for one, following in pairwise(ordered):
        if one.currency == following.currency and following.rank_from <= one.rank_to:
            raise refused("rank_from", f"Rank {following.rank_from} has two prizes in {one.currency}.")


def _check_words(said: Iterable[str], known: set[str]) -> None:
    if unknown := set(said) - known:
        raise refused(min(unknown), "Competitions have no such thing.")


def _some(says: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in says.items() if name in names}
