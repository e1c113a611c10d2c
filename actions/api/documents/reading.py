"""Documents that clients send: strict JSON, and a reader that notes every fault with a pointer that exists."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.api.bodies import parse_json
from actions.api.documents.problems import Problem, Refused, problem, refuse

LONGEST_NUMBER = 100
MISSING: Any = object()


class Unreadable(ValueError):
    """Valid JSON that is no document."""


def parse_document(raw: bytes) -> Any:
    """JSON with exact decimals; no member twice, no NaN, no NUL, no bottomless nesting."""
    parse_json(raw)
    try:
        return json.loads(
            raw, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse, object_pairs_hook=_members
        )
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise refuse("invalid_json", f"The body cannot be read: {error}.", pointer="") from error


def _decimal(digits: str) -> Decimal:
    value = Decimal(_short(digits))
    if value.adjusted() > LONGEST_NUMBER or value.as_tuple().exponent < -LONGEST_NUMBER:  # type: ignore[operator]
        raise Unreadable("a number is too long")
    return value


def _integer(digits: str) -> int:
    return int(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise Unreadable("a number is too long")
    return digits


def _refuse(word: str) -> Any:
    raise Unreadable(f"{word} is no number")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("an object has a member twice")
    if any("\x00" in name or (isinstance(value, str) and "\x00" in value) for name, value in pairs):
        raise Unreadable("a text holds NUL")
    if any(isinstance(value, list) and _holds_nul(value) for value in found.values()):
        raise Unreadable("a text holds NUL")
    return found


def _holds_nul(values: list[Any]) -> bool:
    return any("\x00" in one if isinstance(one, str) else isinstance(one, list) and _holds_nul(one) for one in values)


class Reader:
    """A document under examination: members are asked for, faults are noted, and refused all at once."""

    def __init__(self, document: Any, type_: str) -> None:
        self.document, self.type = document, type_
        self.problems: list[Problem] = []
        self.data = self._resource()
        self.attributes = self._object("attributes")
        self.relationships = self._object("relationships")

    def _resource(self) -> dict[str, Any]:
        document = self.document
        if not isinstance(document, dict) or "data" not in document:
            raise refuse("invalid_document", "A document has the member data.", pointer="")
        if not isinstance(document["data"], dict):
            raise refuse("invalid_document", "data is one resource object.", pointer="/data")
        self.data = document["data"]
        self._check_type(self.data.get("type", MISSING))
        return self.data

    def _check_type(self, sent: Any) -> None:
        if sent is MISSING:
            self.fault("required", "type is required.", "data", "type")
        elif not isinstance(sent, str):
            self.fault("invalid_document", "type is a string.", "data", "type")
        elif sent != self.type:
            raise refuse("type_mismatch", f"“{sent}” does not belong here; {self.type} does.", pointer="/data/type")

    def _object(self, name: str) -> dict[str, Any]:
        sent = self.data.get(name, {})
        if isinstance(sent, dict):
            return {key: value for key, value in sent.items() if not key.startswith("@")}
        self.fault("invalid_document", f"{name} is an object.", "data", name)
        return {}

    def point(self, *path: str) -> str:
        """The pointer to a member, or to the nearest one around it that is there."""
        found, pointer = self.document, ""
        for step in path:
            if not isinstance(found, dict) or step not in found:
                break
            found = found[step]
            pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
        return pointer

    def fault(self, code: str, message: str, *path: str) -> None:
        """Note what is wrong."""
        self.problems.append(problem(code, message, pointer=self.point(*path)))

    def invalid(self, message: str, *names: str) -> None:
        """Note what is wrong with an attribute."""
        self.fault("invalid", message, "data", "attributes", *names)

    def refuse(self) -> None:
        """Refuse, if anything was wrong."""
        if self.problems:
            raise Refused(self.problems)

    # Ids

    def chosen_id(self) -> Any:
        """The id a client gave to what it creates; None without one."""
        return self.data.get("id")

    def check_id(self, expected: str, *, required: bool) -> None:
        """Refuse the id of another resource than the address names."""
        sent = self.data.get("id", MISSING)
        if sent is MISSING:
            if required:
                self.fault("required", "id is required.", "data", "id")
        elif not isinstance(sent, str):
            self.fault("invalid_document", "id is a string.", "data", "id")
        elif sent.casefold() != expected.casefold():
            raise refuse("id_mismatch", "The id is not that of the address.", pointer="/data/id")

    # Attributes

    def check_attributes(self, known: set[str], *, immutable: frozenset[str] = frozenset()) -> None:
        """Note attributes that nobody reads, which may be a typing error, and those that cannot change."""
        for name in self.attributes:
            if name in immutable:
                self.fault("immutable_attribute", f"{name} cannot be changed.", "data", "attributes", name)
            elif name not in known and name not in ("id", "links", "meta"):
                self.invalid(f"{name} is no attribute that can be given.", name)

    def check_relationships(self, known: tuple[str, ...], *, immutable: bool = False) -> None:
        """Note relationships that cannot be given."""
        for name in self.relationships:
            if immutable:
                self.fault("immutable_attribute", f"{name} cannot be changed.", "data", "relationships", name)
            elif name not in known:
                self.fault("invalid", f"{name} is no relationship that can be given.", "data", "relationships", name)

    def text(self, name: str, *, required: bool = False, default: str = "") -> str:
        """A text; what is given as null is not given."""
        sent = self.attributes.get(name)
        if sent is None:
            if required:
                self.fault("required", f"{name} is required.", "data", "attributes", name)
        elif not isinstance(sent, str):
            self.invalid(f"{name} is a text.", name)
        else:
            return sent
        return default

    def flag(self, name: str) -> bool | None:
        """True or false in any of the ways it may be written; None when it is not given."""
        sent = self.attributes.get(name)
        if sent is None:
            return None
        value = FLAGS.get((type(sent), sent)) if isinstance(sent, bool | int | str) else None
        if value is None:
            self.invalid(f"{name} is true or false.", name)
        return value


FLAGS = {
    **dict.fromkeys(((bool, True), (int, 1), (str, "1"), (str, "true")), True),
    **dict.fromkeys(((bool, False), (int, 0), (str, "0"), (str, "false")), False),
}
