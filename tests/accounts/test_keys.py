"""Keys as rules know them: made once, kept as a hash, found by prefix, closed for ever."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.callers import Caller, System
from accounts.clock import MICROSECOND
from accounts.models import Key, Member
from accounts.rules import create_key, find_key, note_use, revoke_key
from accounts.rules.keys import PREFIX_LENGTH, digest
from tests.factories import make_key

MINUTE = timedelta(minutes=1)
SHAPES = {
    "incidents": r"inc_[0-9a-f]{64}",
    "cadences": r"ak[0-9a-f]{64}",
    "analytics": r"phx_[0-9A-Za-z]{43}",
    "gamification": r"[0-9A-Za-z]{48}",
    "actions": r"act_[0-9a-f]{64}",
}
APPS = pytest.mark.parametrize("app", SHAPES)


def other_letter(letter: str) -> str:
    """A letter of tokens that is another."""
    return "1" if letter == "0" else "0"


@APPS
def test_a_token_looks_as_the_vendors_do_and_opens_its_key(alice: Member, noon: datetime, app: str) -> None:
    key, token = make_key(alice.workspace, app)
    assert re.fullmatch(SHAPES[app], token)
    assert find_key(app, token, at=noon) == key


@APPS
def test_no_two_tokens_are_alike(alice: Member, app: str) -> None:
    tokens = {make_key(alice.workspace, app)[1] for _ in range(20)}
    assert len({token[:PREFIX_LENGTH] for token in tokens}) == 20
    assert len({token[PREFIX_LENGTH:] for token in tokens}) == 20


@APPS
def test_of_a_token_only_the_prefix_and_a_hash_are_kept(alice: Member, app: str) -> None:
    key, token = make_key(alice.workspace, app)
    [row] = Key.objects.filter(pk=key.pk).values()
    assert row["prefix"] == token[:PREFIX_LENGTH]
    kept = " ".join(map(str, row.values()))
    assert token[PREFIX_LENGTH : PREFIX_LENGTH + 8] not in kept
    assert len(row["digest"]) == 64


@APPS
def test_every_letter_of_a_token_counts(alice: Member, noon: datetime, app: str) -> None:
    _key, token = make_key(alice.workspace, app)
    for place in (0, PREFIX_LENGTH - 1, PREFIX_LENGTH, len(token) - 1):
        wrong = token[:place] + other_letter(token[place]) + token[place + 1 :]
        assert find_key(app, wrong, at=noon) is None


@pytest.mark.parametrize("change", [str.upper, lambda t: t[:-1], lambda t: t + "0", lambda t: t[:PREFIX_LENGTH]])
def test_nearly_a_token_opens_nothing(alice: Member, noon: datetime, change: Callable[[str], str]) -> None:
    _key, token = make_key(alice.workspace)
    assert find_key("incidents", change(token), at=noon) is None


@pytest.mark.parametrize("token", ["", " ", "\x00", "inc_\x00", "é", "\ud800", "x" * 100_000, "%", "' OR 1=1 --"])
def test_an_odd_token_opens_nothing(alice: Member, noon: datetime, token: str) -> None:
    make_key(alice.workspace)
    assert find_key("incidents", token, at=noon) is None


def test_an_empty_prefix_is_not_a_way_in(alice: Member, noon: datetime) -> None:
    key, _token = make_key(alice.workspace)
    assert find_key("incidents", key.digest, at=noon) is None
    assert find_key("incidents", key.prefix, at=noon) is None


@APPS
def test_a_token_opens_one_app_only(alice: Member, noon: datetime, app: str) -> None:
    _key, token = make_key(alice.workspace, app)
    assert [other for other in SHAPES if find_key(other, token, at=noon)] == [app]


def test_keys_with_the_same_prefix_are_told_apart(alice: Member, noon: datetime) -> None:
    key, token = make_key(alice.workspace)
    twin, other_token = make_key(alice.workspace)
    Key.objects.filter(pk=twin.pk).update(prefix=key.prefix, digest=digest(token[:PREFIX_LENGTH] + other_token))
    assert find_key("incidents", token, at=noon) == key
    assert find_key("incidents", token[:PREFIX_LENGTH] + other_token, at=noon) == twin


def test_a_key_expires_to_the_microsecond(alice: Member, noon: datetime) -> None:
    key, token = make_key(alice.workspace, expires_at=noon)
    for at, usable in [(noon - MICROSECOND, True), (noon, False), (noon + MICROSECOND, False)]:
        assert (find_key("incidents", token, at=at) is not None) is usable
        assert key.is_usable(at) is usable


def test_a_revoked_key_opens_nothing_whatever_the_time(alice: Member, noon: datetime) -> None:
    key, token = make_key(alice.workspace)
    key = revoke_key(key, at=noon)
    for at in (noon - timedelta(days=1), noon, noon + timedelta(days=1)):
        assert find_key("incidents", token, at=at) is None
        assert not key.is_usable(at)


def test_revoking_twice_keeps_the_first_time(alice: Member, noon: datetime) -> None:
    key, _token = make_key(alice.workspace)
    stale = Key.objects.get(pk=key.pk)
    revoke_key(key, at=noon)
    assert revoke_key(stale, at=noon + MINUTE).revoked_at == noon
    assert Key.objects.get(pk=key.pk).revoked_at == noon


def test_a_token_of_the_grace_period_opens_until_it_ends(alice: Member, noon: datetime) -> None:
    key, new = make_key(alice.workspace)
    old = new[:PREFIX_LENGTH] + "0" * 56
    Key.objects.filter(pk=key.pk).update(grace_digest=digest(old), grace_until=noon)
    assert find_key("incidents", old, at=noon - MICROSECOND) == key
    assert find_key("incidents", old, at=noon) is None
    assert find_key("incidents", new, at=noon) == key


def test_a_grace_hash_without_an_end_opens_nothing(alice: Member, noon: datetime) -> None:
    key, new = make_key(alice.workspace)
    old = new[:PREFIX_LENGTH] + "0" * 56
    Key.objects.filter(pk=key.pk).update(grace_digest=digest(old))
    assert find_key("incidents", old, at=noon) is None


def test_a_key_is_found_with_its_workspace_and_member_in_one_query(alice: Member, noon: datetime) -> None:
    _key, token = make_key(alice.workspace, member=alice)
    with CaptureQueriesContext(connection) as queries:
        found = find_key("incidents", token, at=noon)
        assert found is not None
        assert (found.workspace, found.member) == (alice.workspace, alice)
    assert len(queries) == 1  # The key, its workspace and its member.


def test_a_use_is_noted_at_most_once_a_minute(alice: Member, noon: datetime) -> None:
    key, _token = make_key(alice.workspace)
    for at, noted in [
        (noon, noon),
        (noon + MINUTE - MICROSECOND, noon),
        (noon + MINUTE, noon + MINUTE),
        (noon, noon + MINUTE),
    ]:
        note_use(key, at=at)
        key.refresh_from_db()
        assert key.last_used_at == noted


def test_noting_a_use_changes_no_other_key(alice: Member, noon: datetime) -> None:
    used, idle = make_key(alice.workspace)[0], make_key(alice.workspace)[0]
    note_use(used, at=noon)
    assert list(Key.objects.filter(last_used_at__isnull=True)) == [idle]


def test_a_key_of_another_workspaces_member_is_refused(alice: Member, charlie: Member, noon: datetime) -> None:
    with pytest.raises(ValidationError) as refused:
        create_key(alice.workspace, "incidents", name="Hers", at=noon, member=charlie)
    assert refused.value.message_dict.keys() == {"member"}
    assert not Key.objects.exists()


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 201}),
        ("kind", {"kind": "password"}),
        ("limit", {"limit": 0}),
        ("limit", {"limit": -1}),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(alice: Member, field: str, facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        make_key(alice.workspace, **facts)
    assert refused.value.message_dict.keys() == {field}
    assert not Key.objects.exists()


@pytest.mark.parametrize("facts", [{"app": "mail"}, {"kind": "pass"}])
def test_the_database_itself_refuses_unknown_words(alice: Member, facts: dict[str, str]) -> None:
    key, _token = make_key(alice.workspace)
    with pytest.raises(IntegrityError), transaction.atomic():
        Key.objects.filter(pk=key.pk).update(**facts)


def test_unknown_roles_are_kept_as_the_vendor_may_add_some(alice: Member) -> None:
    key, _token = make_key(alice.workspace, "incidents", "role_of_tomorrow", "viewer")
    assert Key.objects.get(pk=key.pk).words == ["role_of_tomorrow", "viewer"]


def test_the_key_is_the_actor_even_when_it_is_a_members(alice: Member) -> None:
    key, _token = make_key(alice.workspace, member=alice)
    assert Caller(alice.workspace, "incidents", member=alice, key=key).actor is key
    assert Caller(alice.workspace, "incidents", member=alice).actor is alice
    with pytest.raises(LookupError):
        Caller(alice.workspace, "incidents").actor  # noqa: B018


def test_every_actor_says_what_it_is_and_how_it_is_called(alice: Member) -> None:
    key, _token = make_key(alice.workspace, name="Robot")
    described = [(actor.actor_kind, actor.actor_id, actor.member, str(actor)) for actor in (alice, key, System())]
    assert described == [
        ("member", alice.uid, alice, "Alice"),
        ("key", key.uid, None, "Robot"),
        ("system", None, None, "Acta"),
    ]
