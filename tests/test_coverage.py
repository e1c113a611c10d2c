"""README says per vendor what is served: the contract's operations against the URL table."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from accounts.api.views import UnknownPath
from tests.contracts import METHODS, ROOTS

TESTS = Path(__file__).resolve().parent
README = TESTS.parent / "README.md"
VENDORS = {"incidents": "incident.io", "actions": "Igni"}


def served(app: str, method: str, path: str) -> bool:
    """Whether the URL table has a view that answers an operation."""
    concrete = path.replace("{", "").replace("}", "")
    try:
        match = resolve(ROOTS.get(app, "") + concrete, urlconf=f"{app}.api.urls")
    except Resolver404:
        return False
    view: Any = match.func
    if issubclass(view.cls, UnknownPath):
        return False
    return method in (getattr(view, "actions", None) or [name for name in METHODS if hasattr(view.cls, name)])


def name_of(path: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Resource and operation; where the vendor does not name the resource, its path does."""
    resource, named, operation = facts["operationId"].partition("#")
    return (resource, operation) if named else (f"`{path.partition('/{')[0]}`", resource)


def does(facts: dict[str, Any]) -> bool:
    """Whether an operation is more than a documented refusal."""
    return any(status.startswith("2") for status in facts["responses"])


def table(app: str) -> str:
    """The rows of a vendor, one for each of its resources."""
    surface = json.loads((TESTS / app / "contract" / "surface.json").read_text())
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for path, operations in surface["paths"].items():
        for method in METHODS:
            if method in operations and does(operations[method]):
                resource, operation = name_of(path, operations[method])
                found[resource].append((operation, served(app, method, path)))
    lines = [f"| {VENDORS[app]} | Served | Not yet |", "|---|---|---|"]
    for resource, operations in sorted(found.items(), key=lambda row: row[0].strip("`")):
        here = ", ".join(name for name, there in operations if there)
        missing = ", ".join(name for name, there in operations if not there)
        lines.append(f"| {resource} | {here} | {missing} |")
    return "\n".join(lines)


@pytest.mark.parametrize("app", VENDORS)
def test_readme_says_what_is_served(app: str) -> None:
    rows = table(app)
    assert rows in README.read_text(), f"README.md should hold this table:\n\n{rows}\n"
