"""A world for clients over sockets, made in a house by the rules: keys, people, actions."""

from __future__ import annotations

from typing import Any

from accounts.rules import create_workspace
from accounts.serving.preparing import prepare
from actions.addresses import WORDS
from tests.actions.api.world import make_things
from tests.factories import NOON, make_key, make_member


def make() -> dict[str, Any]:
    """Alice's workspace with things in it, and Charlie's with nothing but her."""
    prepare(lambda sentence: None)
    alice = make_member(create_workspace("wonderland", at=NOON), "Alice", role="owner")
    charlie = make_member(create_workspace("elsewhere", at=NOON), "Charlie", role="owner")
    things = make_things(alice)
    return {
        "token": make_key(alice.workspace, "actions", *WORDS)[1],
        "reader": make_key(alice.workspace, "actions", "actions:read")[1],
        "stranger": make_key(charlie.workspace, "actions", *WORDS)[1],
        "ada": str(things.ada.pk),
        "bea": str(things.bea.pk),
        "team": things.team.name,
        "deeds": [str(deed.pk) for deed in things.deeds],
        "paid": str(things.paid),
    }
