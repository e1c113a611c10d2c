"""What a contract says of an answer, asked of every answer that any test sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from tests.contracts import ROOTS, Document, Operation, contract_of

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z\Z", re.ASCII)
formats = FormatChecker(formats=())


@formats.checks("date-time")
def is_time(value: object) -> bool:
    """UTC with `Z`, to the microsecond at most."""
    return not isinstance(value, str) or bool(RFC3339.match(value))


def sealed(schema: Any) -> Any:
    """A schema that knows no property but its own: what we invent is a fault."""
    if isinstance(schema, list):
        return [sealed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: sealed(part) for name, part in schema.items()}
    if isinstance(parts.get("properties"), dict) and parts.get("type") == "object":
        parts.setdefault("additionalProperties", False)
    return parts


def nulls(body: Any, place: str = "$") -> Iterator[str]:
    """Where an answer says nothing by saying null; what is not there is left out."""
    if body is None:
        yield f"{place} is null"
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in inner:
        yield from nulls(value, f"{place}.{name}")


class Judge:
    """One app's contract, asked about answers."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.schemas = sealed(document.data["components"])
        self.refusal = next(iter(document.data["components"]["responses"].values()))
        self.refusals = {name.removeprefix("Error") for name in document.data["components"]["responses"]}

    def faults(self, method: str, path: str, status: int, media_type: str, body: bytes) -> list[str]:
        """Everything about an answer that the contract does not allow."""
        operation = self.document.find("get" if method == "head" else method, path)
        response = self._described(operation, str(status))
        if response is None:
            return [f"the status {status} is not documented"]
        content = self.document.resolve(response).get("content")
        if method == "head" or not content:
            return ["there is a body"] if body else []
        return self._of_body(next(iter(content.values()))["schema"], media_type, body)

    def _described(self, operation: Operation | None, status: str) -> dict[str, Any] | None:
        if operation is not None:
            found: dict[str, Any] | None = operation.facts["responses"].get(status)
            return found
        # No such path or method: refused in the one envelope.
        return self.refusal if status in self.refusals else None

    def _of_body(self, schema: dict[str, Any], media_type: str, body: bytes) -> list[str]:
        if media_type != "application/json":
            return [f"the media type is {media_type!r}"]
        if schema.get("format") == "binary":
            return []
        data = orjson.loads(body)
        judge = Draft202012Validator(schema | {"components": self.schemas}, format_checker=formats)
        return [f"{fault.json_path}: {fault.message}" for fault in judge.iter_errors(data)] + [*nulls(data)]


@cache
def judge_of(app: str) -> Judge | None:
    """The judge of an app; None before it has a contract."""
    document = contract_of(app)
    return Judge(document) if document else None


def watched(app: str, method: str, path: str, response: Any) -> Any:
    """The response, refused if its contract does not know it; a stream is judged at its end."""
    if app == "actions":
        from tests.actions.api.judge import judged

        return judged(method, response.wsgi_request.get_full_path().partition(ROOTS[app])[2], response)
    judge = judge_of(app)
    if judge is None or response.status_code < 200 or method == "options":
        return response

    def verdict(body: bytes) -> None:
        media_type = response.get("Content-Type", "")
        faults = judge.faults(method, path.partition("?")[0], response.status_code, media_type, body)
        assert not faults, f"{method.upper()} {path} answered {response.status_code} {body!r}: {faults}"

    if response.streaming:
        response.streaming_content = overheard(response.streaming_content, verdict)
    else:
        verdict(response.content)
    return response


def overheard(parts: Iterator[bytes], verdict: Any) -> Iterator[bytes]:
    """A stream as it was, and then a verdict on the whole."""
    heard = []
    for part in parts:
        heard.append(part)
        yield part
    verdict(b"".join(heard))
