"""Alice owns a workspace, Bob is on her team, Charlie is elsewhere and must see nothing."""

from __future__ import annotations

import pytest

from accounts.models import Member
from incidents.roles import NAMES
from tests.clients_of import Api
from tests.factories import make_key
from tests.incidents.sdk import driver, live, sdk

__all__ = ["driver", "live", "sdk"]


@pytest.fixture
def token(alice: Member) -> str:
    """A key of Alice's workspace that may do everything."""
    return make_key(alice.workspace, "incidents", *NAMES, name="Everything")[1]


@pytest.fixture
def api(token: str) -> Api:
    """incident.io's API as that key sees it."""
    return Api("incidents", token)


@pytest.fixture
def viewer(alice: Member) -> Api:
    """The API as a key that may only look sees it."""
    return Api("incidents", make_key(alice.workspace, "incidents", "viewer", name="Looks")[1])


@pytest.fixture
def strangers_api(charlie: Member) -> Api:
    """The API as an all-powerful key of another workspace sees it."""
    return Api("incidents", make_key(charlie.workspace, "incidents", *NAMES, name="Strange")[1])
