"""The cast of the ledger's tests."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Member
from actions.models import Performer
from tests.actions.factories import make_performer
from tests.ledger_fixture import unsealed_flush  # noqa: F401


@pytest.fixture
def performer(alice: Member) -> Performer:
    """Alice, as whoever did something."""
    return make_performer(alice)


@pytest.fixture
def sqlite() -> None:
    """Only for the run on SQLite."""
    if connection.vendor != "sqlite":
        pytest.skip("Only for the run on SQLite.")
