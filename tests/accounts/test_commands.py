"""The commands that make workspaces, keys and logins, and move clocks: results on stdout, mistakes as sentences."""

from __future__ import annotations

import io
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.migrations.migration import Migration

from accounts import addressbook
from accounts.clock import real_now
from accounts.demo import CAST, demo_members, demo_workspace, load_once, tell_nowhere
from accounts.models import Attempt, Counter, Heartbeat, Key, Member, Message, User, Workspace
from accounts.rules import find_key, revoke_key
from accounts.serving import backups, fingerprints, preparing

pytestmark = pytest.mark.django_db

PAGES = {
    "admin": {"url", "email", "password"},
    "incidents": {"url", "token", "viewer_token"},
    "cadences": {"url", "token", "member_token"},
    "analytics": {"url", "token", "read_token", "project_token", "project_id"},
    "gamification": {"url", "token", "member_token"},
    "actions": {"url", "token", "client_id", "client_secret"},
}


def run(name: str, *arguments: str) -> str:
    """What a command printed as its result."""
    out, talk = io.StringIO(), io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=talk)
    return out.getvalue()


def refusal(name: str, *arguments: str) -> str:
    """The sentence a command ended with."""
    with pytest.raises(CommandError) as caught:
        run(name, *arguments)
    return str(caught.value)


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    """A data folder of this test's own."""
    settings.ACTA_DATA = tmp_path
    return tmp_path


@pytest.fixture
def acme() -> dict[str, Any]:
    """The address book of a new workspace."""
    printed = run("createworkspace", "acme", "--name", "Acme", "--time-zone", "Europe/Zurich", "--json")
    book: dict[str, Any] = json.loads(printed)
    return book


def key_of(app: str, token: str) -> Key:
    """The key that a token opens."""
    key = find_key(app, token.strip(), at=real_now())
    assert key is not None
    return key


def opens(book: dict[str, Any], app: str, name: str) -> Key:
    """The key behind a secret of the book."""
    return key_of(app, book[app][name])


def owner(key: Key) -> Member:
    """Whose key it is."""
    assert key.member is not None
    return key.member


# createworkspace


def test_a_new_workspace_prints_its_address_book(acme: dict[str, Any], settings: Any):
    assert list(acme) == ["workspace", "base_url", *PAGES]
    assert {name: acme[name].keys() for name in PAGES} == PAGES
    assert acme["workspace"] == "acme"
    assert acme["incidents"]["url"] == f"{settings.ACTA_BASE_URL}/incidents"
    assert acme["analytics"]["project_token"].startswith("phc_")


def test_every_secret_of_the_book_opens_its_app(acme: dict[str, Any]):
    assert "global_access" in opens(acme, "incidents", "token").words
    assert opens(acme, "incidents", "viewer_token").words == ["viewer"]
    assert owner(opens(acme, "cadences", "token")).role == "owner"
    assert owner(opens(acme, "cadences", "member_token")).role == "member"
    assert opens(acme, "analytics", "token").words == ["*"]
    assert all(word.endswith(":read") for word in opens(acme, "analytics", "read_token").words)
    assert opens(acme, "gamification", "token").words == ["SuperAdmin"]
    assert opens(acme, "gamification", "member_token").words == []
    assert opens(acme, "actions", "token").kind == Key.Kind.KEY
    client = opens(acme, "actions", "client_secret")
    assert (client.kind, client.ulid) == (Key.Kind.CLIENT, acme["actions"]["client_id"])


def test_its_admin_can_sign_in_and_sees_no_other_workspace(acme: dict[str, Any]):
    user = User.objects.get(email=acme["admin"]["email"])
    assert user.check_password(acme["admin"]["password"])
    assert user.is_staff
    assert not user.is_superuser


def test_it_has_a_zone_and_two_members(acme: dict[str, Any]):
    workspace = Workspace.objects.get(slug="acme")
    assert (workspace.name, workspace.time_zone) == ("Acme", "Europe/Zurich")
    assert sorted(Member.objects.of(workspace).values_list("role", flat=True)) == ["member", "owner"]


