"""Querysets that remember, and rows that are few enough to be asked for by their keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from accounts.sketches import MOST_VALUES, few_first, padded, sketch
from actions.models import Performer
from tests.actions.boards import make_stranger

NAMES = ["Ann", "Ben", "Cem", "Dov", "Eva"]


@pytest.fixture
def them(alice: Member, charlie: Member) -> Any:
    """Five of Alice's, as a sketch; one of Charlie's beside them."""
    for name in NAMES:
        make_stranger(alice, name)
    make_stranger(charlie, "Ann")
    return sketch(Performer.objects.all()).filter(workspace=alice.workspace_id)


def names(rows: Any) -> list[str]:
    """Whom they are of."""
    return sorted(rows.values_list("name", flat=True))


@pytest.mark.parametrize("few", [1, 4, 5, 6])
@pytest.mark.parametrize("drawn", [False, True], ids=["sketch", "queryset"])
def test_few_or_many_they_are_the_same_rows(them: Any, few: int, drawn: bool):
    rows = them.filter(Q(workspace=F("workspace"))) if drawn else them
    with CaptureQueriesContext(connection) as asked:
        found = few_first(rows, few)
    assert len(asked) == 1
    assert names(found) == NAMES
    assert ('"id" IN (' in str(found.query)) is (few >= len(NAMES))
    assert names(few_first(rows.filter(name="Ann"), few)) == ["Ann"]
    assert few_first(rows.filter(name="Nobody"), few).count() == 0


def test_lists_of_many_lengths_share_a_few_statements():
    assert {len(padded(list(range(1, n + 1)))) for n in range(1, 257)} == {2**n for n in range(9)}
    assert set(padded([1, 2, 3])) == {1, 2, 3}
    assert len(padded(list(range(256)))) <= MOST_VALUES
