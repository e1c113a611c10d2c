"""What people change by hand is written down, with what stood there before, and nobody edits that."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.admin import site
from accounts.admin.auditing import Audited
from accounts.clock import real_now
from accounts.models import AuditEntry, Key, Member
from accounts.rules.audit import HIDDEN, note_change
from accounts.rules.retention import forget_audit
from incidents.models import Action, Incident, IncidentStatus
from tests.accounts.factories import make_entry
from tests.factories import NOON, make_key, make_member
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in

AUDIT = "/admin/accounts/auditentry/"


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


def last() -> AuditEntry:
    """The latest entry."""
    entry = AuditEntry.objects.first()
    assert entry is not None
    return entry


@pytest.mark.parametrize("model", list(site._registry), ids=lambda model: model._meta.label_lower)
def test_no_noun_of_the_admin_can_forget_to_be_audited(model: Any):
    made_by = type(site.get_model_admin(model))
    assert issubclass(made_by, Audited)
    for name in ("log_addition", "log_change", "log_deletions", "construct_change_message", "note", "note_press"):
        assert getattr(made_by, name) is getattr(Audited, name), name


def test_a_form_tells_each_column_before_and_after(owner: Client, bob: Member, alice: Member):
    facts = {"name": "Robert", "email": bob.email, "role": "viewer", "uses_incidents": "on"}
    owner.post(f"/admin/accounts/member/{bob.pk}/change/", facts, REMOTE_ADDR="192.0.2.7")
    entry = last()
    changes = {name: (before, after) for name, before, after in entry.changes}
    assert (changes["name"], changes["role"]) == (("Bob", "Robert"), ("member", "viewer"))
    assert changes["uses_cadences"] == ("yes", "no")
    assert "email" not in changes
    assert (entry.deed, entry.member, entry.noun, entry.row_id) == ("changed", alice, "accounts.member", str(bob.pk))
    assert (entry.address, entry.workspace) == ("192.0.2.7", alice.workspace)
    assert entry.login == alice.user.email  # type: ignore[union-attr]
    assert entry.request_id
    assert real_now() - entry.at < timedelta(minutes=1)


def test_a_related_row_is_told_by_name(owner: Client, alice: Member):
    action = make_action(alice)
    dora = make_member(alice.workspace, "Dora")
    owner.post(
        f"/admin/incidents/action/{action.pk}/change/", {"description": action.description, "assignee": str(dora.pk)}
    )
    assert last().changes == [["assignee", "", "Dora"]]


def test_a_button_tells_what_its_rule_changed(owner: Client, alice: Member):
    action = make_action(alice)
    owner.post(f"/admin/incidents/action/{action.pk}/press/complete/")
    entry = last()
    assert entry.deed == "completed"
    assert ["status", "outstanding", "completed"] in entry.changes
    assert "updated_at" not in [name for name, _, _ in entry.changes]


def test_a_move_outside_the_documented_ones_leaves_an_entry(owner: Client, alice: Member):
    incident = make_incident(alice)
    paused = IncidentStatus.objects.of(alice.workspace).get(category="paused")
    facts = {"name": incident.name, "summary": "", "severity": str(incident.severity_id), "status": str(paused.pk)}
    owner.post(f"/admin/incidents/incident/{incident.pk}/change/", facts)
    assert Incident.objects.get().status == paused
    assert last().changes == [["status", "Investigating", "Paused"]]


def test_what_is_deleted_is_told_although_it_is_gone(owner: Client, alice: Member):
    role = alice.workspace
    facts = {"name": "Scribe", "shortform": "scribe", "description": "Writes", "instructions": "Write."}
    owner.post("/admin/incidents/incidentrole/add/", facts)
    made = last()
    assert (made.deed, made.row) == ("added", "Scribe")
    owner.post(f"/admin/incidents/incidentrole/{made.row_id}/press/delete/")
    assert (last().deed, last().row, last().workspace) == ("deleted", "Scribe", role)
    assert "Scribe" in shown(owner.get(AUDIT))


def test_a_secret_is_never_written_down(alice: Member):
    root = signed_in(alice, superuser=True)
    user = alice.user
    assert user is not None
    words = {"password1": "another horse entirely", "password2": "another horse entirely", "usable_password": "true"}
    root.post(f"/admin/accounts/user/{user.pk}/password/", words)
    entry = last()
    assert entry.changes == [["password", HIDDEN, HIDDEN]]
    assert "horse" not in str(AuditEntry.objects.values())
    assert "sha" not in str(AuditEntry.objects.values())


def test_what_a_rule_refuses_leaves_no_entry(owner: Client, alice: Member):
    owner.post(f"/admin/accounts/member/{alice.pk}/press/deactivate/")
    owner.post("/admin/accounts/member/add/", {"name": "", "email": "x", "role": "member"})
    assert not AuditEntry.objects.exists()


def test_a_form_sent_without_a_change_leaves_no_entry(owner: Client, alice: Member):
    action = make_action(alice)
    owner.post(f"/admin/incidents/action/{action.pk}/change/", {"description": action.description})
    assert not AuditEntry.objects.exists()


def test_what_people_do_on_pages_is_written_down(owner: Client, alice: Member):
    incident = make_incident(alice)
    page = f"/incidents/{incident.reference}/actions"
    owner.post(page, {"description": "Close the valve"})
    assert (last().deed, last().row) == ("added", "Close the valve")
    owner.post(f"{page}/{Action.objects.get().ulid}/complete")
    assert last().deed == "completed"
    assert ["status", "outstanding", "completed"] in last().changes


def test_what_people_do_in_the_browsable_api_is_written_down(owner: Client, alice: Member):
    incident = make_incident(alice)
    body = orjson.dumps({"incident_id": incident.ulid, "description": "Call the plumber"}).decode()
    response = owner.post(
        "/incidents/v2/actions", body, content_type="application/json", HTTP_ACCEPT="text/html,*/*;q=0.5"
    )
    assert response.status_code == 201
    assert (last().deed, last().noun, last().row) == ("called POST", "incidents.api", "/incidents/v2/actions")


def test_what_programs_do_is_not_what_people_do(alice: Member):
    incident = make_incident(alice)
    _, token = make_key(alice.workspace, "incidents", "incident_editor", "viewer")
    facts = {"incident_id": incident.ulid, "description": "By a program"}
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.post("/incidents/v2/actions", facts, content_type="application/json").status_code == 201
    assert not AuditEntry.objects.exists()


# Read


def test_a_rows_history_tells_its_changes(owner: Client, alice: Member):
    action = make_action(alice)
    other = make_action(alice, description="Another")
    owner.post(f"/admin/incidents/action/{action.pk}/press/complete/")
    owner.post(f"/admin/incidents/action/{other.pk}/press/delete/")
    page = shown(owner.get(f"/admin/incidents/action/{action.pk}/history/"))
    assert "Completed" in page
    assert "outstanding" in page
    assert "Deleted" not in page


def test_nobody_changes_or_deletes_an_entry(owner: Client, alice: Member):
    entry = make_entry(alice)
    assert owner.post(f"{AUDIT}{entry.pk}/change/", {"deed": "nothing"}).status_code == 403
    assert owner.post(f"{AUDIT}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert owner.get(f"{AUDIT}add/").status_code == 403
    assert AuditEntry.objects.get().deed == "revoked"


def test_the_list_is_searched_and_narrowed(owner: Client, alice: Member):
    make_entry(alice, row="Blue key", row_id="7")
    make_entry(alice, row="Old member", noun="accounts.member", at=real_now() - timedelta(days=40))
    for query, there, gone in [
        ("q=7", "Blue key", "Old member"),
        ("q=Old", "Old member", "Blue key"),
        ("noun=accounts.member", "Old member", "Blue key"),
        ("within=month", "Blue key", "Old member"),
    ]:
        page = shown(owner.get(f"{AUDIT}?{query}"))
        assert there in page, query
        assert gone not in page, query


def test_another_workspaces_entries_do_not_exist(owner: Client, charlie: Member):
    entry = make_entry(charlie, row="Secret plan")
    assert "Secret plan" not in shown(owner.get(AUDIT))
    assert owner.get(f"{AUDIT}{entry.pk}/change/").status_code == 302
    assert b"Secret plan" not in b"".join(owner.get(f"{AUDIT}export/csv/").streaming_content)  # type: ignore[attr-defined]


def exported(client: Client, form: str, query: str = "") -> bytes:
    """The bytes of a file."""
    response: Any = client.get(f"{AUDIT}export/{form}/?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_a_file_has_what_the_list_has(owner: Client, alice: Member):
    make_entry(alice, row="=1+1", changes=[("name", "a", "b")])
    make_entry(alice, row="Member", noun="accounts.member")
    rows = list(csv.DictReader(io.StringIO(exported(owner, "csv").decode("utf-8-sig"))))
    assert [row["row"] for row in rows] == ["'=1+1", "Member"]
    lines = [orjson.loads(line) for line in exported(owner, "ndjson", "noun=accounts.key").splitlines()]
    assert [(line["row"], line["changes"]) for line in lines] == [("=1+1", {"name": {"before": "a", "after": "b"}})]


def test_a_long_file_is_whole(owner: Client, alice: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("accounts.admin.audit.CHUNK", 2)
    for number in range(5):
        make_entry(alice, row=f"Row {number}")
    assert len(exported(owner, "ndjson").splitlines()) == 5


def test_the_index_tells_ones_own_last_changes_here(owner: Client, alice: Member):
    key, _ = make_key(alice.workspace, name="Mine")
    owner.post(f"/admin/accounts/key/{key.pk}/press/revoke/")
    note_change(alice.workspace, "accounts.key", "Hers", "revoked", login="bob@example.org", member=None, at=real_now())
    page = shown(owner.get("/admin/"))
    assert "Mine" in page
    assert f"/admin/accounts/key/{key.pk}/change/" in page
    assert "Hers" not in page


def test_old_entries_are_forgotten(alice: Member):
    make_entry(alice, at=real_now() - timedelta(days=800))
    make_entry(alice, row="Young")
    assert forget_audit(now=real_now()) == 1
    assert [entry.row for entry in AuditEntry.objects.all()] == ["Young"]


def test_they_are_kept_for_ever_where_the_setting_says_so(alice: Member, settings: Any):
    settings.ACTA_KEEP_AUDIT_DAYS = 0
    make_entry(alice, at=NOON - timedelta(days=8000))
    assert forget_audit(now=real_now()) == 0
    assert Key.objects.count() == 0
