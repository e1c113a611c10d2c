"""Amounts as JSON numbers, exact to the millionth; floats never come near them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import orjson

from actions.amounts import UNIT

DECIMAL = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?\Z", re.ASCII)
# What is kept as its digits since it is no whole number.
FRACTION = re.compile(r"-?(?:0|[1-9]\d*)\.\d+\Z", re.ASCII)


def number(amount: int) -> Any:
    """Millionths as a number without needless zeros."""
    whole, rest = divmod(abs(amount), UNIT)
    if not rest:
        return whole if amount >= 0 else -whole
    return orjson.Fragment(f"{'-' if amount < 0 else ''}{whole}.{rest:06d}".rstrip("0"))


def as_sent(value: Any) -> Any:
    """A parameter as JSON: fractions, kept as digits, are numbers again."""
    if isinstance(value, str):
        return orjson.Fragment(value) if FRACTION.match(value) else value
    if isinstance(value, dict):
        return {name: as_sent(one) for name, one in value.items()}
    return [as_sent(one) for one in value] if isinstance(value, list) else value


def read_decimal(value: Any) -> Decimal | None:
    """A JSON number or a decimal string; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and DECIMAL.match(value) else None
