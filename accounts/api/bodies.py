"""The one reader of request bodies: bounded before and after inflation, and strict JSON."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from accounts.api.refusals import PayloadTooLarge

DEPTH = 64
LENGTH = re.compile(r"[0-9]{1,18}")
WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The bytes of a body, inflated, never more than `limit`; chunked bodies count too."""
    if announced_length(request) > limit:
        raise PayloadTooLarge()
    chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    # Django reads no further than the announced length, and a chunked body announces none.
    stream = request.META.get("wsgi.input", request) if chunked else request
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise PayloadTooLarge()
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    return raw if encoding in ("", "identity") else inflate(raw, encoding, limit)


def announced_length(request: HttpRequest) -> int:
    """How many bytes the body claims to have; a chunked one claims none."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not LENGTH.fullmatch(length):
        raise ParseError("The Content-Length is not a number of bytes.")
    return int(length)


def inflate(raw: bytes, encoding: str, limit: int) -> bytes:
    """Inflate at most `limit` bytes, so that a small body cannot become a large one."""
    window = WINDOWS.get(encoding)
    if window is None:
        raise ParseError(f"The content encoding {encoding!r} is not supported; send gzip, deflate or none.")
    inflater = zlib.decompressobj(window)
    try:
        data = inflater.decompress(raw, limit + 1)
    except zlib.error as error:
        raise ParseError(f"The body is not {encoding}.") from error
    if len(data) > limit:
        raise PayloadTooLarge()
    if not inflater.eof:
        raise ParseError(f"The body ends before its {encoding} does.")
    if inflater.unused_data:
        raise ParseError(f"The body goes on after its {encoding} ends.")
    return data


def parse_json(raw: bytes) -> Any:
    """JSON as RFC 8259 has it: no NaN, no lone surrogates, no bottomless nesting."""
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ParseError(f"The body is not valid JSON: {error}.") from error
    if _deeper_than(data, DEPTH):
        raise ParseError(f"The body is nested more than {DEPTH} levels deep.")
    return data


def _deeper_than(data: Any, depth: int) -> bool:
    layer = [data]
    while layer and depth:
        depth -= 1
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(layer)


class BoundedRequest(Request):
    """A DRF request that reads its body once, through the bounded reader, whatever its media type says."""

    body_limit: int
    # How a vendor's bodies are understood.
    parse_body: Callable[[bytes], Any]
    raw_body: bytes = b""

    def _parse(self) -> tuple[Any, Any]:
        self.raw_body = read_body(self._request, self.body_limit)
        data = self.parse_body(self.raw_body) if self.raw_body.strip() else {}
        return data, {}
