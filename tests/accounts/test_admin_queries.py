"""Change lists take as many queries for many rows as for one, and count no further than anybody pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.admin import lists, site
from accounts.admin.lists import CappedPaginator
from accounts.models import Member
from actions.rules.banning import tag_performer
from actions.rules.declaring import create_type
from actions.rules.people import add_identity
from actions.rules.rewards import create_rule
from incidents.models import Severity
from incidents.rules import complete_action, create_follow_up, post_update
from tests.accounts.factories import make_attempt, make_due, make_entry
from tests.actions.boards import make_games
from tests.actions.factories import make_fact, make_performer, pay
from tests.factories import NOON, make_key, make_member
from tests.incidents.factories import make_action
from tests.visitors import shown, signed_in

# Before any list: session, login, workspace of the session, membership.
SIGNED_IN = 4
# Of any list: how many there are, and the rows.
COUNT_AND_ROWS = 2
# What side lists ask: one query each for the related rows they name.
SIDE_LISTS = {
    "incidents.incident": 3,  # statuses, severities, types
    "incidents.incidentupdate": 2,  # statuses, severities
    "incidents.action": 1,  # assignees
    "incidents.followup": 1,  # assignees
    "actions.action": 3,  # types, sources, performers
    "accounts.message": 1,  # endpoints
    "accounts.auditentry": 1,  # members
}
OF_NO_WORKSPACE = {"accounts.user"}
NOUNS = sorted(model._meta.label_lower for model in site._registry if model._meta.label_lower not in OF_NO_WORKSPACE)


def live(owner: Member, number: int) -> None:
    """One more of everything."""
    helper = make_member(owner.workspace, f"Helper {number}")
    action = make_action(owner, assignee=helper, description=f"Number {number}")
    complete_action(action, actor=helper, at=NOON)
    create_follow_up(action.incident, title="Later", assignee=helper, actor=owner, at=NOON)
    post_update(action.incident, message="So far", idempotency_key=str(number), actor=owner, at=NOON)
    make_key(owner.workspace, member=helper)
    make_attempt(owner)
    make_entry(owner)
    make_due(owner, str(number))
    Severity.objects.of(owner.workspace).filter(rank=number).update(name=f"Bad {number}")
    with transaction.atomic():
        make_fact(owner, helper)
        pay(helper, 5, owner)
    make_games(owner, f"Number {number}")
    performer = make_performer(helper)
    add_identity(performer, "crm", str(number), trust="admin", actor=owner, at=NOON)
    tag_performer(performer, f"tag {number}", actor=owner, at=NOON)
    create_type(owner.workspace, slug=f"type-{number}", name=f"Type {number}", actor=owner, at=NOON)
    says: dict[str, Any] = {"kind": "fixed", "amount": 1_000_000}
    create_rule(owner.workspace, f"rule-{number}", f"Rule {number}", actor=owner, at=NOON, **says)


def queries(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as taken:
        shown(client.get(path))
    return len(taken)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_takes_the_same_queries_however_long_it_is(alice: Member, noun: str):
    client = signed_in(alice)
    expected = SIGNED_IN + COUNT_AND_ROWS + SIDE_LISTS.get(noun, 0)
    path = f"/admin/{noun.replace('.', '/')}/"
    for number in (1, 2, 3):
        live(alice, number)
        assert queries(client, path) == expected, number


# What the index asks: the clock, the worker, late and failed things, messages that wait and that failed, webhooks
# switched off, keys used last, and one's own last changes.
INDEX = 9


def test_the_index_takes_the_same_queries_however_much_there_is(alice: Member):
    client = signed_in(alice)
    for number in (1, 2, 3):
        live(alice, number)
        make_due(alice, f"late {number}")
        make_due(alice, f"failed {number}", state="failed", ended_at=NOON)
        assert queries(client, "/admin/") == SIGNED_IN + INDEX, number


def test_a_count_stops_where_nobody_pages(alice: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    for number in range(5):
        make_member(alice.workspace, f"Helper {number}")
    assert CappedPaginator(Member.objects.all(), 50).count == 3
    page = shown(signed_in(alice).get("/admin/accounts/member/"))
    assert "more than 2" in page


def test_rows_beyond_a_list_cannot_be_pressed_at_once(alice: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("accounts.admin.buttons.MOST_AT_ONCE", 1)
    keys = [make_key(alice.workspace)[0] for _ in range(2)]
    facts: dict[str, Any] = {"action": "revoke", "_selected_action": [str(keys[0].pk)], "select_across": "1"}
    page = shown(signed_in(alice).post("/admin/accounts/key/", facts, follow=True))
    assert "Select at most 1 at once." in page
    assert all(key.__class__.objects.get(pk=key.pk).revoked_at is None for key in keys)
