"""What a crash is tried on, made and read inside a house: many actions, and what the ledger knows of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.rules import create_workspace
from accounts.serving.preparing import prepare
from actions.models import Action as Fact
from incidents.roles import NAMES
from tests.factories import NOON, make_key, make_member
from tests.incidents.factories import make_action, make_incident

ACTIONS = 500


@transaction.atomic
def make_actions() -> dict[str, Any]:
    """A key, and actions that nobody has completed."""
    workspace = create_workspace("wonderland", at=NOON)
    alice, token = make_member(workspace, "Alice"), make_key(workspace, "incidents", *NAMES)[1]
    incident = make_incident(alice)
    moments = [NOON + timedelta(microseconds=each) for each in range(ACTIONS)]
    return {"token": token, "actions": [make_action(alice, incident, at=at, assignee=alice).ulid for at in moments]}


def make() -> dict[str, Any]:
    """The same in a new database."""
    prepare(lambda sentence: None)
    return make_actions()


def completions() -> list[str]:
    """The actions that the ledger knows completed, once for each fact that holds."""
    held = Fact.objects.uncancelled().filter(verb="incidents.action.completed")
    return [source_id.split(":")[1] for source_id in held.values_list("source_id", flat=True)]