def test_a_person_gets_the_login_and_a_call_to_paste():
    said = run("createworkspace", "acme")
    assert "admin@acme.example" in said
    assert "curl -H 'Authorization: Bearer inc_" in said


def test_a_slug_is_given_once(acme: dict[str, Any]):
    assert refusal("createworkspace", "acme") == "There is a workspace acme already; choose another slug."
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Bad Slug"], "slug: A slug is 2 to 63 lower-case letters"),
        (["fine", "--time-zone", "Mars/Olympus"], "time_zone: “Mars/Olympus” is not a time zone"),
    ],
)
def test_a_workspace_that_cannot_be_is_refused_whole(arguments: list[str], sentence: str):
    assert sentence in refusal("createworkspace", *arguments)
    assert not Workspace.objects.exists()
    assert not User.objects.exists()


# createkey


def test_a_key_is_printed_alone_on_its_line(acme: dict[str, Any]):
    words = ["--role", "viewer", "incident_editor"]
    token = run("createkey", "acme", "incidents", "--name", "CI", *words, "--limit", "60")
    key = key_of("incidents", token)
    assert (key.name, key.words, key.limit) == ("CI", ["viewer", "incident_editor"], 60)
    assert token == token.strip() + "\n"


def test_a_key_expires_at_midnight_there(acme: dict[str, Any]):
    token = run("createkey", "acme", "incidents", "--expires", "2100-01-01")
    assert key_of("incidents", token).expires_at == datetime(2099, 12, 31, 23, tzinfo=UTC)


def test_a_personal_key_is_somebody_s(acme: dict[str, Any]):
    token = run("createkey", "acme", "cadences", "--member", "Member@ACME.example")
    assert owner(key_of("cadences", token)).name == "Member"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "incidents"], "There is no workspace nowhere. There are: acme."),
        (["acme", "incidents", "--role", "incident_editr"], "“incident_editr”. Did you mean incident_editor?"),
        (["acme", "actions", "--role", "money"], "Known are actions:read, actions:write"),
        (["acme", "cadences"], "acts as a member; name one with --member EMAIL"),
        (["acme", "cadences", "--member", "admin@acme.example", "--role", "x"], "may do what its member may"),
        (["acme", "incidents", "--member", "eve@acme.example"], "Nobody in acme has the address eve@acme.example"),
        (["acme", "incidents", "--expires", "soon"], "“soon” is no time. Write 2026-03-01T09:30:00Z"),
        (["acme", "incidents", "--expires", "2026-13-01"], "“2026-13-01” is no time."),
        (["acme", "incidents", "--expires", "2001-01-01"], "2001-01-01 is past"),
        (["acme", "incidents", "--limit", "-1"], "limit: "),
        (["acme", "payroll"], "invalid choice: 'payroll'"),
    ],
)
def test_a_key_that_would_open_nothing_is_refused(acme: dict[str, Any], arguments: list[str], sentence: str):
    before = Key.objects.count()
    assert sentence in refusal("createkey", *arguments)
    assert Key.objects.count() == before


# createuser


def test_a_user_gets_a_random_password(acme: dict[str, Any]):
    password = run("createuser", "acme", "Zoe@ACME.example", "--name", "Zoé", "--role", "admin").strip()
    user = User.objects.get(email="zoe@acme.example")
    assert user.check_password(password)
    assert (user.members.get().name, user.members.get().role) == ("Zoé", "admin")
    assert user.is_staff
    assert not user.is_superuser


