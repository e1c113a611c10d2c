"""Callers of Igni's API: Django's client with a key, whose every answer is judged."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.actions.api.judge import MEDIA_TYPE, judged

ROOT = "/actions/api/v1"


class Igni:
    """One credential's view of the API; paths start at its root."""

    def __init__(self, token: str | None, *, igni: bool = False, host: str = "", **headers: str) -> None:
        self.igni, self.prefix = igni, "/api/v1" if host else ROOT
        sent = {"authorization": f"Bearer {token}"} if token is not None else {}
        self.client = Client(headers=sent | ({"host": host} if host else {}) | headers)

    def get(self, path: str, query: dict[str, Any] | None = None, **extra: Any) -> Any:
        """GET."""
        url = f"{path}?{urlencode(query)}" if query else path
        return judged("get", url, self.client.get(self.prefix + url, **extra), igni=self.igni)

    def send(self, method: str, path: str, body: Any = None, **extra: Any) -> Any:
        """Any other method, with a document; bytes and strings go as they are."""
        extra.setdefault("content_type", MEDIA_TYPE)
        response = getattr(self.client, method)(self.prefix + path, {} if body is None else body, **extra)
        return judged(method, path, response, igni=self.igni)

    def post(self, path: str, body: Any = None, **extra: Any) -> Any:
        """POST."""
        return self.send("post", path, body, **extra)

    def data(self, path: str, query: dict[str, Any] | None = None) -> Any:
        """What is answered, when it is."""
        response = self.get(path, query)
        assert response.status_code == 200, response.content
        return response.json()["data"]

    def ids(self, path: str, query: dict[str, Any] | None = None) -> list[str]:
        """The ids of a list."""
        return [one["id"] for one in self.data(path, query)]

    def made(self, type_: str, path: str, **attributes: Any) -> Any:
        """A new resource."""
        response = self.post(path, resource(type_, **attributes))
        assert response.status_code == 201, response.content
        assert response["Location"] == response.json()["data"]["links"]["self"]
        return response.json()["data"]


def resource(type_: str, id: str | None = None, related: Any = None, /, **attributes: Any) -> dict[str, Any]:
    """A document to send."""
    more = ({"id": id} if id is not None else {}) | ({"relationships": related} if related is not None else {})
    return {"data": {"type": type_, "attributes": attributes, **more}}


def refusals(response: Any, status: int) -> set[tuple[str, str]]:
    """Code and source of each error of a refusal."""
    assert response.status_code == status, response.content
    return {(one["code"], next(iter(one.get("source", {"": ""}).values()))) for one in response.json()["errors"]}
