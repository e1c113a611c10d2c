"""incident.io's own Python client against a live server, by both doors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from tests.environments import CLIENTS, python_of
from tests.houses import new_house
from tests.servers import Driver, inside, serving

# What the client says of a property that was absent.
UNSET = "UNSET"
NOBODY = "01FCNDV6P870EA6S7TK1DSYDG0"


def understood(shown: Any) -> Any:
    """The client's objects as the driver shows them, with attributes; `kind` is the client's class."""
    if isinstance(shown, list):
        return [understood(inner) for inner in shown]
    if not isinstance(shown, dict):
        return shown
    if shown.get("class") == "Unset":
        return UNSET
    if "value" in shown:
        return shown["value"]
    fields = shown.get("fields", {})
    return SimpleNamespace(kind=shown.get("class"), **{name: understood(value) for name, value in fields.items()})


@dataclass(frozen=True)
class Sdk:
    """The client with one token, at one door."""

    driver: Driver
    client: dict[str, Any]

    def __call__(self, call: str, **arguments: Any) -> Any:
        """Status, headers and the object the client made of an answer; its exceptions fail the test."""
        said = self.driver.ask(call=call, client=self.client, arguments=arguments)
        assert "error" not in said, said
        return SimpleNamespace(**said | {"parsed": understood(said["parsed"])})

    def raw(self, call: str, **arguments: Any) -> Any:
        """Status and body of an answer that the client itself cannot read."""
        said = self.driver.ask(call=call, client=self.client, arguments=arguments, raw=True)
        assert "error" not in said, said
        return said["status"], said["parsed"]

    def using(self, token: str | None) -> Sdk:
        """The same with another token."""
        return Sdk(self.driver, self.client | {"token": token})

    def one(self, call: str, status: int, **arguments: Any) -> Any:
        """The one object of an answer, which has the documented status."""
        answer = self(call, **arguments)
        assert answer.status == status, answer
        shown = vars(answer.parsed)
        return shown[next(name for name in shown if name != "kind")]

    def rows(self, call: str, **arguments: Any) -> list[Any]:
        """The rows of a list."""
        answer = self(call, **arguments)
        assert answer.status == 200, answer
        found: list[Any] = next(value for value in vars(answer.parsed).values() if isinstance(value, list))
        return found

    def pages(self, call: str, **arguments: Any) -> list[list[str]]:
        """The ids of page after page, asked for behind the last id seen until one is empty, as sync clients do."""
        found: list[list[str]] = []
        while True:
            more = {"after": found[-1][-1]} if found else {}
            rows = self.rows(call, **arguments, **more)
            if not rows:
                return found
            found.append([row.id for row in rows])


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    """The client's process."""
    made = Driver(str(python_of("incident_io")), str(CLIENTS / "incident_io" / "driver.py"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A world, and the port it is served on."""
    with new_house(tmp_path_factory.mktemp("client"), connection.vendor) as house:
        world = inside(house, "tests.incidents.world:make")
        with serving(house) as server:
            yield SimpleNamespace(**world, port=server.port)


@pytest.fixture(params=["prefix", "host"])
def sdk(request: pytest.FixtureRequest, driver: Driver, live: SimpleNamespace) -> Sdk:
    """The client with a key for everything, by the prefix and by the app's own host."""
    base = f"http://127.0.0.1:{live.port}"
    by_prefix = {"base_url": f"{base}/incidents"}
    by_host = {"base_url": base, "headers": {"Host": f"incidents.localhost:{live.port}"}}
    door = by_prefix if request.param == "prefix" else by_host
    return Sdk(driver, {"token": live.token, **door})


def refused(answer: Any, status: int, type_: str, code: str) -> Any:
    """The one error of a refusal, as the client parsed it."""
    assert answer.parsed.kind == "ErrorResponse"
    assert (answer.status, answer.parsed.status, answer.parsed.type_) == (status, status, type_)
    assert answer.parsed.request_id == answer.headers["x-request-id"]
    assert answer.parsed.debug == UNSET
    [error] = answer.parsed.errors
    assert (error.code, bool(error.message)) == (code, True)
    return error