def test_a_password_is_read_from_standard_input(acme: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert run("createuser", "acme", "zoe@acme.example", "--password-stdin", "--superuser") == ""
    user = User.objects.get(email="zoe@acme.example")
    assert user.check_password("correct horse battery")
    assert user.is_superuser


def test_a_poor_password_is_refused(acme: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    assert "too short" in refusal("createuser", "acme", "zoe@acme.example", "--password-stdin")
    assert not Member.objects.filter(email="zoe@acme.example").exists()


def test_a_member_without_a_login_is_given_one(acme: dict[str, Any]):
    run("createuser", "acme", "member@acme.example")
    assert Member.objects.filter(email="member@acme.example").count() == 1
    assert "has a login in acme already" in refusal("createuser", "acme", "member@acme.example")


def test_a_login_of_another_workspace_is_joined_and_keeps_its_password(acme: dict[str, Any]):
    run("createworkspace", "other")
    assert run("createuser", "other", "admin@acme.example") == ""
    user = User.objects.get(email="admin@acme.example")
    assert user.members.count() == 2
    assert user.check_password(acme["admin"]["password"])


def test_an_address_that_is_none_is_refused(acme: dict[str, Any]):
    assert "email: Enter a valid email address." in refusal("createuser", "acme", "nobody")


# clock


def test_a_clock_is_stopped_set_and_run_again(acme: dict[str, Any]):
    workspace = Workspace.objects.get(slug="acme")
    assert "runs with the real time" in run("clock", "acme")
    assert "stands at" in run("clock", "acme", "--stop")
    stood = workspace.now()
    assert workspace.now() == stood
    assert "stands at 2100-01-31T23:00:00.000000Z (Mon 01 Feb 2100 00:00" in run("clock", "acme", "--set", "2100-02-01")
    assert "ahead of the real time" in run("clock", "acme", "--run")
    assert workspace.now() > datetime(2100, 1, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["acme", "--set", "2001-01-01T00:00:00Z"], "never goes backward"),
        (["acme", "--set", "tomorrow"], "“tomorrow” is no time"),
        (["acme", "--forward", "3 days"], "“3 days” is no length of time"),
        (["nowhere", "--stop"], "There is no workspace nowhere"),
        (["acme", "--stop", "--run"], "not allowed with argument"),
    ],
)
def test_a_clock_that_cannot_move_so_says_why(acme: dict[str, Any], arguments: list[str], sentence: str):
    assert sentence in refusal("clock", *arguments)


def test_an_empty_installation_says_how_to_begin():
    assert refusal("clock", "demo") == "There is no workspace demo. There is none yet: manage.py createworkspace."


# demo


def test_the_demo_shows_a_webhook_that_leads_nowhere():
    workspace = demo_workspace()
    owner = demo_members(workspace)["Ada"]
    for _ in range(2):
        load_once(workspace, "accounts.demo", lambda: tell_nowhere(workspace, owner))
    [message] = Message.objects.of(workspace)
    assert (message.state, message.attempts) == ("failed", 8)
    attempts = Attempt.objects.of(workspace).filter(message=message)
    assert [attempt.status for attempt in attempts] == [None] * 8
    assert not Message.objects.due(real_now()).exists()
    assert message.endpoint.enabled


def test_the_demo_writes_its_book_for_its_owner_alone(data: Path):
    said = run("demo")
    path = data / "demo.json"
    book = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {name: book[name].keys() for name in PAGES} == PAGES
    assert book["admin"]["password"] in said
    assert sorted(entry.name for entry in data.iterdir()) == ["demo.json", "prepare.lock", "vault_key"]
    for app, name in [("incidents", "token"), ("actions", "client_secret"), ("analytics", "read_token")]:
        opens(book, app, name)


def test_a_second_run_doubles_nothing_and_keeps_the_book(data: Path):
    run("demo")
    first, counted = (data / "demo.json").read_text(), counts()
    run("demo")
    assert (data / "demo.json").read_text() == first
    assert counts() == counted
    assert Member.objects.count() == len(CAST)


def counts() -> dict[str, int]:
    """How many rows there are of everything that belongs to a workspace."""
    from django.apps import apps

    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in PAGES | {"accounts": set()}]
    return {model.__name__: model._default_manager.count() for model in ours if model is not Heartbeat}


