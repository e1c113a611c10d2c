"""Tests that commit end by emptying the whole database, which the ledger's triggers rightly refuse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from actions import triggers


@pytest.fixture(scope="session", autouse=True)
def unsealed_flush() -> Iterator[None]:
    """Lift the triggers before such a test's flush; `post_migrate`, which flush sends, makes them anew."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def lift_and_flush(self: TransactionTestCase) -> None:
        triggers.drop(connection)
        flush(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_flush)
        yield
