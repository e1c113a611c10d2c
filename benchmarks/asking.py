"""Requests in process: through Django's whole WSGI handler, without a server and without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from config.wsgi import application

HOST = "incidents.localhost"


def environ(token: str, path: str, query: dict[str, Any] | None = None, *, method: str = "GET") -> dict[str, Any]:
    """What a WSGI server makes of a request with a key, less the body."""
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(query or {}),
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": HOST,
        "HTTP_ACCEPT": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def stream(asked: dict[str, Any], body: bytes = b"") -> Iterator[bytes]:
    """The answer in pieces; anything but a 2xx is an error."""
    said: list[str] = []

    def start(status: str, headers: Any, error: Any = None, /) -> Callable[[bytes], object]:
        said.append(status)
        return lambda piece: None

    answer: Any = application(asked | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}, start)
    try:
        assert said[0].startswith("2"), f"{said[0]}: {b''.join(answer)!r}"
        yield from answer
    finally:
        answer.close()


def ask(asked: dict[str, Any], body: bytes = b"") -> bytes:
    """The whole answer."""
    return b"".join(stream(asked, body))
