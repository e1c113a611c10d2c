"""The front door, set-up, signing in and out, and the choice of a workspace."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from accounts.models import Member, User, Workspace
from incidents.models import Severity
from tests.factories import make_member, make_workspace
from tests.ledger_fixture import unsealed_flush  # noqa: F401
from tests.threads import at_once
from tests.visitors import PASSWORD, shown, signed_in, told

SETUP = {
    "workspace_name": "Acme",
    "slug": "acme",
    "time_zone": "Europe/Zurich",
    "name": "Ada",
    "email": "ada@acme.example",
    "password": PASSWORD,
    "password_again": PASSWORD,
}
WRONG = {"username": "alice@wonderland.example", "password": "a guess"}


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


# The front door


def test_anybody_reads_what_this_installation_is(client: Client, alice: Member):
    page = shown(client.get("/"))
    for app in ("incidents", "cadences", "analytics", "gamification", "actions"):
        assert f"http://testserver/{app}" in page
    assert "Sign in" in page
    assert "Wonderland" not in page


def test_each_door_says_whether_it_answers_today(client: Client, alice: Member):
    rows = re.findall(r"<tr>.*?</tr>", shown(client.get("/")), re.DOTALL)
    answering = {row.split("testserver/")[1].split("<")[0] for row in rows if "answers" in row}
    assert "incidents" in answering
    assert "cadences" not in answering


@override_settings(ALLOWED_HOSTS=["acta.example.org"])
def test_calls_to_paste_name_the_host_that_was_asked(client: Client, alice: Member):
    page = shown(client.get("/", headers={"host": "acta.example.org:8080"}))
    assert "'http://acta.example.org:8080/incidents/v3/actions?page_size=5'" in page
    assert 'base_url="http://acta.example.org:8080/incidents"' in page
    assert "http://incidents.localhost:8080" in page


def test_the_pasted_call_answers(client: Client, alice: Member):
    page = shown(client.get("/"))
    [path] = re.findall(r"'http://testserver(/incidents/[^']+)'", page)
    assert client.get(path).status_code == 401


def test_whoever_is_signed_in_finds_her_workspace_and_its_doors(owner: Client):
    assert 'href="/doors/"' in shown(owner.get("/"))
    page = shown(owner.get("/doors/"))
    for link in ("/incidents/", "/admin/", "/incidents/docs", "/admin/accounts/key/add/"):
        assert f'href="{link}"' in page
    assert "Wonderland" in page


def test_a_plain_member_is_not_shown_the_admin(bob: Member):
    assert "/admin/" not in shown(signed_in(bob).get("/"))


def test_no_page_asks_another_server_for_anything(owner: Client, client: Client):
    pages = [
        shown(owner.get(path)) for path in ("/", "/doors/", "/admin/", "/incidents/", "/incidents/docs", "/workspaces/")
    ]
    pages.append(shown(client.get("/login/")))
    for page in pages:
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', page) == []


def test_a_page_that_is_not_there_says_so_in_the_look_of_the_house(client: Client, db: None):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert 'class="house"' in response.content.decode()


# Set-up


def test_an_empty_installation_leads_to_its_set_up(client: Client, db: None):
    page = client.get("/", follow=True)
    assert page.redirect_chain == [("/setup/", 302)]
    assert "createworkspace" in shown(page)


def test_the_first_person_makes_a_workspace_and_is_signed_in(client: Client, db: None):
    page = shown(client.post("/setup/", SETUP, follow=True))
    assert "Acme" in page
    user, member = User.objects.get(), Member.objects.get()
    assert (user.is_superuser, user.check_password(PASSWORD)) == (True, True)
    assert (member.user, member.role, member.workspace.time_zone) == (user, "owner", "Europe/Zurich")
    assert Severity.objects.of(member.workspace).count() == 3
    assert client.get("/admin/").status_code == 200


def test_there_is_no_second_set_up(client: Client, alice: Member):
    assert client.get("/setup/")["Location"] == "/"
    assert client.post("/setup/", SETUP)["Location"] == "/"
    assert not Workspace.objects.filter(slug="acme").exists()


def test_an_installation_with_a_login_alone_is_not_empty(client: Client, db: None):
    User.objects.create_user("somebody@example.org", PASSWORD)
    assert client.post("/setup/", SETUP)["Location"] == "/"
    assert not Workspace.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_set_up_at_once_one_wins():
    def begin(number: int) -> int:
        facts = SETUP | {"slug": f"acme-{number}", "email": f"ada{number}@acme.example"}
        return Client().post("/setup/", facts).status_code

    codes = at_once(6, begin)
    assert (Workspace.objects.count(), User.objects.count(), Member.objects.count()) == (1, 1, 1)
    assert set(codes) <= {200, 302}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"slug": "Not A Slug"}, "lower-case letters"),
        ({"password": "password", "password_again": "password"}, "too common"),
        ({"password_again": "another one"}, "The two passwords differ."),
        ({"password": "ada@acme.example", "password_again": "ada@acme.example"}, "too similar"),
        ({"email": "nobody"}, "valid email"),
        ({"time_zone": "Mars"}, "valid choice"),
        ({"name": "\x00"}, "Null characters"),
    ],
)
def test_a_set_up_that_cannot_be_is_refused(client: Client, db: None, facts: dict[str, str], sentence: str):
    assert sentence in shown(client.post("/setup/", SETUP | facts))
    assert not User.objects.exists()


# Signing in and out


def test_signing_in_leads_where_one_wanted_to_go(client: Client, alice: Member):
    signed_in(alice)
    facts = {"username": "Alice@Wonderland.example", "password": PASSWORD, "next": "/admin/accounts/key/"}
    assert client.post("/login/", facts)["Location"] == "/admin/accounts/key/"
    assert client.get("/login/")["Location"] == "/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_server(client: Client, alice: Member, elsewhere: str):
    signed_in(alice)
    facts = {"username": alice.email, "password": PASSWORD, "next": elsewhere}
    assert client.post("/login/", facts)["Location"] == "/"


def test_guesses_at_one_account_are_slowed_down_wherever_they_come_from(client: Client, alice: Member):
    signed_in(alice)
    codes = [client.post("/login/", WRONG, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(12)]
    assert codes == [200] * 10 + [429] * 2
    refused = client.post("/login/", WRONG | {"username": "ALICE@wonderland.example", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "Too many attempts. Try again in" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_guesses_from_one_address_are_slowed_down_whoever_they_are_at(client: Client, db: None):
    codes = [client.post("/login/", WRONG | {"username": f"u{n}@example.org"}).status_code for n in range(31)]
    assert codes == [200] * 30 + [429]
    assert client.post("/login/", WRONG | {"username": "u@x.org"}, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_the_login_says_the_same_of_a_wrong_password_and_of_nobody(client: Client, alice: Member):
    signed_in(alice)
    wrong, nobody = (
        shown(client.post("/login/", {"username": name, "password": "guess"}))
        for name in (alice.email, "x@example.org")
    )
    errors = [re.findall(r'<ul class="errorlist.*?</ul>', page, re.DOTALL) for page in (wrong, nobody)]
    assert errors[0] == errors[1] != []


def test_signing_out_takes_a_post(owner: Client):
    assert owner.get("/logout/").status_code == 405
    owner.post("/logout/")
    assert "Sign in" in shown(owner.get("/"))


def test_forms_need_their_token(alice: Member):
    client = signed_in(alice, enforce_csrf_checks=True)
    for path in ("/logout/", "/workspaces/wonderland/enter/", "/incidents/INC-1/actions", "/admin/accounts/key/add/"):
        response = client.post(path)
        assert response.status_code == 403
        assert "Please try again" in response.content.decode()


def test_a_password_is_changed_by_whoever_knows_it(owner: Client, alice: Member):
    new = "a better horse battery"
    facts = {"old_password": "no", "new_password1": new, "new_password2": new}
    assert "entered incorrectly" in shown(owner.post("/password/", facts))
    response = owner.post("/password/", facts | {"old_password": PASSWORD}, follow=True)
    assert told(response) == ["Your password is changed."]
    assert alice.user
    assert User.objects.get(pk=alice.user.pk).check_password(new)


# Workspaces


@pytest.fixture
def both(alice: Member, charlie: Member) -> Client:
    """Alice, who is a member of Charlie's workspace too."""
    client = signed_in(alice)
    make_member(charlie.workspace, "Alice", user=alice.user)
    return client


