"""Exact shares, rounded where they are paid."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from actions.amounts import UNIT

HUNDRED = 100 * UNIT


def share(amount: int, percent: int) -> Fraction:
    """So many millionths of a percent of an amount, exactly."""
    return Fraction(amount * percent, HUNDRED)


def step(places: int) -> int:
    """The least amount that is paid with so many digits after the point."""
    return int(10 ** (6 - places))


def rounded(exact: Fraction, places: int) -> int:
    """To so many digits after the point, half to even."""
    return round(exact / step(places)) * step(places)


def cut(amount: int, places: int) -> int:
    """What is left of an amount without the digits that are not paid."""
    return amount - amount % step(places)


def split(shares: Sequence[Fraction], places: int) -> list[int]:
    """Each share rounded, and the last one so that all together are the rounded whole; none is below nothing."""
    parts = [rounded(one, places) for one in shares]
    rest = rounded(sum(shares, Fraction()), places) - sum(parts)
    for index in reversed(range(len(parts))):
        taken = max(rest, -parts[index])
        parts[index] += taken
        rest -= taken
    return parts
