"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from accounts.api.authentication import keyring
from accounts.api.buckets import MemoryBuckets, buckets
from accounts.models import Member
from accounts.webhooks.subscribers import subscribers
from tests import services
from tests.factories import NOON, make_member, make_workspace
from tests.houses import House, new_house
from tests.ledger_fixture import unsealed_flush  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose service is missing is skipped with the reason, or fails where the service is required."""
    for name in services.WHY_NOT:
        if item.get_closest_marker(name) and (why := services.why_not(name)):
            (pytest.fail if name in services.required() else pytest.skip)(why)
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("Only for the run on PostgreSQL.")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation of its own, with an empty database of the kind this run is on, for other processes."""
    with new_house(tmp_path, connection.vendor) as made:
        yield made


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty Redis database, for one test at a time; the test is marked `redis`."""
    import redis

    with services.alone("redis"), redis.Redis.from_url(services.redis_url()) as client:
        client.flushdb()
        yield services.redis_url()
        client.flushdb()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Chromium without a screen; the test is marked `browser`."""
    from tests.browsers import new_browser

    with new_browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def noon() -> datetime:
    """The time at which things happen in tests."""
    return NOON


@pytest.fixture
def alice(db: None) -> Member:
    """Owns a workspace."""
    return make_member(make_workspace("wonderland"), "Alice", role="owner")


@pytest.fixture
def bob(alice: Member) -> Member:
    """Is on her team."""
    return make_member(alice.workspace, "Bob")


@pytest.fixture
def charlie(db: None) -> Member:
    """Owns another workspace and must see nothing of hers."""
    return make_member(make_workspace("elsewhere"), "Charlie", role="owner")


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    """No test pays for another's requests, is let in by its keys, or is deaf since nobody listened there."""
    yield
    kept = buckets()
    if isinstance(kept, MemoryBuckets):
        kept.clear()
    keyring.forget()
    subscribers.forget()
