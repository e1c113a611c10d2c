"""The cast of the ledger's tests."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Member
from actions.models import Performer
from actions.rules import boards
from tests.actions.clients import jsonapi, jsonapi_async, live  # noqa: F401
from tests.actions.factories import make_performer
from tests.ledger_fixture import unsealed_flush  # noqa: F401


@pytest.fixture
def performer(alice: Member) -> Performer:
    """Alice, as whoever did something."""
    return make_performer(alice)


@pytest.fixture
def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that counts nothing, for those who count by themselves."""
    monkeypatch.setattr(boards, "count", lambda *args, **kwargs: None)


@pytest.fixture
def sqlite() -> None:
    """Only for the run on SQLite."""
    if connection.vendor != "sqlite":
        pytest.skip("Only for the run on SQLite.")
