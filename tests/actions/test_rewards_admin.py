"""Reward rules in the admin: a form writes a version, and a page says what would be paid, and why."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from actions.models import Action, ActionType, Entry, RewardRule, RuleVersion
from actions.rules.deeds import record_action
from tests.actions.factories import make_performer
from tests.factories import NOON
from tests.visitors import shown, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/actions/rewardrule/add/"
FACTS = {
    "slug": "talks", "name": "Talks", "kind": "fixed", "amount": "12.5", "currency": "PTS", "places": "1",
    "basis": "value", "levels": "", "frequency": "instant", "grace_days": "0", "count_period": "all",
    "cap_period": "all",
}  # fmt: skip


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


def rule() -> RewardRule:
    """The one that was made here."""
    return RewardRule.objects.get(slug="talks")


def page() -> str:
    """Its page."""
    return f"/admin/actions/rewardrule/{rule().pk}/change/"


def now() -> RuleVersion:
    """What it says now."""
    return RuleVersion.objects.get(rule=rule(), number=rule().version)


def event(alice: Member) -> ActionType:
    """A type that is there from the beginning."""
    found: ActionType = ActionType.objects.of(alice.workspace).get(slug="event")
    return found


def test_a_rule_is_made_and_pays(owner: Client, alice: Member):
    owner.post(ADD, FACTS | {"type": event(alice).pk})
    assert (rule().name, now().amount, now().actor_label) == ("Talks", 12_500_000, "Alice")
    facts: dict[str, Any] = {"title": "A talk", "actor": alice, "at": NOON, "performer": make_performer(alice)}
    record_action(alice.workspace, event(alice), **facts)
    assert [(entry.amount, entry.rule) for entry in Entry.objects.all()] == [(12_500_000, "talks")]


def test_a_change_is_a_new_version_and_the_old_one_is_told(owner: Client, alice: Member):
    owner.post(ADD, FACTS)
    owner.post(page(), FACTS | {"amount": "20", "currency": "EUR"})
    assert (rule().version, now().amount, now().currency) == (2, 20_000_000, "EUR")
    text = shown(owner.get(page()))
    assert "1: fixed amount, 12.5 PTS, for any action, instant" in text
    assert "2: fixed amount, 20 EUR" in text
    assert 'value="20"' in text


def test_saving_what_is_there_is_no_version(owner: Client, alice: Member):
    owner.post(
        ADD, FACTS | {"kind": "generation_bonus", "levels": "10, 5, 2.5", "percent": "", "cap_amount": "1000000.5"}
    )
    assert now().levels == [10_000_000, 5_000_000, 2_500_000]
    same = FACTS | {"kind": "generation_bonus", "levels": "10, 5, 2.5", "cap_amount": "1000000.5"}
    owner.post(page(), same)
    assert rule().version == 1
    owner.post(page(), same | {"name": "Lectures"})
    assert (rule().version, rule().name) == (1, "Lectures")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"amount": ""}, "How much?"),
        ({"amount": "0.55"}, "more digits after the point than are paid"),
        ({"amount": "1e40"}, "no more than"),
        ({"kind": "percentage"}, "How many percent?"),
        ({"kind": "generation_bonus", "levels": "ten"}, "Write numbers with commas between them"),
        ({"currency": "pounds"}, "is not a currency"),
        ({"slug": "award"}, "already exists"),
        ({"kind": "gift"}, "Select a valid choice"),
        ({"count_from": "5", "count_to": "2"}, "The last comes after the first"),
    ],
)
def test_what_no_rule_can_say_is_told_on_the_form(owner: Client, alice: Member, facts: dict[str, str], sentence: str):
    assert sentence in shown(owner.post(ADD, FACTS | facts))
    assert not RewardRule.objects.filter(slug="talks").exists()


def test_another_workspaces_type_is_no_choice(owner: Client, charlie: Member):
    assert "Select a valid choice" in shown(owner.post(ADD, FACTS | {"type": event(charlie).pk}))


def test_it_is_switched_off_and_on(owner: Client, alice: Member):
    owner.post(ADD, FACTS)
    owner.post(page().replace("change", "press/off"))
    assert rule().active is False
    owner.post(page().replace("change", "press/on"))
    assert rule().active is True


def test_trying_says_what_each_rule_would_pay_and_why(owner: Client, alice: Member):
    owner.post(ADD, FACTS | {"type": event(alice).pk})
    query = {"type": event(alice).pk, "performer": make_performer(alice).pk}
    text = " ".join(shown(owner.get("/admin/actions/rewardrule/try/", query)).split())
    assert "12.5 PTS" in text
    assert "It pays." in text
    assert "The rule is about another type of action." in text
    assert not Action.objects.exists()
    assert not Entry.objects.exists()


def test_nobody_of_another_workspace_is_tried(owner: Client, alice: Member, charlie: Member):
    query = {"type": event(charlie).pk, "performer": make_performer(charlie).pk}
    assert shown(owner.get("/admin/actions/rewardrule/try/", query)).count("Select a valid choice") == 2


def test_members_do_not_try(bob: Member):
    assert signed_in(bob).get("/admin/actions/rewardrule/try/", follow=True).status_code == 403