def test_one_goes_from_workspace_to_workspace(both: Client):
    assert "Elsewhere" in shown(both.get("/workspaces/"))
    response = both.post("/workspaces/elsewhere/enter/", {"next": "/incidents/"}, follow=True)
    assert response.redirect_chain == [("/incidents/", 302)]
    assert told(response) == ["You are in Elsewhere now."]


def test_a_workspace_that_is_not_hers_is_not_there(owner: Client, charlie: Member):
    assert owner.post("/workspaces/elsewhere/enter/").status_code == 404
    assert "Elsewhere" not in shown(owner.get("/workspaces/"))
    assert owner.session["workspace"] != charlie.workspace.pk


def test_a_workspace_is_chosen_by_post(both: Client):
    assert both.get("/workspaces/elsewhere/enter/").status_code == 405


def test_whoever_is_taken_out_of_a_workspace_is_out_at_once(both: Client, alice: Member, charlie: Member):
    both.post("/workspaces/elsewhere/enter/")
    Member.objects.filter(user=alice.user, workspace=charlie.workspace).update(active=False)
    assert told(both.get("/")) == ["You are in Elsewhere now."]
    assert "Elsewhere" not in shown(both.get("/"))


def test_whoever_belongs_to_no_workspace_is_told_so(db: None):
    client = Client()
    client.force_login(User.objects.create_user("somebody@example.org", PASSWORD))
    make_workspace()
    assert "You belong to no workspace yet" in shown(client.get("/"))
    assert "belong to no workspace yet" in shown(client.get("/incidents/", follow=True))


def test_pages_redirect_to_their_slash(client: Client, db: None):
    for path in ("/incidents", "/admin", "/cadences"):
        assert client.get(path)["Location"] == f"{path}/"


def test_a_fault_of_ours_is_a_page_without_its_reason(owner: Client, monkeypatch: pytest.MonkeyPatch):
    def fail(*args: Any) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("accounts.views.front.doors", fail)
    owner.raise_request_exception = False
    response = owner.get("/doors/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert "secret reason" not in response.content.decode()
