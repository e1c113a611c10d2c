"""Credentials of Alice's and Charlie's workspaces."""

from __future__ import annotations

import pytest

from accounts.models import Key, Member
from actions.addresses import WORDS
from tests.actions.api.caller import Igni
from tests.factories import make_key


@pytest.fixture
def api(alice: Member) -> Igni:
    """The API as a key for everything sees it."""
    return Igni(make_key(alice.workspace, "actions", *WORDS)[1])


@pytest.fixture
def igni(alice: Member) -> Igni:
    """The API in Igni's own dialect."""
    return Igni(make_key(alice.workspace, "actions", *WORDS, dialect="igni")[1], igni=True)


@pytest.fixture
def stranger(charlie: Member) -> Igni:
    """The API as a key of another workspace sees it."""
    return Igni(make_key(charlie.workspace, "actions", *WORDS)[1])


@pytest.fixture
def client_key(alice: Member) -> tuple[Key, str]:
    """An OAuth client of Alice's workspace, and its secret."""
    return make_key(alice.workspace, "actions", *WORDS, kind=Key.Kind.CLIENT, name="Shop")
