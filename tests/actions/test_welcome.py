"""The page that the mail to somebody new leads to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from actions.models import Performer
from actions.rules.people import create_performer
from actions.rules.welcoming import knows_password, welcome_token
from tests.factories import NOON
from tests.visitors import PASSWORD, shown

pytestmark = pytest.mark.django_db


def make(alice: Member, **facts: Any) -> tuple[Performer, str]:
    """Somebody new, and where her mail leads."""
    told: dict[str, Any] = {"email": "nina@example.org", "country": "CH", "actor": alice, "at": NOON} | facts
    made = create_performer(alice.workspace, **told)
    return made, f"/actions/welcome/{welcome_token(made)}"


def again(performer: Performer) -> Performer:
    """As she is in the database."""
    return Performer.objects.get(pk=performer.pk)


def test_she_says_that_the_address_is_hers_and_chooses_a_password(client: Client, alice: Member):
    made, path = make(alice)
    response = client.get(path)
    assert "Say that it is yours, and choose a password" in " ".join(shown(response).split())
    assert response["Referrer-Policy"] == "no-referrer"
    assert again(made).activated_at is None
    assert "Thank you" in shown(client.post(path, {"password": PASSWORD}))
    assert again(made).activated_at is not None
    assert knows_password(again(made), PASSWORD)


def test_a_link_works_once(client: Client, alice: Member):
    _, path = make(alice)
    client.post(path, {"password": PASSWORD})
    assert client.get(path).status_code == 404
    assert client.post(path, {"password": "another horse battery"}).status_code == 404


@pytest.mark.parametrize("password", ["", "123", "password", "x" * 5000])
def test_a_password_that_is_none_is_refused(client: Client, alice: Member, password: str):
    made, path = make(alice)
    assert client.post(path, {"password": password}).status_code == 422
    assert again(made).activated_at is None
    assert again(made).password == ""


def test_who_has_a_password_only_confirms(client: Client, alice: Member):
    made, path = make(alice, password=PASSWORD)
    assert "password" not in shown(client.get(path)).lower()
    assert "Thank you" in shown(client.post(path))
    assert again(made).activated_at is not None
    assert knows_password(again(made), PASSWORD)


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", "%00", "x" * 3000])
def test_a_token_that_is_none_leads_nowhere(client: Client, alice: Member, token: str):
    assert client.get(f"/actions/welcome/{token}").status_code == 404


def test_a_form_from_elsewhere_confirms_nothing(alice: Member):
    made, path = make(alice)
    assert Client(enforce_csrf_checks=True).post(path, {"password": PASSWORD}).status_code == 403
    assert again(made).activated_at is None
