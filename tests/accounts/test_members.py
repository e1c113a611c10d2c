"""Members, their logins, and which workspace a signed-in person is in."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.callers import System
from accounts.models import Member, User, Workspace
from accounts.models.member import APPS, member_workspaces
from accounts.rules import create_login, create_member, create_workspace, update_member
from accounts.sessions import SESSION_KEY, current_membership, current_workspace, enter
from incidents.models import IncidentStatus, Severity
from tests.factories import make_member, make_workspace
from tests.visitors import signed_in, told

EMAIL = "Dinah@Wonderland.Example"


def refused(refusal: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    """The fields that were refused."""
    return set(refusal.value.message_dict)


def changed(member: Member, noon: datetime, **facts: Any) -> Member:
    """A member after a change."""
    return update_member(member, actor=System(), at=noon, **facts)


# Workspaces


def test_a_new_workspace_has_every_apps_defaults(db: None, noon: datetime) -> None:
    workspace = create_workspace("looking-glass", at=noon)
    assert (workspace.name, workspace.time_zone, workspace.created_at) == ("Looking Glass", "UTC", noon)
    assert Severity.objects.of(workspace).count() == 3
    assert IncidentStatus.objects.of(workspace).count() == 11


@pytest.mark.parametrize("slug", ["ab", "a1", "looking-glass", "1-2", "a--b", "x" * 63])
def test_a_slug_is_a_name_of_a_host(db: None, noon: datetime, slug: str) -> None:
    assert create_workspace(slug, at=noon).slug == slug


@pytest.mark.parametrize(
    "slug", ["", "a", "-ab", "ab-", "A-B", "a_b", "a.b", "a b", "é-e", "ab\n", "x" * 64, "a/b", "٣٣"]
)
def test_anything_else_is_no_slug(db: None, noon: datetime, slug: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_workspace(slug, name="Name", at=noon)
    assert refused(refusal) == {"slug"}
    assert not Workspace.objects.exists()


def test_a_slug_is_taken_once(alice: Member, noon: datetime) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_workspace(alice.workspace.slug, at=noon)
    assert refused(refusal) == {"slug"}


@pytest.mark.parametrize("zone", ["Mars/Phobos", "UTC+1", "../etc/passwd", "europe/zurich\n", "", "CEST"])
def test_a_workspace_is_in_a_time_zone_that_exists(db: None, noon: datetime, zone: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_workspace("looking-glass", at=noon, time_zone=zone)
    assert refused(refusal) == {"time_zone"}


def test_a_workspace_knows_where_its_days_begin(db: None, noon: datetime) -> None:
    workspace = create_workspace("zurich", at=noon, time_zone="Europe/Zurich")
    assert noon.astimezone(workspace.zone).hour == 13


# Members


def test_an_address_is_kept_folded(alice: Member) -> None:
    assert make_member(alice.workspace, "Dinah", email=EMAIL).email == EMAIL.lower()
    assert changed(alice, alice.created_at, email="ALICE@Wonderland.Example").email == "alice@wonderland.example"


@pytest.mark.parametrize("again", [EMAIL, EMAIL.lower(), EMAIL.upper()])
def test_an_address_is_one_members_in_a_workspace(alice: Member, again: str) -> None:
    make_member(alice.workspace, "Dinah", email=EMAIL)
    with pytest.raises(ValidationError):
        make_member(alice.workspace, "Other", email=again)
    assert Member.objects.of(alice.workspace).count() == 2


def test_an_address_may_be_another_members_elsewhere(alice: Member, charlie: Member) -> None:
    for owner in (alice, charlie):
        assert make_member(owner.workspace, "Dinah", email=EMAIL).email == EMAIL.lower()


@pytest.mark.parametrize("nothing", [None, ""])
def test_many_members_may_have_no_address(alice: Member, nothing: str | None) -> None:
    for _ in range(3):
        assert make_member(alice.workspace, email=nothing).email is None


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 201}),
        ("email", {"email": "nobody"}),
        ("email", {"email": f"{'x' * 250}@a.example"}),
        ("role", {"role": "queen"}),
        ("time_zone", {"time_zone": "Mars/Phobos"}),
        ("slack_user_id", {"slack_user_id": "U" * 41}),
    ],
)
def test_a_member_that_makes_no_sense_is_refused(
    alice: Member, noon: datetime, field: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_member(alice.workspace, actor=alice, at=noon, **{"name": "Dinah"} | facts)
    assert refused(refusal) == {field}
    with pytest.raises(ValidationError) as refusal:
        changed(alice, noon, **facts)
    assert refused(refusal) == {field}
    assert Member.objects.values_list("name", "role", "time_zone").get() == ("Alice", "owner", "")


def test_the_database_itself_refuses_an_unknown_role(alice: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.update(role="queen")


def test_members_have_ids_of_every_kind_and_sort_by_when_they_came(alice: Member, noon: datetime) -> None:
    later = make_member(alice.workspace, at=noon + timedelta(microseconds=2))
    earlier = make_member(alice.workspace, at=noon + timedelta(microseconds=1))
    assert alice.ulid < earlier.ulid < later.ulid
    assert len({alice.oid, earlier.oid, later.oid}) == 3


def test_a_change_keeps_what_it_does_not_name(alice: Member, noon: datetime) -> None:
    stale = Member.objects.get(pk=alice.pk)
    changed(alice, noon, slack_user_id="U1")
    after = changed(stale, noon, language="de")
    assert (after.slack_user_id, after.language, after.ulid) == ("U1", "de", alice.ulid)


@pytest.mark.parametrize("app", APPS)
def test_an_app_lists_only_its_own_members(alice: Member, app: str) -> None:
    facts: dict[str, Any] = {f"uses_{app}": False}
    other = make_member(alice.workspace, **facts)
    assert alice.uses(app)
    assert not other.uses(app)
    assert list(Member.objects.of_app(app)) == [alice]


# Logins


def test_a_login_is_made_under_the_members_address(alice: Member) -> None:
    user = create_login(alice, password="curiouser and curiouser")
    assert Member.objects.get(pk=alice.pk).user == user
    assert authenticate(username="ALICE@wonderland.example", password="curiouser and curiouser") == user
    assert authenticate(username="alice@wonderland.example", password="curious") is None


def test_without_a_password_nobody_can_sign_in_yet(alice: Member) -> None:
    assert not create_login(alice, password=None).has_usable_password()


def test_a_login_joins_the_workspaces_of_one_address_and_keeps_its_password(alice: Member, charlie: Member) -> None:
    user = create_login(alice, password="first")
    hers_elsewhere = make_member(charlie.workspace, "Alice", email=alice.email)
    assert create_login(hers_elsewhere, password="second") == user
    user.refresh_from_db()
    assert user.check_password("first")
    assert set(member_workspaces(user)) == {alice.workspace, charlie.workspace}


def test_a_login_without_an_address_is_refused(alice: Member) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_login(make_member(alice.workspace, email=None), password=None)
    assert refused(refusal) == {"email"}


def test_giving_a_login_twice_gives_the_same_one(alice: Member) -> None:
    assert create_login(alice, password="first") == create_login(alice, password="second")
    assert User.objects.get().check_password("first")


def test_a_login_is_one_members_in_a_workspace(alice: Member, noon: datetime) -> None:
    create_login(alice, password=None)
    address = alice.email
    changed(alice, noon, email="alice.liddell@wonderland.example")
    successor = make_member(alice.workspace, "Other", email=address)
    with pytest.raises(ValidationError) as refusal:
        create_login(successor, password=None)
    assert refused(refusal) == {"email"}
    assert Member.objects.get(pk=successor.pk).user is None


@pytest.mark.parametrize(("role", "opens"), [("owner", True), ("admin", True), ("member", False), ("viewer", False)])
def test_who_administers_a_workspace_may_open_the_admin(alice: Member, noon: datetime, role: str, opens: bool) -> None:
    user = create_login(changed(alice, noon, role=role), password=None)
    assert user.is_staff is opens
    changed(alice, noon, active=False)
    assert not user.is_staff


def test_a_superuser_sees_every_workspace_and_a_login_only_its_own(alice: Member, charlie: Member) -> None:
    user = create_login(alice, password=None)
    assert list(member_workspaces(user)) == [alice.workspace]
    user = create_login(alice, password=None, superuser=True)
    assert set(member_workspaces(user)) == {alice.workspace, charlie.workspace}
    assert user.is_staff


def test_an_admin_gets_no_owners_first_password(alice: Member) -> None:
    admin = signed_in(make_member(alice.workspace, "Ann", role="admin"))
    response = admin.post(f"/admin/accounts/member/{alice.pk}/press/login/", follow=True)
    assert told(response) == ["Alice: Only an owner gives an owner a login."]
    assert not User.objects.filter(email=alice.email).exists()


def test_a_login_that_another_member_has_is_refused_in_the_admin_too(alice: Member, noon: datetime) -> None:
    owner = signed_in(alice)
    successor_of = alice.email
    changed(alice, noon, email="alice.liddell@wonderland.example")
    successor = make_member(alice.workspace, "Other", email=successor_of)
    response = owner.post(f"/admin/accounts/member/{successor.pk}/press/login/", follow=True)
    assert told(response) == ["Other: Another member signs in with this address."]


# Sessions


def request_of(user: Any, **session: Any) -> Any:
    """A request as the session and authentication middleware leave it."""
    return SimpleNamespace(user=user, session=session)


@pytest.fixture
def visitor(alice: Member) -> User:
    """Alice's login, which knows two workspaces."""
    user = create_login(alice, password=None)
    create_login(make_member(make_workspace("attic"), "Alice", email=alice.email), password=None)
    return user


