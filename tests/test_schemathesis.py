"""Schemathesis against what each app says of itself: whatever it makes up is answered, and as documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Member
from actions.addresses import WORDS
from config.wsgi import application
from incidents.roles import NAMES
from tests.actions import house as actions_house
from tests.factories import make_key
from tests.incidents import house as incidents_house

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The same examples every time, and as they were made up: shrinking them would take minutes.
BRIEFLY = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Target:
    """An app: what its key may do, and what there is to name."""

    app: str
    # Where its paths begin, and where it describes itself.
    root: str
    document: str
    words: tuple[str, ...]
    furnish: Callable[[Member], dict[str, list[str]]]
    # Answers that valid and invalid calls must have had among them.
    valid: frozenset[int]
    invalid: frozenset[int]
    # Takes back what an app says of itself only because its vendor does.
    amend: Callable[[dict[str, Any]], None] = lambda document: None


def as_served(document: dict[str, Any]) -> None:
    """incident.io takes larger pages than it says it echoes, and calls its description a string of bytes."""
    for name in ("PageMeta", "TotalPageMeta"):
        del document["components"]["schemas"][name]["properties"]["page_size"]["maximum"]
    description = document["paths"]["/v1/openapiV3.json"]["get"]["responses"]["200"]
    description["content"]["application/json"]["schema"] = {"type": "object"}


def to_the_point(document: dict[str, Any]) -> None:
    """Members that documents may have beside their own are left out: most are refused for what they hold."""
    schemas = document["components"]["schemas"]
    for name in ("ActionCreate", "UserCreate", "TransactionCreate"):
        data = schemas[name]["properties"]["data"]
        data["properties"]["attributes"]["additionalProperties"] = data["additionalProperties"] = False
        schemas[name]["additionalProperties"] = False
    data = schemas["ActionCreate"]["properties"]["data"]
    del data["properties"]["relationships"]
    action = data["properties"]["attributes"]
    action["required"] = ["actionType", "title", "performer"]
    action["properties"]["params"]["additionalProperties"] = False
    schemas["PartyReference"]["additionalProperties"] = False
    user = schemas["UserCreate"]["properties"]["data"]["properties"]["attributes"]
    user["properties"]["country"]["enum"] = ["PL", "DE"]


TARGETS = [
    Target(
        "actions",
        "/actions/api/v1",
        "/actions/openapi.json",
        tuple(WORDS),
        actions_house.named_rows,
        frozenset({200, 201, 400, 404}),
        frozenset({400, 404}),
        to_the_point,
    ),
    Target(
        "incidents",
        "/incidents",
        "/incidents/v1/openapiV3.json",
        tuple(NAMES),
        incidents_house.named_rows,
        frozenset({200, 201, 204, 404, 422}),
        frozenset({404, 422}),
        as_served,
    ),
]


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests keep the test's transaction, as Django's own client sees to for its own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def known(case: Case[Any], names: dict[str, list[str]], draw: Callable[..., Any]) -> None:
    """Sometimes name something that is there, in the path and in the body."""
    for name in case.path_parameters or {}:
        rows = names.get(case.operation.path.partition("/{")[0], [])
        if rows and draw(st.booleans()):
            case.path_parameters[name] = draw(st.sampled_from(rows))
    for part in bodies(case.body):
        for name in sorted(part.keys() & names.keys()):
            if draw(st.booleans()):
                part[name] = draw(st.sampled_from(names[name]))


def bodies(value: Any) -> list[dict[str, Any]]:
    """A body with all that is inside it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict) else []), *(found for one in inner for found in bodies(one))]


def described(target: Target, headers: dict[str, str]) -> list[Any]:
    """The operations an app says it has, from where it says so."""
    document = Client(headers=headers).get(target.document).json()
    target.amend(document)
    schema = openapi.from_dict(document)
    schema.config.update(base_url=f"http://localhost{target.root}")
    return [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.app)
def test_whatever_is_made_up_is_answered_as_documented(alice: Member, target: Target, mode: GenerationMode) -> None:
    names = target.furnish(alice)
    headers = {"Authorization": f"Bearer {make_key(alice.workspace, target.app, *target.words, limit=1_000_000)[1]}"}
    answered: set[int] = set()

    def ask(case: Case[Any], data: Any) -> None:
        known(case, names, data.draw)
        response = case.call(app=application, headers=headers)
        case.validate_response(response, checks=CHECKS)
        answered.add(response.status_code)

    for operation in described(target, headers):
        with one_connection():
            BRIEFLY(given(case=operation.as_strategy(generation_mode=mode), data=st.data())(ask))()
    assert answered >= (target.valid if mode is GenerationMode.POSITIVE else target.invalid)
