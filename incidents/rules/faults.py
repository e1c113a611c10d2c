"""How rules say that something is wrong: by field, all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError

UNCHANGED: Final[Any] = object()


def fault(message: str, code: str = "invalid") -> ValidationError:
    """One thing wrong with one field."""
    return ValidationError(message, code=code)


def given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts somebody gave."""
    return {name: value for name, value in facts.items() if value is not UNCHANGED}


def check(facts: Mapping[str, Any], checks: Mapping[str, Callable[[Any], None]]) -> None:
    """Every fault at once."""
    faults: dict[str, Any] = {}
    for name, value in facts.items():
        try:
            checks.get(name, bool)(value)
        except ValidationError as wrong:
            faults[name] = wrong
    if faults:
        raise ValidationError(faults)