def test_nobody_is_in_no_workspace(alice: Member) -> None:
    request = request_of(AnonymousUser(), **{SESSION_KEY: alice.workspace.pk})
    assert current_workspace(request) is None
    assert current_membership(request) == (None, None)


def test_a_session_begins_in_the_first_of_her_workspaces(visitor: User) -> None:
    workspace, member = current_membership(request_of(visitor))
    assert workspace is not None
    assert workspace.slug == "attic"
    assert member == Member.objects.get(workspace=workspace, user=visitor)


def test_a_session_stays_where_she_went(visitor: User, alice: Member) -> None:
    request = request_of(visitor)
    enter(request, alice.workspace)
    assert current_membership(request) == (alice.workspace, alice)


@pytest.mark.parametrize("chosen", [0, -1, 10**9, None])
def test_a_workspace_that_is_not_there_is_forgotten(visitor: User, chosen: int | None) -> None:
    workspace = current_workspace(request_of(visitor, **{SESSION_KEY: chosen}))
    assert workspace is not None
    assert workspace.slug == "attic"


def test_a_strangers_workspace_is_never_entered(visitor: User, charlie: Member) -> None:
    request = request_of(visitor, **{SESSION_KEY: charlie.workspace.pk})
    assert current_workspace(request) != charlie.workspace


def test_a_member_who_left_loses_sight_at_once(visitor: User, alice: Member, noon: datetime) -> None:
    request = request_of(visitor, **{SESSION_KEY: alice.workspace.pk})
    assert current_workspace(request) == alice.workspace
    changed(alice, noon, active=False)
    workspace, _member = current_membership(request)
    assert workspace is not None
    assert workspace.slug == "attic"


def test_a_login_that_is_taken_away_loses_sight_at_once(visitor: User, alice: Member, noon: datetime) -> None:
    request = request_of(visitor, **{SESSION_KEY: alice.workspace.pk})
    changed(alice, noon, user=None)
    assert current_workspace(request) != alice.workspace


def test_a_login_without_any_workspace_is_nowhere(alice: Member, noon: datetime) -> None:
    user = create_login(alice, password=None)
    changed(alice, noon, active=False)
    assert current_membership(request_of(user)) == (None, None)


def test_a_superuser_may_be_nobody_where_she_is(alice: Member, charlie: Member) -> None:
    user = create_login(alice, password=None, superuser=True)
    request = request_of(user, **{SESSION_KEY: charlie.workspace.pk})
    assert current_membership(request) == (charlie.workspace, None)
