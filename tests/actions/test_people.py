"""People of the ledger: found by what is known of them, created once, written to, forgotten."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import Conflict
from accounts.models import Member, Message
from actions import ledger
from actions.models import Action, Detail, Entry, Identity, Performer, PerformerTag, Seal, Standing
from actions.rules.banning import ban_performer, unban_performer
from actions.rules.deeds import erase_performer
from actions.rules.people import add_identity, create_performer, find_performer, resolve
from actions.rules.proofs import prove
from actions.rules.welcoming import accept_welcome, knows_password
from tests.actions.factories import make_fact, make_performer, pay, take_back
from tests.actions.threads import at_once
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


def make(actor: Member, email: str = "eve@example.org", **facts: Any) -> Performer:
    """Somebody new."""
    told: dict[str, Any] = {"country": "es", "actor": actor, "at": NOON, "first_name": "Eve"} | facts
    return create_performer(actor.workspace, email=email, **told)


def test_somebody_new_has_a_name_a_code_and_whoever_brought_her(alice: Member, performer: Performer):
    made = make(alice, " Eve@Example.org ", last_name="Stone", referrer=performer, active=True)
    made.refresh_from_db()
    assert (made.email, made.name, made.country, made.enroller) == ("eve@example.org", "Eve Stone", "ES", performer)
    assert re.fullmatch(r"ES-[0-9A-Z]{8}-[0-9]{2}", made.referral_code)
    assert made.activated_at == NOON
    assert make(alice, "firm@example.org", company="Firm").name == "Firm"


def test_an_address_is_somebodys_once(alice: Member):
    make(alice)
    with pytest.raises(Conflict) as refusal:
        make(alice, "EVE@example.org")
    assert refusal.value.code == "duplicate_email"


@pytest.mark.django_db(transaction=True)
def test_at_once_too(alice: Member):
    outcomes = at_once([lambda: make(alice)] * 6)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict"] * 5 + ["Performer"]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a\x00@example.org"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
        ({"country": "Spain"}, "country"),
        ({"country": "É1"}, "country"),
        ({"first_name": "x" * 201}, "name"),
        ({"password": "123"}, "password"),
        ({"password": "x" * 5000}, "password"),
    ],
)
def test_what_is_wrong_with_somebody_is_named(alice: Member, facts: dict[str, str], name: str):
    with pytest.raises(ValidationError) as refusal:
        make(alice, **facts)
    assert set(refusal.value.error_dict) == {name}


def test_somebody_new_is_written_to_and_follows_her_link_once(alice: Member, settings: Any):
    settings.EMAIL_URL, settings.ACTA_BASE_URL = "smtp://localhost", "https://acta.example"
    made = make(alice)
    message = Message.objects.get(recipient="eve@example.org")
    text = bytes(message.body).decode()
    assert "confirm your address and choose a password" in text
    (token,) = re.findall(r"https://acta\.example/actions/welcome/(\S+)", text)
    for password in (None, "123"):
        with pytest.raises(ValidationError):
            accept_welcome(token, password=password, at=LATER)
    accept_welcome(token, password="a mug of tea", at=LATER)
    made.refresh_from_db()
    assert (made.activated_at, knows_password(made, "a mug of tea")) == (LATER, True)
    assert not knows_password(made, "another")
    for used in (token, "nonsense"):
        with pytest.raises(Performer.DoesNotExist):
            accept_welcome(used, password="another mug", at=LATER)


def test_who_is_active_and_has_a_password_is_not_written_to(alice: Member, settings: Any):
    settings.EMAIL_URL = "smtp://localhost"
    made = make(alice, active=True, password="a mug of tea")
    assert not Message.objects.exists()
    assert knows_password(made, "a mug of tea")
    assert "tea" not in made.password


def test_a_member_with_that_address_is_that_performer(alice: Member, bob: Member):
    made = make(alice, str(bob.email))
    assert made.member == bob
    assert make_fact(alice, performer=bob).performer_id == made.pk


# Found


def test_somebody_is_found_by_id_address_or_code(alice: Member, charlie: Member):
    made = make(alice)
    for known in ({"id": made.pk}, {"email": "EVE@example.org"}, {"referral_code": made.referral_code.lower()}):
        assert find_performer(alice.workspace, **known) == made
        with pytest.raises(Performer.DoesNotExist):
            find_performer(charlie.workspace, **known)


@pytest.mark.parametrize(
    "known", [{"id": 2**70}, {"id": -1}, {"email": "a\x00"}, {"email": ""}, {"referral_code": ""}, {}]
)
def test_nobody_is_found_by_nonsense(alice: Member, known: dict[str, Any]):
    with pytest.raises(Performer.DoesNotExist):
        find_performer(alice.workspace, **known)


def test_a_member_who_did_nothing_yet_is_found_by_her_address(alice: Member):
    found = find_performer(alice.workspace, email=str(alice.email))
    assert found.member == alice
    assert find_performer(alice.workspace, email=str(alice.email)) == found


def test_a_name_of_another_system_is_one_performers(alice: Member, performer: Performer, bob: Member):
    facts: dict[str, Any] = {"actor": alice, "at": NOON}
    claimed = add_identity(performer, "analytics", "d-1", trust="public", **facts)
    assert resolve(alice.workspace, identities=[("analytics", "d-1")]) is None
    assert add_identity(performer, "analytics", "d-1", trust="key", **facts) == claimed
    assert add_identity(performer, "analytics", "d-1", trust="public", **facts).trust == "key"
    assert resolve(alice.workspace, identities=[("analytics", "d-0"), ("analytics", "d-1")]) == performer
    with pytest.raises(Conflict) as refusal:
        add_identity(make_performer(bob), "analytics", "d-1", trust="admin", **facts)
    assert refusal.value.code == "identity_taken"
    for wrong in ({"trust": "hearsay"}, {"source": ""}, {"value": "x" * 401}):
        told: dict[str, Any] = {"source": "analytics", "value": "x", "trust": "key"} | facts | wrong
        with pytest.raises(ValidationError):
            add_identity(performer, told.pop("source"), told.pop("value"), **told)


def test_who_is_meant_is_asked_of_the_surest_name_first(alice: Member, performer: Performer):
    other = make(alice)
    assert resolve(alice.workspace, id=performer.pk, email=other.email) == performer
    assert resolve(alice.workspace, id=2**70, email=other.email) == other
    assert resolve(alice.workspace, email="nobody@example.org", referral_code=performer.referral_code) == performer
    assert resolve(alice.workspace) is None


def test_who_is_banned_is_on_no_board_until_she_is_not(alice: Member, performer: Performer):
    pay(performer, 5, alice)
    told: dict[str, Any] = {"actor": alice, "at": LATER}
    banned = ban_performer(performer, **told)
    assert banned.banned_at == ban_performer(performer, actor=alice, at=LATER + timedelta(days=1)).banned_at == LATER
    assert not Standing.objects.filter(shown=True).exists()
    assert unban_performer(performer, **told).banned_at is None
    assert not Standing.objects.filter(shown=False).exists()


# Forgotten


def test_who_is_forgotten_leaves_every_sum(alice: Member, bob: Member, performer: Performer, noon: datetime):
    with transaction.atomic():
        fact = make_fact(alice, title="Alice met Bob", meta={"phone": "1"})
        pay(performer, 5, alice, action=fact)
        make_fact(bob)
    add_identity(performer, "analytics", "alice", trust="key", actor=alice, at=noon)
    PerformerTag.objects.create(workspace=alice.workspace, performer=performer, word="gold")
    code = performer.referral_code
    erase_performer(performer, actor=bob, at=noon)
    gone = Performer.objects.get(pk=performer.pk)
    assert (gone.name, gone.email, gone.member, gone.erased_at) == ("", None, None, noon)
    assert gone.referral_code != code
    assert str(gone) == f"Somebody ({gone.pk})"
    assert not Identity.objects.exists()
    assert not PerformerTag.objects.exists()
    detail = Detail.objects.get(action=fact)
    assert (detail.title, detail.title_folded, detail.subject, detail.meta, detail.erased_at) == ("", "", "", {}, noon)
    assert set(Action.objects.values_list("actor_label", flat=True)) == {"Somebody", "Bob"}
    assert Entry.objects.get().actor_label == "Somebody"
    assert Detail.objects.exclude(title="").get().title == "greeted Bob"
    assert ledger.balance(gone, "PTS").current == 5_000_000
    assert Seal.objects.get().reason == f"erasure of performer {gone.pk}"
    assert set(Standing.objects.filter(performer=gone).values_list("shown", flat=True)) == {False}
    assert prove(alice.workspace).faults == []
    again = erase_performer(gone, actor=bob, at=LATER)
    assert again.erased_at == noon


def test_what_she_earned_can_still_be_taken_back(alice: Member, bob: Member, performer: Performer, noon: datetime):
    fact = make_fact(alice)
    pay(performer, 5, alice, action=fact)
    erase_performer(performer, actor=bob, at=noon)
    take_back(bob, alice)
    assert ledger.balance(performer, "PTS").current == 0
    assert prove(alice.workspace).faults == []
