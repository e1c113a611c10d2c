"""Workspaces, members, logins and keys in the admin: every button a rule, every secret shown once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import due
from accounts.clock import real_now
from accounts.models import AuditEntry, Key, Member, User, Workspace
from accounts.rules import find_key, stop_clock
from tests.accounts.diaries import NOTE, Diary
from tests.clients_of import Api
from tests.factories import make_key, make_member, make_workspace
from tests.visitors import PASSWORD, shown, signed_in, told

KEYS = "/admin/accounts/key/"
MEMBERS = "/admin/accounts/member/"


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


@pytest.fixture
def admin(alice: Member) -> Client:
    """Somebody who administers Alice's workspace and does not own it."""
    return signed_in(make_member(alice.workspace, "Ann", role="admin"))


def new_key(client: Client, **facts: str | list[str]) -> str:
    """The page that follows the form of a new key."""
    page = client.post(f"{KEYS}add/", {"app": "incidents", "name": "CI", "words": ["incidents viewer"]} | facts)
    return shown(page)


def token_on(page: str) -> str:
    """The token a page shows."""
    [token] = re.findall(r'<code id="token">([^<]+)</code>', page)
    return str(token)


# Keys


def test_a_new_keys_token_is_shown_and_opens_the_api(owner: Client):
    token = token_on(new_key(owner))
    identity = Api("incidents", token).get("/v1/identity").json()["identity"]
    assert (identity["name"], identity["roles"]) == ("CI", ["viewer"])


def test_the_token_is_shown_this_once_and_kept_nowhere(owner: Client):
    token = token_on(new_key(owner))
    key = Key.objects.get()
    for page in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/", "/admin/", "/"):
        assert token not in shown(owner.get(page))
    sessions = [row.get_decoded() for row in Session.objects.all()]
    assert token not in str([sessions, list(AuditEntry.objects.values()), list(Key.objects.values())])


def test_no_cache_keeps_the_page_with_the_token(owner: Client):
    response = owner.post(f"{KEYS}add/", {"app": "incidents", "name": "CI"})
    assert "no-store" in response["Cache-Control"]


def test_a_key_takes_its_member_limit_and_expiry_from_the_form(owner: Client, alice: Member):
    new_key(owner, member=str(alice.pk), limit="30", expires_at_0="2030-01-01", expires_at_1="12:00")
    key = Key.objects.get()
    assert (key.member, key.limit, key.workspace) == (alice, 30, alice.workspace)
    assert key.expires_at
    assert key.expires_at.isoformat() == "2030-01-01T12:00:00+00:00"


def test_a_key_cannot_hold_another_apps_words(owner: Client):
    page = owner.post(f"{KEYS}add/", {"app": "incidents", "name": "CI", "words": ["actions actions:read"]})
    assert "A key of incidents cannot hold actions:read." in shown(page)
    assert not Key.objects.exists()


def test_an_unknown_word_is_refused(owner: Client):
    page = owner.post(f"{KEYS}add/", {"app": "incidents", "name": "CI", "words": ["incidents emperor"]})
    assert "Select a valid choice" in shown(page)


def test_a_key_is_revoked_by_its_button(owner: Client, alice: Member):
    key, token = make_key(alice.workspace, name="Old")
    response = owner.post(f"{KEYS}{key.pk}/press/revoke/", follow=True)
    assert told(response) == ["“Old” is revoked."]
    assert find_key("incidents", token, at=real_now()) is None
    assert "Revoke" not in shown(owner.get(f"{KEYS}{key.pk}/change/")).split("Revoked at")[0]


def test_several_keys_are_revoked_from_the_list(owner: Client, alice: Member):
    keys = [make_key(alice.workspace)[0] for _ in range(2)]
    owner.post(KEYS, {"action": "revoke", "_selected_action": [str(key.pk) for key in keys]})
    assert not Key.objects.filter(revoked_at=None).exists()


