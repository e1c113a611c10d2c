"""The admin says how the installation is, shows what falls due, and lets it be tried again; old rows are forgotten."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import due
from accounts.admin import state
from accounts.clock import real_now
from accounts.models import Attempt, Due, Heartbeat, Key, Member, Message
from accounts.rules import disable_endpoint
from accounts.rules.retention import forget_messages
from tests.accounts.diaries import NOTE, Diary
from tests.accounts.factories import make_attempt, make_due, make_endpoint, make_message
from tests.factories import NOON, make_key
from tests.visitors import shown, signed_in, told

DUE = "/admin/accounts/due/"


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


def stands(client: Client) -> dict[str, tuple[str, bool]]:
    """What the index says of each thing, and whether that is well."""
    page = shown(client.get("/admin/"))
    found = re.findall(
        r'<div( class="unwell")?>\s*<dt>(.*?)</dt>\s*<dd>\s*(?:<a [^>]*>)?\s*(.*?)\s*(?:</a>)?\s*</dd>', page, re.DOTALL
    )
    return {what: (how, not unwell) for unwell, what, how in found}


def test_an_installation_in_order_says_so(owner: Client):
    Heartbeat.objects.create(name="worker:1", beat_at=real_now())
    found = stands(owner)
    assert found["Worker"] == ("seen 0 s ago", True)
    assert all(well for _, well in found.values()), found


def test_a_worker_that_is_gone_is_seen(owner: Client):
    assert stands(owner)["Worker"][1] is False
    Heartbeat.objects.create(name="worker:1", beat_at=real_now() - timedelta(minutes=5))
    assert stands(owner)["Worker"] == ("seen 5 minutes ago", False)


def test_what_is_late_and_what_failed_is_counted(owner: Client, alice: Member, charlie: Member):
    make_due(alice, "late", at=real_now() - timedelta(hours=1))
    make_due(alice, "later", at=real_now() + timedelta(hours=1))
    make_due(alice, "failed", state="failed", ended_at=NOON)
    make_due(charlie, "late", at=real_now() - timedelta(hours=1))
    found = stands(owner)
    assert (found["Scheduled work, late"], found["Scheduled work, failed"]) == (("1", False), ("1", False))


def test_what_waits_and_what_was_given_up_is_counted(owner: Client, alice: Member):
    endpoint, _ = make_endpoint(alice)
    make_message(alice, endpoint)
    given_up = make_message(alice, endpoint)
    Message.objects.filter(pk=given_up.pk).update(state="failed", due_at=None)
    other, _ = make_endpoint(alice, "https://hooks.example/other")
    disable_endpoint(other, actor=alice, now=real_now())
    found = stands(owner)
    assert found["Messages waiting"] == ("1", True)
    assert (found["Messages failed"], found["Webhooks switched off"]) == (("1", False), ("1", False))


def test_nobody_counts_further_than_a_person_reads(owner: Client, alice: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state, "MOST", 2)
    for number in range(4):
        make_due(alice, str(number), state="failed", ended_at=NOON)
    assert stands(owner)["Scheduled work, failed"] == ("more than 2", False)


def test_keys_are_told_by_their_last_use(owner: Client, alice: Member, charlie: Member):
    for name, minutes in (("Old", 60), ("New", 1)):
        key, _ = make_key(alice.workspace, name=name)
        Key.objects.filter(pk=key.pk).update(last_used_at=real_now() - timedelta(minutes=minutes))
    make_key(alice.workspace, name="Unused")
    stranger, _ = make_key(charlie.workspace, name="Stranger")
    Key.objects.filter(pk=stranger.pk).update(last_used_at=real_now())
    page = shown(owner.get("/admin/"))
    assert page.index(">New<") < page.index(">Old<")
    assert "Unused" not in page
    assert "Stranger" not in page


# What falls due


def test_what_falls_due_is_listed_and_narrowed(owner: Client, alice: Member):
    make_due(alice, "tea")
    make_due(alice, "cake", state="failed", error="No flour.", ended_at=NOON)
    page = shown(owner.get(f"{DUE}?state__exact=failed"))
    assert "cake" in page
    assert "tea" not in page
    assert "No flour." in shown(owner.get(f"{DUE}{Due.objects.get(key='cake').pk}/change/"))


def test_what_failed_is_tried_again_by_its_button(owner: Client, alice: Member, diary: Diary):
    row = make_due(alice, "tea", state="failed", attempts=8, error="No water.", ended_at=NOON)
    assert told(owner.post(f"{DUE}{row.pk}/press/try-again/", follow=True)) == [
        f"“{NOTE} tea” is to be tried again now."
    ]
    assert [outcome.key for outcome in due.run_due(alice.workspace)] == ["tea"]
    row.refresh_from_db()
    assert (row.state, row.error) == ("done", "")


def test_what_a_worker_holds_is_left_to_it(alice: Member):
    row = make_due(alice, "tea", attempts=1, token="held", held_until=real_now() + timedelta(minutes=1))
    assert due.try_again(row).token == "held"


def test_what_is_done_is_not_done_again(alice: Member):
    row = make_due(alice, "tea", state="done", ended_at=NOON)
    assert due.try_again(row).state == "done"


# What is forgotten


def test_old_messages_are_forgotten_with_their_attempts(alice: Member):
    long_ago = real_now() - timedelta(days=31)
    old, young, waiting = (make_message(alice) for _ in range(3))
    make_attempt(alice, old)
    Message.objects.filter(pk=old.pk).update(created_at=long_ago, state="delivered", due_at=None)
    Message.objects.filter(pk=young.pk).update(created_at=real_now(), state="failed", due_at=None)
    Message.objects.filter(pk=waiting.pk).update(created_at=long_ago)
    assert forget_messages(now=real_now()) == 1
    assert set(Message.objects.values_list("pk", flat=True)) == {young.pk, waiting.pk}
    assert not Attempt.objects.filter(message=old.pk).exists()


def test_messages_are_kept_for_ever_where_the_setting_says_so(alice: Member, settings: Any):
    settings.ACTA_KEEP_MESSAGES_DAYS = 0
    old = make_message(alice)
    Message.objects.filter(pk=old.pk).update(created_at=NOON - timedelta(days=9999), state="delivered", due_at=None)
    assert forget_messages(now=real_now()) == 0
