"""A world for clients over sockets, made in a house by the rules: keys of all kinds, incidents, actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.rules import create_workspace, revoke_key
from accounts.serving.preparing import prepare
from incidents.roles import NAMES
from incidents.rules import complete_action
from tests.factories import NOON, make_key, make_member
from tests.incidents.factories import make_action, make_incident


def make() -> dict[str, Any]:
    """Alice, Bob, Dodo who has left, five keys, three incidents, seven actions a day apart."""
    prepare(lambda sentence: None)
    workspace = create_workspace("wonderland", at=NOON)
    alice = make_member(workspace, "Alice", role="owner", slack_user_id="U01")
    bob = make_member(workspace, "Bob", email=None)
    revoked, of_the_past = make_key(workspace, "incidents", *NAMES, name="Gone")
    revoke_key(revoked, at=NOON)
    incident = make_incident(alice)
    actions = [make_action(alice, incident, at=NOON + timedelta(days=day), assignee=bob) for day in range(5)]
    complete_action(actions[0], actor=bob, at=NOON + timedelta(days=10))
    return {
        "token": make_key(workspace, "incidents", *NAMES, name="Everything")[1],
        "viewer": make_key(workspace, "incidents", "viewer", name="Looks")[1],
        "nothing": make_key(workspace, "incidents", name="Nothing")[1],
        "limited": make_key(workspace, "incidents", *NAMES, name="Slow", limit=2)[1],
        "revoked": of_the_past,
        "alice": alice.ulid,
        "bob": bob.ulid,
        "dodo": make_member(workspace, "Dodo", active=False, at=NOON + timedelta(days=1)).ulid,
        "incident": incident.ulid,
        "actions": [action.ulid for action in actions],
        "other": make_action(alice, at=NOON + timedelta(days=5)).ulid,
        "rehearsed": make_action(alice, make_incident(alice, mode="test"), at=NOON + timedelta(days=6)).ulid,
    }
