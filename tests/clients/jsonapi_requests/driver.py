"""
Calls PyPI's jsonapi-requests as its manual does; a call a line on standard input, what came of it on standard output.

    {"call": "every", "client": {"url": ..., "token": ...}, "arguments": {"path": "actions", "include": ["performer"]}}
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import requests
from jsonapi_requests import data
from jsonapi_requests.orm import ApiModel, OrmApi, RelationField
from jsonapi_requests.request_factory import ApiClientError

PATHS = {
    "action": "actions",
    "user": "users",
    "wallet": "users/wallets",
    "transaction": "users/wallets/transactions",
    "actionType": "action-types",
    "team": "teams",
}
RELATED = {
    "action": ("performer", "referrer", "team", "actionType", "reversedBy"),
    "wallet": ("user",),
    "transaction": ("user", "action"),
}

PEOPLE = ("performer", "referrer", "user")


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


def models(api: OrmApi) -> dict[str, Any]:
    """A model for each type, as a user of the client writes them."""
    return {
        path: type(
            name,
            (ApiModel,),
            {"Meta": type("Meta", (), {"type": name, "api": api, "path": path})}
            | {related: RelationField(related) for related in RELATED.get(name, ())},
        )
        for name, path in PATHS.items()
    }


def shown(model: Any, follow: Iterable[str] = ()) -> Any:
    """A resource, and where it leads; the client fetches what it does not have."""
    if model is None:
        return None
    related = {name: shown(getattr(model, name)) for name in follow}
    return {"attributes": dict(model.attributes), "type": model.type, "id": model.id, **related}


def every(model: Any, follow: Any = (), filter: Any = None, include: Any = (), query: Any = ()) -> Any:
    """All of a list, page by page."""
    params = {f"filter[{name}]": value for name, value in (filter or {}).items()}
    params |= dict(word.split("=", 1) for word in query) | ({"include": ",".join(include)} if include else {})
    found, number, more = list[Any](), 1, True
    while more:
        response = model._options.api.endpoint(model.endpoint_path()).get(params=params | {"page[number]": number})
        found += [shown(one, follow) for one in model.from_response_content(response.content)]
        number, more = number + 1, response.content.links["next"]
    return found


def one(model: Any, id: str, follow: Any = ()) -> Any:
    """One."""
    found = model.from_id(id)
    found.refresh()
    return shown(found, follow)


def create(model: Any, fields: dict[str, Any]) -> Any:
    """A new one, people as relationships."""
    made = model()
    for name, value in fields.items():
        if name in PEOPLE:
            setattr(made, name, model._options.api.type_registry.get_model("user").from_id(value))
        else:
            made.attributes[name] = value
    made.save()
    return shown(made)


def change(model: Any, id: str, fields: dict[str, Any]) -> Any:
    """Other values, and nothing else, under a known id."""
    changed = model(raw_object=data.JsonApiObject(type=model._options.type, id=id, attributes=data.Dictionary(fields)))
    changed.save()
    return shown(changed)


def answer(call: str, client: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Make one call with an API of its own."""
    bearer = Bearer(client["token"])
    api = OrmApi.config({"API_ROOT": client["url"], "AUTH": bearer, "TIMEOUT": 60, "RETRIES": 1})
    model = models(api)[arguments.pop("path")]
    try:
        calls = {"every": every, "one": one, "create": create, "change": change}
        return {"found": calls[call](model, **arguments), "asked": bearer.asked}
    except ApiClientError as error:
        return {"refused": error.status_code, "errors": json.loads(error.content)["errors"]}


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
