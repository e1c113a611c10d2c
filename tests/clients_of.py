"""Callers over HTTP: Django's client with a key, on the prefix door or on an app's own host."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.contracts import ROOTS
from tests.validator import watched


class Api:
    """One key's view of one app's API; paths are the vendor's, from its root, and every answer meets its contract."""

    def __init__(self, app: str, token: str | None, *, host: str = "") -> None:
        self.app, self.prefix = app, ("" if host else f"/{app}") + ROOTS.get(app, "")
        headers = {"authorization": f"Bearer {token}"} if token is not None else {}
        self.client = Client(headers=headers | ({"host": host} if host else {}), raise_request_exception=True)

    def get(self, path: str, query: dict[str, Any] | None = None, **extra: Any) -> Any:
        """GET."""
        return watched(self.app, "get", path, self.client.get(self.prefix + path, query, **extra))

    def send(self, method: str, path: str, body: Any = None, **extra: Any) -> Any:
        """Any other method, with a JSON body; bytes and strings go as they are."""
        extra.setdefault("content_type", "application/json")
        call = getattr(self.client, method)
        return watched(self.app, method, path, call(self.prefix + path, {} if body is None else body, **extra))

    def post(self, path: str, body: Any = None, **extra: Any) -> Any:
        """POST."""
        return self.send("post", path, body, **extra)

    def put(self, path: str, body: Any = None, **extra: Any) -> Any:
        """PUT."""
        return self.send("put", path, body, **extra)

    def delete(self, path: str, **extra: Any) -> Any:
        """DELETE."""
        return watched(self.app, "delete", path, self.client.delete(self.prefix + path, **extra))
