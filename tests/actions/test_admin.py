"""The ledger in the admin: facts are read, and what may be done to them is a button that asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import AuditEntry, Member
from actions.models import Action, ActionType, Entry, Identity, Performer, PerformerTag, Standing, Wallet
from actions.rules.people import add_identity
from tests.actions.factories import make_fact, make_performer, pay
from tests.factories import NOON, make_member
from tests.visitors import shown, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


@pytest.fixture
def fact(alice: Member) -> Action:
    """Alice did something for five points."""
    with transaction.atomic():
        made = make_fact(alice)
        pay(alice, 5, alice, action=made)
    return made


@pytest.fixture
def waiting(alice: Member) -> Action:
    """Somebody did something."""
    with transaction.atomic():
        return make_fact(alice, performer=None, occurrence=2, title="Who was it?")


def page(row: Any, button: str = "") -> str:
    """The page of a row, or of one of its buttons."""
    model = row._meta.model_name
    return f"/admin/actions/{model}/{row.pk}/" + (f"press/{button}/" if button else "change/")


def again(row: Any) -> Any:
    """As it is in the database."""
    return type(row).objects.get(pk=row.pk)


# Facts


def test_a_fact_is_read_with_all_it_moved_and_changed_by_nobody(owner: Client, fact: Action):
    text = shown(owner.get(page(fact)))
    assert "+5 PTS" in text
    assert 'name="_save"' not in text
    assert owner.post(page(fact), {"seq": 7}).status_code == 403
    assert owner.post("/admin/actions/action/add/", {}).status_code == 403
    assert owner.post(f"/admin/actions/action/{fact.pk}/delete/", {"post": "yes"}).status_code == 403


def test_taking_back_asks_why(owner: Client, fact: Action):
    assert "contrary entries" in shown(owner.get(page(fact, "cancel")))
    assert owner.post(page(fact, "cancel"), {}).status_code == 422
    assert owner.post(page(fact, "cancel"), {"reason": "x" * 300}).status_code == 422
    assert not again(fact).is_cancelled
    response = owner.post(page(fact, "cancel"), {"reason": "counted twice"}, follow=True)
    assert told(response)[0].endswith("is taken back.")
    cancelled = again(fact)
    assert (cancelled.cancelled_reason, cancelled.cancelled_by_label) == ("counted twice", "Alice")
    assert Wallet.objects.get().posted == 0
    assert page(fact, "cancel") not in shown(owner.get(page(fact)))


def test_the_inbox_holds_what_waits_and_a_button_says_whose_it_is(
    owner: Client, fact: Action, waiting: Action, bob: Member
):
    text = shown(owner.get("/admin/actions/action/?inbox=waiting"))
    assert "Who was it?" in text
    assert "greeted Alice" not in text
    performer = make_performer(bob)
    assert "select2" in shown(owner.get(page(waiting, "assign")))
    owner.post(page(waiting, "assign"), {"performer": performer.pk})
    assert again(waiting).performer == performer
    assert "Who was it?" not in shown(owner.get("/admin/actions/action/?inbox=waiting"))
    assert "Who was it?" in shown(owner.get("/admin/actions/action/?inbox=assigned"))


def test_nobody_of_another_workspace_is_assigned_or_proposed(owner: Client, waiting: Action, charlie: Member):
    stranger = make_performer(charlie)
    response = owner.post(page(waiting, "assign"), {"performer": stranger.pk})
    assert response.status_code == 422
    assert "Charlie" not in response.content.decode()
    query = {"app_label": "actions", "model_name": "action", "field_name": "performer", "term": "Cha"}
    assert owner.get("/admin/autocomplete/", query).json()["results"] == []


def test_whoever_is_meant_is_found_by_typing(owner: Client, waiting: Action, bob: Member):
    performer = make_performer(bob)
    query = {"app_label": "actions", "model_name": "action", "field_name": "performer", "term": "Bo"}
    assert owner.get("/admin/autocomplete/", query).json()["results"] == [{"id": str(performer.pk), "text": "Bob"}]


def test_an_assigned_fact_is_not_assigned_again(owner: Client, fact: Action, bob: Member):
    performer = make_performer(bob)
    response = owner.post(page(fact, "assign"), {"performer": performer.pk}, follow=True)
    assert "stays as it is" in told(response)[0]
    assert again(fact).performer != performer


def test_a_question_is_asked_of_whoever_may_press(alice: Member, fact: Action):
    member = signed_in(make_member(alice.workspace, "Mia"))
    assert member.post(page(fact, "cancel"), {"reason": "no"}, follow=True).status_code == 403
    assert not again(fact).is_cancelled


# Performers


def test_a_wallet_is_put_right_with_a_reason(owner: Client, fact: Action):
    performer = fact.performer
    assert owner.post(page(performer, "adjust"), {"amount": "-7.5", "currency": "PTS"}).status_code == 422
    assert (
        owner.post(page(performer, "adjust"), {"amount": "1e30", "currency": "PTS", "reason": "x"}).status_code == 422
    )
    owner.post(page(performer, "adjust"), {"amount": "-7.5", "currency": "PTS", "reason": "lost a bet"})
    entry = Entry.objects.latest("pk")
    assert (entry.amount, entry.reason, entry.actor_label) == (-7_500_000, "lost a bet", "Alice")
    assert Wallet.objects.get().posted == -2_500_000


@pytest.mark.parametrize("currency", ["pounds", "€", "XP.luck", ""])
def test_a_currency_that_is_none_moves_nothing(owner: Client, fact: Action, currency: str):
    facts = {"amount": "1", "currency": currency, "reason": "x"}
    assert owner.post(page(fact.performer, "adjust"), facts).status_code in (302, 422)
    assert Entry.objects.count() == 1


def test_who_is_banned_leaves_the_boards_and_comes_back(owner: Client, fact: Action):
    performer = fact.performer
    owner.post(page(performer, "ban"))
    assert again(performer).banned_at is not None
    assert not Standing.objects.filter(performer=performer, shown=True).exists()
    owner.post(page(performer, "unban"))
    assert again(performer).banned_at is None
    assert not Standing.objects.filter(performer=performer, shown=False).exists()


def test_erasing_asks_whether_anybody_is_sure(owner: Client, fact: Action):
    performer = fact.performer
    assert owner.post(page(performer, "erase"), {}).status_code == 422
    owner.post(page(performer, "ban"), follow=True)
    owner.post(page(performer, "erase"), {"sure": "on"})
    erased = again(performer)
    assert erased.erased_at is not None
    assert "Alice" not in shown(owner.get(page(erased))).split("</header>")[1]
    assert "press/" not in shown(owner.get(page(erased)))
    told = AuditEntry.objects.of(erased.workspace).about(erased)
    assert {entry.deed for entry in told} == {"banned", "erased"}
    assert "Alice" not in str([(entry.row, entry.changes) for entry in told])


def test_somebody_new_is_taken_in(owner: Client, alice: Member):
    facts = {"first_name": "Nina", "last_name": "Weber", "email": "Nina@example.org", "country": "ch", "active": "on"}
    owner.post("/admin/actions/performer/add/", facts)
    made = Performer.objects.get(email="nina@example.org")
    assert (made.name, made.country, made.activated_at is not None) == ("Nina Weber", "CH", True)
    response = owner.post("/admin/actions/performer/add/", facts)
    assert "Somebody has this address already" in shown(response)


def test_somebody_who_confirms_later_is_activated_by_a_button(owner: Client, alice: Member):
    owner.post("/admin/actions/performer/add/", {"email": "nina@example.org", "country": "CH"})
    made = Performer.objects.get(email="nina@example.org")
    assert made.activated_at is None
    owner.post(page(made, "activate"))
    assert again(made).activated_at is not None


def test_names_and_tags_are_given_and_removed(owner: Client, fact: Action):
    performer = fact.performer
    assert performer
    owner.post("/admin/actions/identity/add/", {"performer": performer.pk, "source": "crm", "value": "a-7"})
    owner.post("/admin/actions/performertag/add/", {"performer": performer.pk, "word": "vip"})
    identity, tag = Identity.objects.get(), PerformerTag.objects.get()
    assert (identity.trust, identity.actor_label, tag.word) == ("admin", "Alice", "vip")
    text = shown(owner.get(page(performer)))
    assert "crm: a-7" in text
    assert "vip" in text
    for row in (identity, tag):
        owner.post(page(row, "remove"))
    assert not Identity.objects.exists()
    assert not PerformerTag.objects.exists()


def test_a_name_that_is_anothers_is_refused_on_the_form(owner: Client, fact: Action, alice: Member, bob: Member):
    add_identity(make_performer(bob), "crm", "a-7", trust="key", actor=alice, at=NOON)
    facts = {"performer": fact.performer_id, "source": "crm", "value": "a-7"}
    assert "another performer" in shown(owner.post("/admin/actions/identity/add/", facts))


# Types


def test_a_type_is_declared_and_changed_and_keeps_its_slug(owner: Client, alice: Member):
    owner.post("/admin/actions/actiontype/add/", {"slug": "talk", "name": "Talk", "params": "value, city"})
    made = ActionType.objects.get(slug="talk")
    assert made.params == ["value", "city"]
    owner.post(page(made), {"name": "Talks", "params": "city", "slug": "other"})
    changed = again(made)
    assert (changed.slug, changed.name, changed.params, changed.active) == ("talk", "Talks", ["city"], False)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"slug": "event"}, "There is an action type of this slug."),
        ({"slug": "Ä b"}, "Small letters and digits"),
        ({"params": "a b"}, "is no name of a parameter"),
        ({"params": "a, a"}, "declared once"),
        ({"name": ""}, "This field is required."),
        ({"params": ", ".join(f"p{n}" for n in range(51))}, "At most 50 parameters."),
    ],
)
def test_what_no_type_can_be_is_said_at_the_field(owner: Client, alice: Member, facts: dict[str, str], sentence: str):
    form = {"slug": "talk", "name": "Talk", "params": ""} | facts
    assert sentence in shown(owner.post("/admin/actions/actiontype/add/", form))
    assert not ActionType.objects.filter(slug="talk").exists()


def test_two_buttons_of_a_row_are_forms_with_their_own_method(owner: Client, fact: Action):
    text = " ".join(shown(owner.get(page(fact.performer))).split())
    assert {word: method for method, word in re.findall(r'<form method="(\w+)" action="[^"]*/press/(\w+)/"', text)} == {
        "adjust": "get", "ban": "post", "erase": "get",
    }  # fmt: skip
