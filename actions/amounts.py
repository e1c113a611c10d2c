"""Amounts are integers of millionths, in 63 bits and a sign; floats never come near them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

UNIT = 1_000_000
LARGEST = 2**63 - 1
SIXTH = Decimal("0.000001")
EXACT = Context(prec=28, traps=[Inexact, InvalidOperation])

POINTS = "PTS"
KEYS = "KEYS"
TRAITS = ("knowledge", "creativity", "loyalty", "influence", "participation", "contribution")
EXPERIENCE = tuple(f"XP.{trait}" for trait in TRAITS)
_ISO_4217 = re.compile(r"[A-Z]{3}")


def check_amount(amount: object, name: str = "amount") -> int:
    """The amount, when it is a whole number of millionths that both databases hold exactly."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValidationError({name: ValidationError("An amount is a whole number of millionths.", code="invalid")})
    if not -LARGEST <= amount <= LARGEST:
        raise ValidationError({name: ValidationError("The amount is too large to be kept.", code="too_large")})
    return amount


def check_currency(currency: str) -> str:
    """The currency, when it is one the ledger keeps: points, keys, a trait's experience or ISO 4217."""
    if currency != KEYS and currency not in EXPERIENCE and not _ISO_4217.fullmatch(currency):
        raise ValidationError({"currency": ValidationError(f"“{currency}” is not a currency.", code="invalid")})
    return currency


def check_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a fact, when nothing in them is a float and the amounts are millionths."""
    for name in params.keys() & {"value", "points"}:
        check_amount(params[name], name)
    _refuse_floats(params)
    return dict(params)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValidationError({"params": ValidationError("Floats are not exact; give integers.", code="invalid")})
    children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for child in children:
        _refuse_floats(child)


# Stands before text that would be taken for the digits of a decimal; it has no width.
TEXT = "\u2060"
_DIGITS = re.compile(r"-?(?:0|[1-9]\d*)\.\d+", re.ASCII)


def kept(value: Any) -> Any:
    """JSON as both databases hold it, at any depth: a decimal as its digits, and text that looks like some as text."""
    if isinstance(value, Mapping):
        return {key: kept(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [kept(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{TEXT}{value}" if isinstance(value, str) and (_DIGITS.fullmatch(value) or value[:1] == TEXT) else value


def given(value: Any, number: Callable[[str], Any]) -> Any:
    """What was kept, its decimals written as numbers by a function that takes their digits."""
    if isinstance(value, Mapping):
        return {key: given(one, number) for key, one in value.items()}
    if isinstance(value, list):
        return [given(one, number) for one in value]
    if isinstance(value, str):
        return number(value) if _DIGITS.fullmatch(value) else value.removeprefix(TEXT)
    return value


def millionths(number: Decimal | int) -> int:
    """A number as people write it, in millionths; more than six digits after the point are refused."""
    if isinstance(number, float):
        raise TypeError("Floats are not exact.")
    try:
        return check_amount(int(Decimal(number).quantize(SIXTH, context=EXACT).scaleb(6)))
    except (Inexact, InvalidOperation, ValueError):
        message = "A number of at most thirteen digits before the point and six after it."
        raise ValidationError({"amount": ValidationError(message, code="invalid")}) from None


def decimal(amount: int) -> Decimal:
    """Millionths as people write them, without needless zeros."""
    return Decimal(amount) / UNIT