def test_a_button_is_pressed_by_post_alone(owner: Client, alice: Member):
    key, _ = make_key(alice.workspace)
    owner.get(f"{KEYS}{key.pk}/press/revoke/")
    assert Key.objects.get().revoked_at is None


def test_a_key_is_never_edited_nor_deleted(owner: Client, alice: Member):
    key, _ = make_key(alice.workspace, name="Old")
    assert owner.post(f"{KEYS}{key.pk}/change/", {"name": "New"}).status_code == 403
    assert owner.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Key.objects.get().name == "Old"


# Members


def test_a_member_is_taken_in_by_the_rule(owner: Client, alice: Member):
    response = owner.post(
        f"{MEMBERS}add/", {"name": "Dora", "email": "Dora@Example.org", "role": "member"}, follow=True
    )
    assert "was added successfully" in told(response)[0]
    dora = Member.objects.get(name="Dora")
    assert (dora.workspace, dora.email, dora.uses_incidents) == (alice.workspace, "dora@example.org", False)
    assert dora.uid is not None


def test_what_the_rule_refuses_is_an_error_of_the_form(owner: Client, alice: Member):
    page = shown(owner.post(f"{MEMBERS}add/", {"name": "Again", "email": alice.email, "role": "member"}))
    assert "already exists" in page
    assert "Please correct the error below" in page


def test_only_what_was_changed_is_written(owner: Client, alice: Member, bob: Member):
    Member.objects.filter(pk=bob.pk).update(slack_user_id="U1")
    facts = {"name": "Robert", "email": bob.email, "role": "member", "slack_user_id": "U1"} | {
        f"uses_{app}": "on" for app in ("incidents", "cadences", "analytics", "gamification", "actions")
    }
    owner.post(f"{MEMBERS}{bob.pk}/change/", facts)
    bob.refresh_from_db()
    assert (bob.name, bob.slack_user_id, bob.active) == ("Robert", "U1", True)


def test_a_member_is_deactivated_and_comes_back(owner: Client, bob: Member):
    for button, active in (("deactivate", False), ("activate", True)):
        owner.post(f"{MEMBERS}{bob.pk}/press/{button}/")
        bob.refresh_from_db()
        assert bob.active is active


def test_nobody_deactivates_herself(owner: Client, alice: Member):
    response = owner.post(f"{MEMBERS}{alice.pk}/press/deactivate/", follow=True)
    assert told(response) == ["Alice: Somebody else has to deactivate you."]
    assert Member.objects.get(pk=alice.pk).active


def test_a_refused_button_leaves_no_trace(owner: Client, alice: Member):
    owner.post(f"{MEMBERS}{alice.pk}/press/deactivate/")
    assert not AuditEntry.objects.exists()


def test_an_admin_does_not_make_owners_nor_unmake_them(admin: Client, alice: Member, bob: Member):
    page = shown(admin.post(f"{MEMBERS}{bob.pk}/change/", {"name": "Bob", "email": bob.email, "role": "owner"}))
    assert "Only an owner makes or unmakes owners." in page
    page = shown(admin.post(f"{MEMBERS}{alice.pk}/change/", {"name": "Alice", "email": alice.email, "role": "viewer"}))
    assert "Only an owner makes or unmakes owners." in page
    response = admin.post(f"{MEMBERS}{alice.pk}/press/deactivate/", follow=True)
    assert told(response) == ["Alice: Only an owner deactivates an owner."]


def test_an_admin_takes_owners_in_no_more_than_she_makes_them(admin: Client):
    page = shown(admin.post(f"{MEMBERS}add/", {"name": "Eve", "email": "eve@example.org", "role": "owner"}))
    assert "Only an owner makes or unmakes owners." in page


