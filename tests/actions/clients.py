"""General clients of JSON:API, each in its own environment, against a live server."""

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


@dataclass(frozen=True)
class JsonApiClient:
    """A client with one key."""

    name: str
    driver: Driver
    url: str
    token: str | None

    def ask(self, call: str, path: str, **arguments: Any) -> dict[str, Any]:
        """What came of a call; what the client itself could not bear fails the test."""
        kept = {"url": self.url, "token": self.token}
        said = self.driver.ask(call=call, client=kept, arguments={"path": path, **arguments})
        assert "error" not in said, said
        return said

    def __call__(self, call: str, path: str, **arguments: Any) -> Any:
        """What was found or made."""
        said = self.ask(call, path, **arguments)
        assert "found" in said, said
        return said["found"]

    def ids(self, path: str, **narrowed: Any) -> list[str]:
        """The ids of a list, of all its pages."""
        return [one["id"] for one in self("every", path, **narrowed)]

    def create(self, type_: str, path: str, **fields: Any) -> Any:
        """A new one, at the path that the client makes of a type or is told."""
        return self("create", type_ if self.name == "jsonapi_client" else path, fields=fields)

    def refused(self, call: str, path: str, **arguments: Any) -> tuple[int, list[str]]:
        """Status and codes of a refusal."""
        said = self.ask(call, path, **arguments)
        return said["refused"], [one["code"] for one in said["errors"]]

    def using(self, token: str | None) -> JsonApiClient:
        """The same with another key."""
        return JsonApiClient(self.name, self.driver, self.url, token)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A world, and the root of the API it is served at."""
    with new_house(tmp_path_factory.mktemp("clients"), connection.vendor) as house:
        world = inside(house, "tests.actions.live:make")
        with serving(house) as server:
            yield SimpleNamespace(**world, url=f"{server.url}/actions/api/v1")


def driver_of(name: str) -> Driver:
    """A client's process."""
    return Driver(str(python_of(name)), str(CLIENTS / name / "driver.py"))


@pytest.fixture(scope="module", params=["jsonapi_client", "jsonapi_requests"])
def jsonapi(request: pytest.FixtureRequest, live: SimpleNamespace) -> Iterator[JsonApiClient]:
    """One client after the other, with a key for everything."""
    driver = driver_of(request.param)
    yield JsonApiClient(request.param, driver, live.url, live.token)
    driver.end()


@pytest.fixture(scope="module")
def jsonapi_async(live: SimpleNamespace) -> Iterator[JsonApiClient]:
    """The one that has a second library for its calls."""
    driver = driver_of("jsonapi_client")
    yield JsonApiClient("jsonapi_client", driver, live.url, live.token)
    driver.end()
