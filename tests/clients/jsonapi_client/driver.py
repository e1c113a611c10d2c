"""
Calls PyPI's jsonapi-client as its manual does; a call a line on standard input, what came of it on standard output.

    {"call": "every", "client": {"url": ..., "token": ...}, "arguments": {"path": "actions", "include": ["performer"]}}
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from typing import Any

import requests
from jsonapi_client import Filter, Inclusion, Modifier, Session
from jsonapi_client.exceptions import DocumentError

USER = {"relation": "to-one", "resource": ["user"]}
TEXT = {"type": "string"}
# What the client is told of resources it is to create.
SCHEMA = {
    "action": {
        "properties": {
            "actionType": TEXT,
            "title": TEXT,
            "params": {"type": "object", "properties": {"value": {"type": "number"}}},
            "performer": USER,
            "referrer": USER,
        }
    },
    "user": {"properties": {"email": TEXT, "country": {}, "active": {"type": "boolean"}}},
    "transaction": {
        "properties": {"kind": TEXT, "amount": {"type": "number"}, "realized": {"type": "boolean"}, "user": USER}
    },
}


class Bearer(requests.auth.AuthBase):
    """A key, and what was asked with it."""

    def __init__(self, token: str | None) -> None:
        self.token, self.asked = token, list[str]()

    def __call__(self, request: Any) -> Any:
        """A request with the key."""
        self.asked.append(f"{request.method} {request.url}")
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def modifier(filter: dict[str, Any], include: Iterable[str], query: Iterable[str]) -> Modifier | None:
    """What narrows a list, in the client's own words."""
    parts = [Filter(**filter)] if filter else []
    parts += [Inclusion(*include)] if include else []
    parts += [Modifier(word) for word in query]
    return sum(parts[1:], parts[0]) if parts else None


def shown(resource: Any, follow: Iterable[str] = ()) -> Any:
    """A resource, and where it leads."""
    if resource is None:
        return None
    related = {name: follow_one(resource.relationships[name]) for name in follow}
    return {"type": resource.type, "id": resource.id, "attributes": dict(resource.attributes._target_object), **related}


def follow_one(relationship: Any) -> Any:
    """What a relationship leads to; the client fetches what it does not have."""
    found = [shown(one) for one in relationship.resources]
    return found[0] if relationship.is_single else found


def every(session: Session, path: str, follow: Any = (), **narrowed: Any) -> Any:
    """All of a list, page by page."""
    asked = {"filter": {}, "include": (), "query": ()} | narrowed
    return [shown(one, follow) for one in session.iterate(path, modifier(**asked))]


def one(session: Session, path: str, id: str, follow: Any = ()) -> Any:
    """One."""
    return shown(session.get(path, id).resource, follow)


def create(session: Session, path: str, fields: dict[str, Any]) -> Any:
    """A new one; its path is its type, as the client will have it."""
    return shown(session.create_and_commit(path, fields))


def change(session: Session, path: str, id: str, fields: dict[str, Any]) -> Any:
    """Another value of what was fetched."""
    resource = session.get(path, id).resource
    for name, value in fields.items():
        resource[name] = value
    resource.commit()
    return shown(resource)


async def at_once(url: str, token: str, path: str, **narrowed: Any) -> Any:
    """All of a list, page by page, over the client's other library."""
    asked = {"filter": {}, "include": (), "query": ()} | narrowed
    kept = {"headers": {"Authorization": f"Bearer {token}"}}
    async with Session(url, enable_async=True, request_kwargs=kept) as session:
        return [shown(one) async for one in session.iterate(path, modifier(**asked))]


def answer(call: str, client: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Make one call with a session of its own."""
    if call == "at_once":
        return {"found": asyncio.run(at_once(**client, **arguments))}
    bearer = Bearer(client["token"])
    session = Session(client["url"], schema=SCHEMA if call == "create" else None, request_kwargs={"auth": bearer})
    try:
        found = {"every": every, "one": one, "create": create, "change": change}[call](session, **arguments)
    except DocumentError as error:
        return {"refused": error.response.status_code, "errors": error.response.json()["errors"]}
    return {"found": found, "asked": bearer.asked}


def main() -> None:
    """Answer until nobody asks."""
    for line in sys.stdin:
        try:
            said = answer(**json.loads(line))
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
