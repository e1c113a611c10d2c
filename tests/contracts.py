"""The vendors' surfaces as data: `tests/<app>/contract/surface.json`, read alike by every test that measures us."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# What stands before the paths that a contract names.
ROOTS = {"actions": "/api/v1"}
METHODS = ("get", "post", "put", "patch", "delete")
# What a schema says beside its parts.
WORDS = ("type", "format", "default", "minimum", "maximum")


@dataclass(frozen=True)
class Operation:
    """One method of one path, as a document describes it."""

    method: str
    path: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a request's path looks like."""
        return re.compile(re.sub(r"\{\w+\}", "[^/]+", self.path) + r"/?\Z")


class Document:
    """An OpenAPI document: its operations, and what its references lead to."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def operations(self) -> Iterator[Operation]:
        """Every operation, in the document's order."""
        for path, methods in self.data["paths"].items():
            yield from (Operation(name, path, methods[name]) for name in METHODS if name in methods)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request calls."""
        fits = [one for one in self.operations() if one.method == method.lower() and one.pattern.match(path)]
        return min(fits, key=lambda one: one.path.count("{"), default=None)

    def resolve(self, part: dict[str, Any]) -> dict[str, Any]:
        """A part with its reference followed, and what `allOf` puts together put together."""
        while "$ref" in part:
            part = self._at(part["$ref"])
        for piece in part.get("allOf", ()):
            part = self.resolve(piece) | {name: value for name, value in part.items() if name != "allOf"}
        return part

    def _at(self, reference: str) -> dict[str, Any]:
        found: Any = self.data
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)

    def facts(self) -> set[str]:
        """Everything the document says of its operations, a line each."""
        return {line for one in self.operations() for line in self._of_operation(one)}

    def _of_operation(self, one: Operation) -> Iterator[str]:
        yield str(one)
        if one.facts.get("deprecated"):
            yield f"{one} deprecated"
        for scope in one.facts.get("x-rbac-scopes", ()):
            yield f"{one} scope {scope}"
        for scheme in {name for each in one.facts.get("security", self.data.get("security", ())) for name in each}:
            yield f"{one} security {scheme}"
        for parameter in one.facts.get("parameters", ()):
            yield from self._of_parameter(f"{one} {parameter['in']} {parameter['name']}", parameter)
        yield from self._of_body(f"{one} body", one.facts.get("requestBody"))
        for status, response in one.facts["responses"].items():
            yield f"{one} {status}"
            # All refusals look alike, so their envelope is described once.
            yield from self._of_body(f"{one} {status if status < '400' else 'refused'}", response)

    def _of_parameter(self, name: str, parameter: dict[str, Any]) -> Iterator[str]:
        yield name
        if parameter.get("required"):
            yield f"{name} required"
        if "style" in parameter:
            yield f"{name} style={parameter['style']} explode={parameter.get('explode')}"
        yield from self._of_schema(name, parameter["schema"])

    def _of_body(self, name: str, body: dict[str, Any] | None) -> Iterator[str]:
        body = self.resolve(body or {})
        if body.get("required"):
            yield f"{name} required"
        for media_type, content in body.get("content", {}).items():
            yield f"{name} {media_type}"
            yield from self._of_schema(name, content["schema"])

    def _of_schema(self, name: str, schema: dict[str, Any]) -> Iterator[str]:
        schema = self.resolve(schema)
        yield from (f"{name} {word}={schema[word]}" for word in WORDS if word in schema)
        # Known words may stand beside others of the caller's own.
        for words in (schema, *schema.get("anyOf", ())):
            yield from (f"{name} enum={value}" for value in words.get("enum", ()))
        yield from (f"{name}.{part} required" for part in schema.get("required", ()))
        for part, inner in schema.get("properties", {}).items():
            yield f"{name}.{part}"
            yield from self._of_schema(f"{name}.{part}", inner)
        if "items" in schema:
            yield from self._of_schema(f"{name}[]", schema["items"])
        if isinstance(schema.get("additionalProperties"), dict):
            yield from self._of_schema(f"{name}.*", schema["additionalProperties"])


def roots(lines: set[str]) -> set[str]:
    """The lines that stand for themselves: where a thing is named, what belongs to it is not."""
    found: set[str] = set()
    for line in sorted(lines, key=len):
        if not any(line.startswith((f"{root} ", f"{root}.", f"{root}[")) for root in found):
            found.add(line)
    return found


def missing(ours: Document, contract: Document) -> list[str]:
    """What a contract has and we have not; what no operation of ours has is said once, with a star."""
    served = {str(one) for one in ours.operations()}
    lines = {line: tuple(line.split(" ", 2)) for line in roots(contract.facts() - ours.facts())}
    everywhere = {
        rest[0] for method, path, *rest in lines.values() if rest and all(f"{one} {rest[0]}" in lines for one in served)
    }
    return sorted({f"* {parts[2]}" if parts[2:] and parts[2] in everywhere else line for line, parts in lines.items()})


@cache
def contract_of(app: str) -> Document | None:
    """The contract of an app; None before it has one."""
    path = HERE / app / "contract" / "surface.json"
    return Document(json.loads(path.read_text())) if path.exists() else None


def known_missing(app: str) -> list[str]:
    """What the contract has and we have not yet; this list only ever gets shorter."""
    lines = (HERE / app / "contract" / "missing.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]