def test_a_login_is_given_with_a_password_that_is_shown_once(owner: Client, bob: Member):
    page = shown(owner.post(f"{MEMBERS}{bob.pk}/press/login/"))
    [password] = re.findall(r'class="secret"><code>([^<]+)</code>', page)
    assert Client().login(username=bob.email, password=password)
    assert password not in shown(owner.get(f"{MEMBERS}{bob.pk}/change/"))


def test_an_admin_gives_no_owner_a_login(admin: Client, alice: Member):
    """She would see the first password."""
    other = make_member(alice.workspace, "Olga", role="owner")
    response = admin.post(f"{MEMBERS}{other.pk}/press/login/", follow=True)
    assert told(response) == ["Olga: Only an owner gives an owner a login."]
    assert not User.objects.filter(email=other.email).exists()


def test_a_login_made_elsewhere_is_let_in_by_a_superuser_alone(owner: Client, alice: Member, charlie: Member):
    """Its password may be known to whoever made it there."""
    signed_in(charlie)
    again = make_member(alice.workspace, "Charlie", email=charlie.email)
    response = owner.post(f"{MEMBERS}{again.pk}/press/login/", follow=True)
    assert "only a superuser lets it in here" in told(response)[0]
    again.refresh_from_db()
    assert again.user is None


def test_whoever_has_a_login_elsewhere_keeps_its_password(alice: Member, charlie: Member):
    signed_in(charlie)
    again = make_member(alice.workspace, "Charlie", email=charlie.email)
    superuser = signed_in(alice, superuser=True)
    page = shown(superuser.post(f"{MEMBERS}{again.pk}/press/login/"))
    assert "with the password she already has" in page
    assert Client().login(username=charlie.email, password=PASSWORD)


# Logins


def test_logins_are_for_superusers(owner: Client, alice: Member):
    assert owner.get("/admin/accounts/user/").status_code == 403
    superuser = signed_in(make_member(alice.workspace, "Sue"), superuser=True)
    assert "alice@wonderland.example" in shown(superuser.get("/admin/accounts/user/"))


def test_a_superuser_sets_a_password(alice: Member, bob: Member):
    signed_in(bob)
    superuser = signed_in(alice, superuser=True)
    bob.refresh_from_db()
    assert bob.user
    facts = {"usable_password": "true", "password1": "a new one for Bob", "password2": "a new one for Bob"}
    superuser.post(f"/admin/accounts/user/{bob.user.pk}/password/", facts)
    assert User.objects.get(pk=bob.user.pk).check_password("a new one for Bob")


# Workspaces


def test_the_clock_is_shown_stopped_and_let_run(owner: Client, alice: Member):
    page = f"/admin/accounts/workspace/{alice.workspace.pk}/"
    assert "runs with the real time" in shown(owner.get(f"{page}change/"))
    owner.post(f"{page}press/stop/")
    workspace = Workspace.objects.get()
    assert f"stopped at {workspace.clock_stopped_at:%Y-%m-%d}" in shown(owner.get(f"{page}change/"))
    owner.post(f"{page}press/run/")
    assert Workspace.objects.get().clock_stopped_at is None


def test_a_stopped_clock_is_forwarded(owner: Client, alice: Member, diary: Diary):
    page = f"/admin/accounts/workspace/{alice.workspace.pk}/"
    assert "Forward by a day" not in shown(owner.get(f"{page}change/"))
    start = stop_clock(alice.workspace).clock_stopped_at
    assert start
    due.plan(NOTE, alice.workspace, "tea", start + timedelta(hours=1), fails=1)
    assert "Forward by a day" in shown(owner.get(f"{page}change/"))
    owner.post(f"{page}press/a-day/")
    on_its_way = shown(owner.get(f"{page}change/"))
    assert "by Alice: requested, 0 things done" in on_its_way
    assert "Forward by a day" not in on_its_way
    due.sweep()
    assert alice.workspace.now() >= start + timedelta(days=1)
    assert "done, 1 things done, 1 of them failed" in shown(owner.get(f"{page}change/"))


