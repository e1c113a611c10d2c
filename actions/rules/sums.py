"""
Exact sums in SQL on both databases.

SQLite refuses a sum that leaves 63 bits on the way, even if the total fits, so the upper and the lower 32 bits are
summed apart. Right shift rounds down on both, which makes the halves of a negative amount add up again.
"""

from __future__ import annotations

LOW = 0xFFFF_FFFF
ONE_HIGH = LOW + 1


def halves(name: str, amount: str = "amount", *, where: str = "TRUE") -> str:
    """Two columns, `name_high` and `name_low`, of the sum over the rows where a condition holds."""
    high = f"CAST(COALESCE(SUM(CASE WHEN {where} THEN {amount} >> 32 END), 0) AS bigint) AS {name}_high"
    return f"{high}, CAST(COALESCE(SUM(CASE WHEN {where} THEN {amount} & {LOW} END), 0) AS bigint) AS {name}_low"


def differs(name: str, expected: str) -> str:
    """Whether a sum of halves, null for none, is anything but a number."""
    high, low = f"COALESCE({name}_high, 0)", f"COALESCE({name}_low, 0)"
    return f"({high} + ({low} >> 32) <> ({expected}) >> 32 OR {low} & {LOW} <> ({expected}) & {LOW})"


def joined(name: str) -> str:
    """The sum of halves as one number; it must fit."""
    return f"(({name}_high + ({name}_low >> 32)) * {ONE_HIGH} + ({name}_low & {LOW}))"
