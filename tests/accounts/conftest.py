"""The shared plumbing is tried through incident.io's API, the first that is spoken over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import Member
from incidents.roles import NAMES
from tests.accounts.diaries import Diary, registered
from tests.clients_of import Api
from tests.factories import make_key
from tests.ledger_fixture import unsealed_flush  # noqa: F401


@pytest.fixture
def token(alice: Member) -> str:
    """A key of Alice's workspace that may do everything."""
    return make_key(alice.workspace, "incidents", *NAMES, name="Everything")[1]


@pytest.fixture
def api(token: str) -> Api:
    """The API as that key sees it."""
    return Api("incidents", token)


@pytest.fixture
def strangers_api(charlie: Member) -> Api:
    """The API as an all-powerful key of another workspace sees it."""
    return Api("incidents", make_key(charlie.workspace, "incidents", *NAMES, name="Strange")[1])


@pytest.fixture
def diary() -> Iterator[Diary]:
    """The job `tests.note` and what it was called with."""
    with registered() as diary:
        yield diary
