"""What people say of a noun, checked before it is kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models


def refused(name: str, message: str, code: str = "invalid") -> ValidationError:
    """One thing wrong with one field."""
    return ValidationError({name: ValidationError(message, code=code)})


def keep(row: Any, *, unique: str) -> Any:
    """Write a row, unless something about it is wrong; `unique` is what no other of the workspace has."""
    for field in row._meta.concrete_fields:
        # PostgreSQL takes no NUL, so that is wrong everywhere.
        if isinstance(field, models.CharField) and "\x00" in str(getattr(row, field.attname)):
            raise refused(field.name, "There is a character in it that cannot be kept.")
    try:
        row.full_clean()
    except ValidationError as error:
        raise _named(error, unique) from None
    row.save()
    return row


def _named(error: ValidationError, unique: str) -> ValidationError:
    """The same faults, with that of a whole row said of the field that people know it by."""
    faults = dict(error.error_dict)
    of_all = faults.pop(NON_FIELD_ERRORS, [])
    if any(fault.code in ("unique", "unique_together") for fault in of_all):
        faults.setdefault(unique, [ValidationError("There is another of this name already.", code="unique")])
    elif of_all:
        faults[NON_FIELD_ERRORS] = of_all
    return ValidationError(faults)