@pytest.fixture
def untold(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's people, keys and book, without what they did in a year."""
    monkeypatch.setattr("accounts.demo.load_apps", lambda workspace, members: None)
    return data


def test_a_lost_book_is_written_anew_and_the_old_keys_are_closed(untold: Path):
    run("demo")
    path = untold / "demo.json"
    first = json.loads(path.read_text())
    path.unlink()
    run("demo")
    second = json.loads(path.read_text())
    assert find_key("incidents", first["incidents"]["token"], at=real_now()) is None
    opens(second, "incidents", "token")
    user = User.objects.get(email=second["admin"]["email"])
    assert user.check_password(second["admin"]["password"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"incidents": {"token": "inc_0"}}', '{"admin": 7'])
def test_a_spoilt_book_is_no_book(untold: Path, text: str):
    (untold / "demo.json").write_text(text)
    run("demo")
    opens(json.loads((untold / "demo.json").read_text()), "incidents", "token")


def test_one_revoked_key_renews_the_keys_and_leaves_the_login(untold: Path):
    run("demo")
    path = untold / "demo.json"
    first = json.loads(path.read_text())
    revoke_key(opens(first, "cadences", "member_token"), at=real_now())
    run("demo")
    second = json.loads(path.read_text())
    opens(second, "cadences", "member_token")
    assert second["admin"] == first["admin"]
    assert find_key("incidents", first["incidents"]["token"], at=real_now()) is None


def test_a_key_made_by_hand_survives_a_new_book(untold: Path):
    run("demo")
    token = run("createkey", "demo", "incidents").strip()
    (untold / "demo.json").unlink()
    run("demo")
    assert find_key("incidents", token, at=real_now()) is not None


def test_each_app_loads_once_or_not_at_all(data: Path, monkeypatch: pytest.MonkeyPatch):
    class Room:
        __name__ = "cadences.demo"
        loaded = 0

        def load(self, world: Any) -> None:
            self.loaded += 1
            world.workspace.name = f"load {self.loaded}"
            world.workspace.save()
            if self.loaded == 1:
                raise ValueError("half way")

    room = Room()
    monkeypatch.setattr("accounts.demo.rooms", lambda name: [room])
    with pytest.raises(ValueError, match="half way"):
        run("demo")
    assert Workspace.objects.get().name == "Acme Rescue"
    run("demo")
    run("demo")
    assert room.loaded == 2
    assert Counter.objects.filter(name="cadences.demo").count() == 1


# What serving and the demo do first


def test_a_migration_applied_under_another_fingerprint_is_named(monkeypatch: pytest.MonkeyPatch):
    fingerprints.remember()
    assert fingerprints.changed() == []
    drafts = fingerprints.drafts()
    monkeypatch.setattr(fingerprints, "drafts", lambda: drafts | {"incidents.0001_initial": "0" * 16})
    assert fingerprints.changed() == ["incidents.0001_initial"]
    fingerprints.remember()
    assert fingerprints.changed() == ["incidents.0001_initial"]
    with pytest.raises(CommandError, match="an earlier draft of incidents"):
        preparing.refuse_other_drafts()


def test_a_migration_that_is_gone_is_named_too(monkeypatch: pytest.MonkeyPatch):
    fingerprints.remember()
    monkeypatch.setattr(fingerprints, "drafts", dict)
    assert "accounts.0001_initial" in fingerprints.changed()


def test_comments_and_layout_leave_the_fingerprint(monkeypatch: pytest.MonkeyPatch):
    sources = ["x = [1,2]  # then\n", "# now\nx = [\n    1,\n    2,\n]\n", "x = [2, 1]\n"]
    marks = []
    for source in sources:
        monkeypatch.setattr("inspect.getsource", lambda module, source=source: source)
        marks.append(fingerprints.fingerprint(Migration("0001_initial", "incidents")))
    assert marks[0] == marks[1] != marks[2]


def test_an_old_database_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("accounts.checks.version", lambda connection: (3, 37, 2))
    with pytest.raises(CommandError, match="or newer; this is 3"):
        preparing.refuse_old_database()


def test_only_the_last_backups_are_kept(data: Path):
    made = [backups.back_up() for _ in range(backups.KEPT + 2)]
    if made[0] is None:
        pytest.skip("Only for the run on SQLite.")
    kept = sorted((data / "backups").iterdir())
    assert kept == made[-backups.KEPT :]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_a_book_never_replaces_a_good_one_by_half(tmp_path: Path):
    path = tmp_path / "book.json"
    addressbook.write_book(path, {"whole": True})
    with pytest.raises(TypeError):
        addressbook.write_book(path, {"bad": timedelta})
    assert addressbook.read_book(path) == {"whole": True}
