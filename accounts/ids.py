"""The identifiers of the house: ULIDs in UUID columns, and 24-hex object ids."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
RANDOM_BITS = 70
# How many times ago an id may have been made for the same time.
REMEMBERED = 256
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
# Three letters at a time: a list of ids is written with nine look-ups each instead of twenty-six.
_TRIPLES = [a + b + c for a in ALPHABET for b in ALPHABET for c in ALPHABET]
_lock = threading.Lock()
_latest: OrderedDict[int, int] = OrderedDict()


def ulid_floor(at: datetime) -> int:
    """The smallest ULID, as an integer, that can have been made at a time."""
    micros = (at - EPOCH) // MICROSECOND
    millis, rest = divmod(micros, 1000)
    return (millis << 80) | (rest << RANDOM_BITS)


def first_ulid(at: datetime) -> UUID:
    """The smallest ULID of a time."""
    return UUID(int=max(0, ulid_floor(at)))


def last_ulid(at: datetime) -> UUID:
    """The largest ULID of a time; before 1970 there is none, so it is the smallest of all."""
    return UUID(int=max(0, ulid_floor(at) + (1 << RANDOM_BITS) - 1))


def new_ulid(at: datetime) -> UUID:
    """
    A ULID that sorts by `at` to the microsecond, and after those this process made for the same time.

    The microsecond takes the upper ten of the eighty random bits, so sorting by id is sorting by creation.
    """
    floor = ulid_floor(at)
    with _lock:
        before = _latest.pop(floor, None)
        latest = floor | secrets.randbits(RANDOM_BITS - 1) if before is None else before + 1
        _latest[floor] = latest
        while len(_latest) > REMEMBERED:
            _latest.popitem(last=False)
    return UUID(int=latest)


def ulid_text(value: UUID) -> str:
    """The 26 letters of a ULID."""
    return ulid_letters(value.int)


def ulid_letters(n: int) -> str:
    """The 26 letters of a ULID given as a 128 bit integer."""
    high, low = n >> 60, n & 0xFFF_FFFF_FFFF_FFFF
    t = _TRIPLES
    return (
        ALPHABET[high >> 65]
        + ALPHABET[high >> 60 & 31]
        + t[high >> 45 & 32767]
        + t[high >> 30 & 32767]
        + t[high >> 15 & 32767]
        + t[high & 32767]
        + t[low >> 45]
        + t[low >> 30 & 32767]
        + t[low >> 15 & 32767]
        + t[low & 32767]
    )


def parse_ulid(text: object) -> UUID | None:
    """The ULID a client wrote, or None when it is not one as we write it."""
    if not isinstance(text, str) or len(text) != LENGTH or text[0] > "7":
        return None
    number = 0
    for letter in text:
        value = _VALUES.get(letter)
        if value is None:
            return None
        number = number << 5 | value
    return UUID(int=number)


def new_oid() -> str:
    """An object id of 24 hexadecimal digits, all of them random."""
    return secrets.token_hex(12)


if TYPE_CHECKING:
    _UUIDField = models.UUIDField[Any, UUID]
else:
    _UUIDField = models.UUIDField


class ULIDField(_UUIDField):
    """A UUID column that people and clients read and write as a ULID."""

    def to_python(self, value: Any) -> UUID | None:
        return parse_ulid(value) or super().to_python(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else ulid_text(value)
