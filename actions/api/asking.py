"""What clients send in documents, read for the rules: people, amounts, times, parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from accounts.api.filters import Misunderstood
from accounts.models import Workspace
from actions.amounts import LARGEST, millionths
from actions.api.documents.numbers import read_decimal
from actions.api.documents.parameters import WHOLE, moment
from actions.api.documents.problems import STATUSES
from actions.api.documents.reading import Reader
from actions.models import Performer
from actions.rules.people import find_performer

PARTY = {"email": "email", "id": "id", "referralCode": "referral_code"}
# What the rules call it when it is missing.
NOT_GIVEN = ("required", "blank", "null")


class Asking(Reader):
    """A document about the ledger of one workspace."""

    def __init__(self, document: Any, type_: str, workspace: Workspace) -> None:
        super().__init__(document, type_)
        self.workspace = workspace

    # Amounts and times

    def amount(self, name: str) -> int | None:
        """A number or a decimal string, in millionths."""
        sent = self.attributes.get(name)
        if sent is None:
            self.fault("required", f"{name} is required.", "data", "attributes", name)
            return None
        return self._millionths(sent, name)

    def _millionths(self, sent: Any, *names: str) -> int | None:
        value = read_decimal(sent)
        if value is None:
            self.invalid(f"{names[-1]} is a number.", *names)
            return None
        try:
            return millionths(value)
        except ValidationError as error:
            self.invalid(" ".join(error.messages), *names)
            return None

    def time(self, name: str) -> datetime | None:
        """A moment, where the workspace is or with an offset."""
        sent = self.attributes.get(name)
        if sent is None:
            return None
        try:
            if isinstance(sent, str):
                return moment(sent, self.workspace.zone)
            self.invalid(f"{name} is a time, as text.", name)
        except Misunderstood as error:
            self.invalid(f"{name} {error}.", name)
        return None

    def parameters(self, name: str = "params") -> dict[str, Any]:
        """What an action declares, amounts in millionths and everything else exact."""
        sent = self.attributes.get(name)
        if sent is None:
            return {}
        if not isinstance(sent, dict):
            self.invalid(f"{name} is an object.", name)
            return {}
        found: dict[str, Any] = {}
        for key, value in sent.items():
            if key in ("value", "points"):
                amount = self._millionths(value, name, key)
                found |= {} if amount is None else {key: amount}
            elif fits(value):
                found[key] = whole(value)
            else:
                self.invalid(f"{key} holds a number that cannot be kept exactly.", name, key)
        return found

    # Actions types are called by two names, and so are kinds of transactions

    def either(self, name: str, other: str) -> str:
        """A text by one of two names; where both are given they say the same."""
        one, two = self.text(name), self.text(other)
        if one and two and one != two:
            self.invalid(f"{name} and {other} say different things.", other)
        if all(self.attributes.get(key) in (None, "") for key in (name, other)):
            self.fault("required", f"{name} is required.", "data", "attributes", name)
        return one or two

    # People

    def person(self, name: str, *, required: bool = False, related: bool = True) -> Performer | None:
        """Somebody, named in the attributes or by a relationship, never by both."""
        sent, linked = self.attributes.get(name), self.relationships.get(name) if related else None
        if sent is not None and linked is not None:
            self.invalid(f"{name} is given as an attribute and as a relationship.", name)
            return None
        if sent is not None:
            return self._by_attribute(sent, name)
        found = self._by_relationship(linked, name) if linked is not None else None
        nobody = linked is None or (isinstance(linked, dict) and linked.get("data", 0) is None)
        if required and nobody:
            where = ("relationships", name) if linked is not None else ("attributes", name)
            self.fault("required", f"{name} is required.", "data", *where)
        return found

    def _by_attribute(self, sent: Any, name: str) -> Performer | None:
        if not isinstance(sent, dict) or len(sent) != 1 or not sent.keys() <= PARTY.keys():
            self.invalid(f"{name} is named by one of {', '.join(PARTY)}.", name)
            return None
        [(key, value)] = sent.items()
        if key == "id" and isinstance(value, str) and WHOLE.match(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int if key == "id" else str):
            self.invalid(f"{key} names nobody.", name, key)
            return None
        return self._find({PARTY[key]: value}, ("data", "attributes", name, key))

    def _by_relationship(self, linked: Any, name: str) -> Performer | None:
        where = ("data", "relationships", name)
        if not isinstance(linked, dict) or "data" not in linked:
            self.fault("invalid", f"{name} has the member data.", *where)
            return None
        data = linked["data"]
        if data is None:
            return None
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            self.fault("invalid", f"{name} is one resource identifier with an id.", *where, "data", "id")
        elif data.get("type") != "user":
            self.fault("invalid", f"{name} is a user.", *where, "data", "type")
        else:
            id = int(data["id"]) if WHOLE.match(data["id"]) else -1
            return self._find({"id": id}, (*where, "data", "id"))
        return None

    def _find(self, known: dict[str, Any], where: tuple[str, ...]) -> Performer | None:
        try:
            if not -LARGEST <= known.get("id", 0) <= LARGEST:
                raise Performer.DoesNotExist
            return find_performer(self.workspace, **known)
        except Performer.DoesNotExist:
            self.fault("related_not_found", "There is no such user.", *where)
            return None

    # What rules find wrong

    def add(self, error: ValidationError, places: Mapping[str, tuple[str, ...]]) -> None:
        """Note a rule's faults where the client wrote what they are about; what was noted there before is enough."""
        before = {one.source.get("pointer") for one in self.problems}
        for name, faults in error.error_dict.items():
            where = places.get(name) or ("attributes", *name.split("."))
            for fault in faults:
                code = fault.code or ""
                code = "required" if code in NOT_GIVEN else code if code in STATUSES else "invalid"
                pointer = self.point("data", *where)
                if pointer not in before or code in STATUSES:
                    self.fault(code, " ".join(fault.messages), "data", *where)

    def check(self, rule: Callable[[], Any], places: Mapping[str, tuple[str, ...]]) -> None:
        """Ask a rule what it finds wrong, and refuse with everything."""
        try:
            rule()
        except ValidationError as error:
            self.add(error, places)
        self.refuse()


def fits(value: Any) -> bool:
    """Whether numbers are short enough to be kept as they are, at any depth."""
    if isinstance(value, dict):
        return all(map(fits, value.values()))
    if isinstance(value, list):
        return all(map(fits, value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return True
    if isinstance(value, int):
        return -LARGEST <= value <= LARGEST
    return len(value.as_tuple().digits) <= 40 and -30 <= value.adjusted() <= 18


def whole(value: Any) -> Any:
    """Decimals without a fraction as whole numbers."""
    if isinstance(value, dict):
        return {key: whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [whole(one) for one in value]
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
