"""
Prizes are paid once, by entries of which each says for which rank it is.

What a team wins is shared equally by its members who scored for it, whether they are still in it or not; where nobody
did who may be paid, nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.callers import Actor
from actions.ledger.posting import post
from actions.models import Competition, Payout, Performer, Result
from actions.rules.boards.lines import Line
from actions.rules.boards.reading import standings
from actions.rules.competitions.sharing import Won, shares, won

ALL = 1_000_000


def pay_prizes(competition: Competition, *, actor: Actor, at: datetime) -> None:
    """Pay whoever won, and note which entry paid which line; whoever stands at nothing or below wins nothing."""
    prizes = list(competition.prizes.all())
    results = competition.results.filter(score__gt=0).order_by("place")
    last = max((prize.rank_to for prize in prizes), default=0)
    winners = {result.place: result for result in results.filter(rank__lte=last).select_related("performer", "team")}
    amounts = won(winners.values(), prizes, competition.tie_policy)
    for prize in _divided(competition, winners, amounts, at):
        _pay(competition, prize, actor=actor, at=at)


@dataclass(frozen=True)
class _Part:
    """What one performer gets for one line."""

    result: Result
    performer: Performer
    currency: str
    amount: int


def _divided(competition: Competition, winners: dict[int, Result], amounts: Won, at: datetime) -> Iterator[_Part]:
    for (place, currency), amount in sorted(amounts.items()):
        result = winners[place]
        if result.performer:
            yield _Part(result, result.performer, currency, amount)
            continue
        members = scorers(competition, result, at)
        for performer, share in zip(members, shares(amount, len(members) or 1), strict=False):
            yield _Part(result, performer, currency, share)


def scorers(competition: Competition, result: Result, at: datetime) -> list[Performer]:
    """Whoever scored for a team, the best first."""
    lines: list[Line] = standings(competition.board, now=at, subject="user", team=result.team).source.lines(0, ALL)
    found = Performer.objects.in_bulk([line.subject for line in lines if line.score > 0])
    return [found[line.subject] for line in lines if line.subject in found]


def _pay(competition: Competition, part: _Part, *, actor: Actor, at: datetime) -> None:
    if not part.amount:
        return
    entry = post(
        part.performer,
        part.currency,
        part.amount,
        account=f"issued:competition {competition.pk}",
        actor=actor,
        at=at,
        computed_from={"competition": competition.pk, "rank": part.result.rank, "place": part.result.place},
        reason=f"{competition.name}: rank {part.result.rank}",
        key=f"competition:{competition.pk}:{part.result.place}:{part.performer.pk}:{part.currency}",
    )
    Payout.objects.create(workspace_id=competition.workspace_id, result=part.result, entry=entry)
