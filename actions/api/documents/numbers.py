"""Amounts as JSON numbers, exact to the millionth; floats never come near them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import orjson

from actions.amounts import UNIT

DECIMAL = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?\Z", re.ASCII)


def number(amount: int) -> Any:
    """Millionths as a number without needless zeros."""
    whole, rest = divmod(abs(amount), UNIT)
    if not rest:
        return whole if amount >= 0 else -whole
    return orjson.Fragment(f"{'-' if amount < 0 else ''}{whole}.{rest:06d}".rstrip("0"))


def read_decimal(value: Any) -> Decimal | None:
    """A JSON number or a decimal string; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and DECIMAL.match(value) else None
