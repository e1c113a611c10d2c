"""What the rows of several types share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from accounts.callers import Caller
from accounts.sketches import Row, page, sketch
from actions.amounts import LARGEST
from actions.api.documents.parameters import UUIDS, WHOLE
from actions.api.documents.writing import Resource, identifier

MOST = 500


def visible(caller: Caller, model: Any) -> Any:
    """The rows of a model that a caller may see."""
    return sketch(model._default_manager.all()).visible_to(caller)


def numbered(caller: Caller, model: Any, ids: list[str]) -> list[Row]:
    """Visible rows by ids that count."""
    keys = [int(id) for id in ids if WHOLE.match(id) and int(id) <= LARGEST]
    return read(visible(caller, model), keys)


def read(rows: Any, keys: list[Any]) -> list[Row]:
    """Rows by their keys, however many."""
    found: list[Row] = []
    for start in range(0, len(keys), MOST):
        found += page(rows.filter(pk__in=tuple(keys[start : start + MOST])), MOST)
    return found


def key_of_uuid(text: str) -> UUID | None:
    """The key of a fact, as clients write it."""
    return UUID(text) if UUIDS.match(text) else None


def dashed(digits: str) -> str:
    """A UUID of 32 digits as clients read it."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def to_one(type_: str, id: Any, own: str, name: str) -> Resource:
    """A relationship with its links."""
    return {
        "data": identifier(type_, id),
        "links": {"self": f"{own}/relationships/{name}", "related": f"{own}/{name}"},
    }


def read_json(value: Any) -> Any:
    """A column of JSON; SQLite gives text."""
    return orjson.loads(value) if isinstance(value, str) else value
