"""Who wins what: prizes by rank, shared among those who tie as the competition says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from actions.models import Competition, Prize, Result

Policy = Competition.TiePolicy
# Millionths by place and currency.
Won = Counter[tuple[int, str]]


def won(results: Iterable[Result], prizes: Sequence[Prize], policy: str) -> Won:
    """What each place wins, in the order of places."""
    found: Won = Counter()
    for _, group in groupby(results, key=lambda result: result.rank):
        tied = list(group)
        for prize in prizes:
            for place, amount in zip((one.place for one in tied), _amounts(tied, prize, policy), strict=True):
                if amount:
                    found[place, prize.currency] += amount
    return found


def _amounts(tied: list[Result], prize: Prize, policy: str) -> list[int]:
    """What a prize is for each of those who tie."""
    if policy == Policy.FIRST:
        return [prize.amount * _covers(prize, one.place) for one in tied]
    if policy == Policy.DUPLICATE:
        return [prize.amount * _covers(prize, tied[0].rank)] * len(tied)
    first, last = tied[0].rank, tied[0].rank + len(tied) - 1
    ranks = max(min(last, prize.rank_to) - max(first, prize.rank_from) + 1, 0)
    return list(shares(prize.amount * ranks, len(tied)))


def _covers(prize: Prize, rank: int) -> bool:
    return prize.rank_from <= rank <= prize.rank_to


def shares(total: int, number: int) -> Iterator[int]:
    """Equal shares in whole millionths, half to even, what remains to the last; none gets less than nothing."""
    share, rest = divmod(total, number)
    share += 2 * rest > number or (2 * rest == number and share % 2)
    for _ in range(number - 1):
        yield min(share, total)
        total -= min(share, total)
    yield total
