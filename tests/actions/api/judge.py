"""What JSON:API 1.1 says of a document, and the contract of its members, asked of every answer a test sees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

from tests.contracts import Document, contract_of
from tests.houses import CHECKOUT
from tests.validator import RFC3339

MEDIA_TYPE = "application/vnd.api+json"
NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9_-]*[a-zA-Z0-9])?\Z", re.ASCII)
TOP = {"jsonapi", "links", "data", "included", "meta", "errors"}
OBJECT = {"type", "id", "attributes", "relationships", "links", "meta"}
OFFICIAL = CHECKOUT.parent / "shared" / "contracts" / "actions" / "jsonapi-schema" / "schema.json"
# What any endpoint may answer, said once for all.
ANYWHERE = {400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, 500}
TIMES = ("At",)


@cache
def official(path: Path = OFFICIAL) -> Draft202012Validator | None:
    """JSON:API's own schema, where the contracts are at hand."""
    if not path.exists():
        return None
    # The library takes an empty pattern for none at all.
    return Draft202012Validator(json.loads(path.read_text().replace('"":', '".*":')))


@cache
def known(type_: str, part: str) -> frozenset[str]:
    """The members that the contract gives to a type."""
    contract = contract_of("actions")
    assert contract
    schema = contract.data["components"]["schemas"][f"{type_[0].upper()}{type_[1:]}"]
    return frozenset(contract.resolve(schema["properties"][part]).get("properties", ()))


class Judge:
    """One answer on trial."""

    def __init__(self, response: Any, url: str, *, igni: bool = False) -> None:
        self.response, self.igni = response, igni
        self.query = parse_qs(urlsplit(url).query, keep_blank_values=True)
        self.sparse = {name[7:-1] for name in self.query if name.startswith("fields[")}

    def faults(self) -> Iterator[str]:
        """Everything that is wrong."""
        if self.response["Content-Type"] != MEDIA_TYPE:
            yield f"the media type is {self.response['Content-Type']}"
        if "Accept" not in self.response["Vary"]:
            yield f"Vary is {self.response['Vary']}"
        body = json.loads(self.response.content, parse_constant=lambda word: pytest_fail(word))
        yield from self.top(body)
        if (judge := official()) and not self.igni:
            yield from (f"schema: {one.json_path} {one.message[:200]}" for one in judge.iter_errors(body))

    def top(self, body: dict[str, Any]) -> Iterator[str]:
        """The document itself."""
        if body.keys() - TOP:
            yield f"top level has {body.keys() - TOP}"
        if body.get("jsonapi") != {"version": "1.1"}:
            yield "jsonapi is not said"
        if ("data" in body) == ("errors" in body):
            yield "data or errors"
        if "errors" in body:
            yield from self.errors(body["errors"])
        else:
            yield from self.data(body)

    def errors(self, errors: list[dict[str, Any]]) -> Iterator[str]:
        """Error objects."""
        if self.response.status_code < 400 or not errors:
            yield "errors without an error"
        for one in errors:
            if not {"id", "status", "code", "title", "detail"} <= one.keys():
                yield f"an error has only {one.keys()}"
            if "source" in one and len(one["source"]) != 1:
                yield f"a source is {one['source']}"
            if not re.fullmatch(r"[a-z][a-z_]*", one["code"]):
                yield f"a code is {one['code']}"
        statuses = {one["status"] for one in errors}
        if len(statuses) == 1 and statuses != {str(self.response.status_code)}:
            yield f"statuses are {statuses}"

    def data(self, body: dict[str, Any]) -> Iterator[str]:
        """Resources, each once, all linked."""
        if "self" not in body["links"]:
            yield "no self link"
        primary = body["data"] if isinstance(body["data"], list) else [body["data"]] if body["data"] else []
        included = body.get("included", [])
        if bool(self.query.get("include", [""])[-1]) != ("included" in body):
            yield "included does not follow include"
        keys = [(one["type"], one["id"]) for one in [*primary, *included]]
        if len(keys) != len(set(keys)):
            yield "a resource comes twice"
        for one in [*primary, *included]:
            if one.keys() == {"type", "id"}:
                continue  # A name alone.
            yield from self.resource(one)
        yield from self.linked(primary, included)
        if isinstance(body["data"], list):
            yield from self.paged(body)

    def resource(self, one: dict[str, Any]) -> Iterator[str]:
        """One resource object."""
        where = f"{one['type']} {one['id']}"
        if one.keys() - OBJECT or not isinstance(one["id"], str):
            yield f"{where} has {one.keys() - OBJECT}"
        attributes, related = one.get("attributes", {}), one.get("relationships", {})
        if attributes.keys() & related.keys():
            yield f"{where}: {attributes.keys() & related.keys()} are attribute and relationship"
        if not self.igni and {"id", "type"} & attributes.keys():
            yield f"{where} has an attribute id or type"
        extra = {"description"} if one["type"] == "transaction" else {"id"} if one["type"] == "wallet" else set()
        if wrong := attributes.keys() - known(one["type"], "attributes") - extra:
            yield f"{where} has attributes {wrong}"
        if wrong := related.keys() - known(one["type"], "relationships"):
            yield f"{where} has relationships {wrong}"
        for name in [*attributes, *related]:
            if not NAME.match(name):
                yield f"{where}: {name} is no name"
        for name, value in attributes.items():
            if name.endswith(TIMES) and value is not None and not RFC3339.match(value):
                yield f"{where}: {name} is {value}"
        for name, value in related.items():
            if not value.keys() & {"data", "links", "meta"}:
                yield f"{where}: {name} is empty"

    def linked(self, primary: list[Any], included: list[Any]) -> Iterator[str]:
        """Whether everything included can be reached, where no sparse fields hide the way."""
        if self.sparse:
            return
        reached, front = set(), list(primary)
        there = {(one["type"], one["id"]): one for one in included}
        while front:
            for related in front.pop().get("relationships", {}).values():
                named = related.get("data") or []
                for each in named if isinstance(named, list) else [named]:
                    key = each["type"], each["id"]
                    if key in there and key not in reached:
                        reached.add(key)
                        front.append(there[key])
        if lost := there.keys() - reached:
            yield f"nothing leads to {lost}"

    def paged(self, body: dict[str, Any]) -> Iterator[str]:
        """A page says where it is."""
        if not {"first", "prev", "next"} <= body["links"].keys():
            yield f"links are {body['links'].keys()}"
        pagination = body["meta"]["pagination"]
        if not {"page", "pages", "count", "size"} <= pagination.keys():
            yield f"pagination is {pagination}"
        if ("last" not in body["links"]) < bool(pagination.get("atLeast")):
            yield "last is named, though nobody counted"


def pytest_fail(word: str) -> Any:
    """No JSON has it."""
    raise AssertionError(f"{word} is no JSON")


def judged(method: str, url: str, response: Any, *, igni: bool = False) -> Any:
    """The response, if nothing is wrong with it."""
    if method in ("head", "options"):
        assert response.content == b""
        return response
    contract = contract_of("actions")
    assert contract
    operation = contract.find(method, urlsplit(url).path)
    documented = {int(status) for status in operation.facts["responses"]} if operation else {200, 201}
    faults = list(Judge(response, url, igni=igni).faults())
    if response.status_code not in documented | ANYWHERE:
        faults.append(f"{response.status_code} is not documented")
    assert not faults, f"{method.upper()} {url} answered {response.status_code} {response.content!r}: {faults}"
    return response


__all__ = ["MEDIA_TYPE", "Document", "judged"]
