"""
Calls incident.io's own client as its README does; a call a line on standard input, what came of it on standard output.

    {"call": "actions_v3.show", "client": {"base_url": ..., "token": ...}, "arguments": {"id": ...}}
"""

from __future__ import annotations

import enum
import importlib
import json
import sys
import typing
from datetime import datetime
from typing import Any

import attrs
from incident_io import AuthenticatedClient, Client
from incident_io.types import Unset


def connect(token: str | None, **facts: Any) -> AuthenticatedClient | Client:
    """A client as a user makes one; an undocumented status is an error."""
    facts["raise_on_unexpected_status"] = True
    return Client(**facts) if token is None else AuthenticatedClient(token=token, **facts)


def argument(hint: Any, value: Any) -> Any:
    """A value in the class the function asks for."""
    for wanted in typing.get_args(hint) or [hint]:
        if hasattr(wanted, "from_dict"):
            return wanted.from_dict(value)
        if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
            return wanted(value)
    return value


def shown(value: Any) -> Any:
    """What the client understood, with the names of its classes."""
    if isinstance(value, Unset):
        return {"class": "Unset"}
    if attrs.has(type(value)):
        fields = {field.name: shown(getattr(value, field.name)) for field in attrs.fields(type(value))}
        return {"class": type(value).__name__, "fields": fields}
    if isinstance(value, enum.Enum):
        return {"class": type(value).__name__, "value": value.value}
    if isinstance(value, datetime):
        return {"class": "datetime", "value": value.isoformat()}
    if isinstance(value, dict):
        return {name: shown(inner) for name, inner in value.items()}
    return [shown(inner) for inner in value] if isinstance(value, list) else value


def answer(call: str, client: dict[str, Any], arguments: dict[str, Any], raw: bool = False) -> dict[str, Any]:
    """Make one call; a raw one is only sent by the client, whose own reading of the answer is left out."""
    group, _, name = call.partition(".")
    module = importlib.import_module(f"incident_io.api.{group}.{group}_{name}")
    hints = typing.get_type_hints(module.sync_detailed)
    made = {name: argument(hints[name], value) for name, value in arguments.items()}
    with connect(**client) as connected:
        if raw:
            sent = connected.get_httpx_client().request(**module._get_kwargs(**made))
            return {"status": sent.status_code, "headers": dict(sent.headers), "parsed": sent.json()}
        response = module.sync_detailed(client=connected, **made)
    return {"status": response.status_code, "headers": dict(response.headers), "parsed": shown(response.parsed)}


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