def test_saving_a_workspace_does_not_turn_its_clock_back(owner: Client, alice: Member, monkeypatch: pytest.MonkeyPatch):
    before = stop_clock(alice.workspace).clock_stopped_at
    saved: list[datetime | None] = []
    facts = {"name": "Underland", "time_zone": "Europe/Zurich", "language": "de"}
    original = Workspace.save

    def tick_and_save(self: Workspace, *args: object, **kwargs: object) -> None:
        saved.append(Workspace.objects.get(pk=self.pk).tick())
        original(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Workspace, "save", tick_and_save)
    owner.post(f"/admin/accounts/workspace/{alice.workspace.pk}/change/", facts)
    row = Workspace.objects.get()
    assert (row.name, row.time_zone) == ("Underland", "Europe/Zurich")
    assert row.clock_stopped_at == saved[-1]
    assert before
    assert row.clock_stopped_at
    assert row.clock_stopped_at > before


def test_an_unknown_time_zone_is_refused(owner: Client, alice: Member):
    page = f"/admin/accounts/workspace/{alice.workspace.pk}/change/"
    assert "is not a time zone" in shown(owner.post(page, {"name": "W", "time_zone": "Mars", "language": "en"}))


def test_only_a_superuser_makes_workspaces_and_they_have_their_defaults(owner: Client, alice: Member):
    assert owner.get("/admin/accounts/workspace/add/").status_code == 403
    superuser = signed_in(alice, superuser=True)
    superuser.post("/admin/accounts/workspace/add/", {"slug": "new", "name": "New", "time_zone": "UTC"})
    from incidents.models import Severity

    assert Severity.objects.of(Workspace.objects.get(slug="new")).count() == 3


def test_a_superuser_sees_every_workspace_in_the_list_and_an_owner_hers(owner: Client, alice: Member):
    make_workspace("other", name="The other one")
    assert "The other one" not in shown(owner.get("/admin/accounts/workspace/"))
    assert "The other one" in shown(signed_in(alice, superuser=True).get("/admin/accounts/workspace/"))


# The site


def test_the_index_has_what_people_come_for_first(owner: Client):
    page = shown(owner.get("/admin/"))
    captions = re.findall(r"<caption>\s*<a[^>]*>([^<]+)</a>", page)
    assert captions == ["Incidents", "Ledger", "Set-up"]


def test_pages_of_the_admin_redirect_to_their_slash(owner: Client):
    assert owner.get("/admin/accounts/key?app=incidents")["Location"] == "/admin/accounts/key/?app=incidents"
    assert owner.get("/admin/nowhere").status_code == 404
    assert Client().get("/admin")["Location"] == "/admin/"


def test_what_was_pressed_is_in_the_history(owner: Client, alice: Member):
    key, _ = make_key(alice.workspace)
    owner.post(f"{KEYS}{key.pk}/press/revoke/")
    assert "Revoked" in shown(owner.get(f"{KEYS}{key.pk}/history/"))


@pytest.mark.parametrize(
    "text", ["\x00", "Ä" * 5000, "%_\\", "9" * 40, "INC-", "01FCNDV6P870EA6S7TK1DSYDG0", "' OR 1=1"]
)
@pytest.mark.parametrize(
    "noun", ["accounts/key", "accounts/member", "incidents/action", "actions/action", "actions/wallet"]
)
def test_no_search_is_a_fault_of_ours(owner: Client, noun: str, text: str):
    assert owner.get(f"/admin/{noun}/", {"q": text}).status_code == 200


def test_members_are_found_by_beginning_address_and_id(owner: Client, alice: Member, bob: Member):
    for text in ("bo", "BOB@wonderland.example", bob.ulid):
        page = shown(owner.get(MEMBERS, {"q": text}))
        assert f"/member/{bob.pk}/change/" in page
        assert f"/member/{alice.pk}/change/" not in page
