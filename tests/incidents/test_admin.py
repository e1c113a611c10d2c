"""Incidents and actions in the admin: buttons are rules, the ledger hears of them, and nothing is a 500."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry, Member
from actions.models import Action as Fact
from incidents.models import Action, FollowUp, Incident, IncidentStatus, IncidentType, IncidentUpdate, Severity
from incidents.rules import complete_action, create_follow_up, delete_action
from tests.factories import NOON
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in, told

ACTIONS = "/admin/incidents/action/"
INCIDENTS = "/admin/incidents/incident/"
SEVERITIES = "/admin/incidents/severity/"


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


@pytest.fixture
def action(alice: Member, bob: Member) -> Action:
    """Something Bob has to do."""
    return make_action(alice, assignee=bob)


def press(client: Client, action: Action, button: str) -> list[str]:
    """Press a button of an action; what she is told."""
    return told(client.post(f"{ACTIONS}{action.pk}/press/{button}/", follow=True))


def begun(owner: Member) -> dict[str, str]:
    """What every form of a new incident says."""
    kind = IncidentType.objects.of(owner.workspace).get(is_default=True)
    return {"name": "Roof leaks", "type": str(kind.pk), "mode": "standard", "visibility": "public"}


def status_of(action: Action) -> str:
    """As it is in the database."""
    return Action.objects.get(pk=action.pk).status


def test_completing_is_a_button_and_the_ledger_hears_of_it(owner: Client, alice: Member, bob: Member, action: Action):
    assert press(owner, action, "complete") == ["“Put a bucket under it” is completed."]
    assert status_of(action) == "completed"
    fact = Fact.objects.get()
    assert fact.performer
    assert fact.performer.member == bob
    assert (fact.actor_label, fact.cancelled_at) == ("Alice", None)


def test_reopening_takes_it_back_from_the_ledger(owner: Client, action: Action):
    press(owner, action, "complete")
    press(owner, action, "reopen")
    assert status_of(action) == "outstanding"
    assert Fact.objects.get().cancelled_at is not None


@pytest.mark.parametrize(("button", "status"), [("decline", "not_doing"), ("delete", "deleted")])
def test_declining_and_deleting_are_buttons(owner: Client, action: Action, button: str, status: str):
    press(owner, action, button)
    assert status_of(action) == status


def test_only_buttons_that_make_sense_are_offered(owner: Client, action: Action):
    page = shown(owner.get(f"{ACTIONS}{action.pk}/change/"))
    assert [name in page for name in ("/complete/", "/reopen/", "/decline/", "/delete/")] == [True, False, True, True]


def test_a_button_pressed_twice_tells_so_and_records_once(owner: Client, action: Action):
    press(owner, action, "complete")
    assert press(owner, action, "complete") == ["“Put a bucket under it” stays as it is."]
    assert Fact.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_deleted_action_is_a_tombstone_to_look_at(owner: Client, alice: Member, action: Action):
    delete_action(action, actor=alice, at=NOON)
    page = shown(owner.get(f"{ACTIONS}{action.pk}/change/"))
    assert 'name="_save"' not in page
    assert 'class="row-buttons"' not in page
    assert owner.post(f"{ACTIONS}{action.pk}/change/", {"description": "Undead"}).status_code == 403
    assert press(owner, action, "reopen") == ["“Put a bucket under it” stays as it is."]


def test_no_row_is_ever_deleted_raw(owner: Client, action: Action):
    for path in (f"{ACTIONS}{action.pk}", f"{INCIDENTS}{action.incident_id}"):
        assert owner.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    facts = {"action": "delete_selected", "_selected_action": [str(action.pk)], "post": "yes"}
    owner.post(ACTIONS, facts)
    assert status_of(action) == "outstanding"


def test_selected_actions_are_completed_and_the_deleted_one_is_left(owner: Client, alice: Member, action: Action):
    other, gone = make_action(alice, action.incident), make_action(alice, action.incident, description="Gone")
    delete_action(gone, actor=alice, at=NOON)
    chosen = [str(row.pk) for row in (action, other, gone)]
    response = owner.post(ACTIONS, {"action": "complete", "_selected_action": chosen}, follow=True)
    assert sorted(told(response)) == ["“Gone” stays as it is.", *["“Put a bucket under it” is completed."] * 2]
    assert [status_of(row) for row in (action, other, gone)] == ["completed", "completed", "deleted"]


def test_an_action_is_noted_by_the_rule(owner: Client, alice: Member, bob: Member):
    incident = make_incident(alice)
    facts = {"incident": str(incident.pk), "description": "Mop up", "assignee": str(bob.pk)}
    response = owner.post(f"{ACTIONS}add/", facts, follow=True)
    assert "was added successfully" in told(response)[0]
    action = Action.objects.get()
    assert (action.creator, action.assignee, action.mode) == (alice, bob, "standard")


def test_what_the_rule_refuses_is_an_error_at_its_field(owner: Client, alice: Member, bob: Member, action: Action):
    Member.objects.filter(pk=bob.pk).update(active=False)
    facts = {"incident": str(action.incident_id), "description": "Mop up", "assignee": str(bob.pk)}
    page = shown(owner.post(f"{ACTIONS}add/", facts))
    assert "Bob is not active and cannot be given work." in page
    assert Action.objects.count() == 1


def test_description_and_assignee_are_changed_by_the_rule(owner: Client, alice: Member, action: Action):
    before = Action.objects.get().updated_at
    owner.post(f"{ACTIONS}{action.pk}/change/", {"description": "Mop up", "assignee": str(alice.pk)})
    action.refresh_from_db()
    assert (action.description, action.assignee) == ("Mop up", alice)
    assert action.updated_at > before


def test_saving_what_was_not_changed_changes_nothing(owner: Client, bob: Member, action: Action):
    owner.post(f"{ACTIONS}{action.pk}/change/", {"description": action.description, "assignee": str(bob.pk)})
    assert Action.objects.get().updated_at == action.updated_at


def test_an_incident_is_opened_by_the_rule(owner: Client, alice: Member):
    status = IncidentStatus.objects.of(alice.workspace).get(name="Fixing")
    severity = Severity.objects.of(alice.workspace).get(name="Major")
    facts = begun(alice) | {"status": str(status.pk), "severity": str(severity.pk)}
    owner.post(f"{INCIDENTS}add/", facts)
    incident = Incident.objects.get()
    assert (incident.reference, incident.status, incident.creator) == ("INC-1", status, alice)


def test_an_incident_without_severity_is_refused_in_the_form(owner: Client, alice: Member):
    status = IncidentStatus.objects.of(alice.workspace).get(name="Fixing")
    facts = begun(alice) | {"status": str(status.pk)}
    assert "A severity is required to open an incident" in shown(owner.post(f"{INCIDENTS}add/", facts))
    assert not Incident.objects.exists()


def test_incidents_are_found_as_people_say_them(owner: Client, alice: Member):
    first, second = make_incident(alice, name="Roof leaks"), make_incident(alice, name="Pump drips")
    for text in ("INC-2", "inc-2", "2", second.ulid, "pump"):
        page = shown(owner.get(INCIDENTS, {"q": text}))
        assert f"/incident/{second.pk}/" in page
        assert f"/incident/{first.pk}/" not in page


def test_an_incident_is_edited_by_the_rule_and_its_move_is_told(owner: Client, alice: Member):
    incident = make_incident(alice)
    closed = IncidentStatus.objects.of(alice.workspace).get(name="Closed")
    facts = {"name": "Roof leaked", "status": str(closed.pk), "severity": str(incident.severity_id)}
    owner.post(f"{INCIDENTS}{incident.pk}/change/", facts)
    incident.refresh_from_db()
    assert (incident.name, incident.status) == ("Roof leaked", closed)
    update = IncidentUpdate.objects.get()
    assert (update.status, update.creator) == (closed, alice)


def test_a_follow_up_lives_as_an_action_does(owner: Client, alice: Member):
    incident = make_incident(alice)
    facts = {"incident": str(incident.pk), "title": "Buy a new one", "labels": "kitchen, , money"}
    owner.post("/admin/incidents/followup/add/", facts)
    row = FollowUp.objects.get()
    assert (row.title, row.labels, row.creator) == ("Buy a new one", ["kitchen", "money"], alice)
    path = f"/admin/incidents/followup/{row.pk}"
    before = row.updated_at
    owner.post(f"{path}/change/", {"title": "Buy a new one", "labels": "kitchen,money"})
    assert FollowUp.objects.get().updated_at == before
    owner.post(f"{path}/press/complete/")
    assert Fact.objects.get().verb == "incidents.follow_up.completed"
    owner.post(f"{path}/press/delete/")
    assert owner.post(f"{path}/change/", {"title": "Undead"}).status_code == 403


def test_labels_without_end_are_refused_in_the_form(owner: Client, alice: Member):
    row = create_follow_up(make_incident(alice), title="Later", actor=alice, at=NOON)
    facts = {"title": "Later", "labels": ",".join(map(str, range(101)))}
    page = shown(owner.post(f"/admin/incidents/followup/{row.pk}/change/", facts))
    assert "A follow-up has at most 100 labels." in page


def test_a_setting_that_is_used_stays_and_another_goes(owner: Client, alice: Member):
    used = make_incident(alice).severity
    assert used
    response = owner.post(f"{SEVERITIES}{used.pk}/press/delete/", follow=True)
    assert told(response) == ["Minor: Minor is used by an incident and cannot be deleted."]
    unused = Severity.objects.of(alice.workspace).get(name="Major")
    response = owner.post(f"{SEVERITIES}{unused.pk}/press/delete/", follow=True)
    assert response.redirect_chain[-1][0] == SEVERITIES
    assert told(response) == ["“Major” is deleted."]
    assert not Severity.objects.filter(pk=unused.pk).exists()


def test_a_built_in_status_stays_as_it_is(owner: Client, alice: Member):
    triage = IncidentStatus.objects.of(alice.workspace).get(name="Triage")
    path = f"/admin/incidents/incidentstatus/{triage.pk}"
    assert owner.post(f"{path}/change/", {"name": "New", "rank": "0"}).status_code == 403
    response = owner.post(f"{path}/press/delete/", follow=True)
    assert told(response) == ["Triage: Triage is built in and cannot be changed."]


def test_two_of_a_name_are_refused_in_the_form(owner: Client, alice: Member):
    page = shown(owner.post(f"{SEVERITIES}add/", {"name": "Minor", "rank": "9", "description": ""}))
    assert "There is another called Minor." in page


def test_an_incident_leads_to_its_own_page(owner: Client, alice: Member):
    incident = make_incident(alice)
    assert 'href="/incidents/INC-1"' in shown(owner.get(f"{INCIDENTS}{incident.pk}/change/"))


def test_a_severity_is_made_in_the_sessions_workspace(owner: Client, alice: Member):
    owner.post(f"{SEVERITIES}add/", {"name": "Trifle", "rank": "9", "description": ""})
    severity = Severity.objects.get(name="Trifle")
    assert severity.workspace == alice.workspace
    assert severity.created_at == severity.updated_at


def test_two_severities_of_one_rank_are_refused_in_the_form(owner: Client, charlie: Member):
    page = shown(owner.post(f"{SEVERITIES}add/", {"name": "Twin", "rank": "0", "description": ""}))
    assert "Rank 0 is taken." in page


def test_a_rank_taken_elsewhere_is_free_here(owner: Client, charlie: Member):
    Severity.objects.of(charlie.workspace).filter(rank=2).update(rank=77)
    response = owner.post(f"{SEVERITIES}add/", {"name": "Free", "rank": "77", "description": ""}, follow=True)
    assert "was added successfully" in told(response)[0]


def test_a_superuser_who_is_nobody_here_only_looks(alice: Member, charlie: Member, action: Action):
    client = signed_in(charlie, superuser=True)
    client.post("/workspaces/wonderland/enter/")
    assert "Put a bucket under it" in shown(client.get(ACTIONS))
    assert client.post(f"{ACTIONS}{action.pk}/press/complete/").status_code == 403
    assert client.get(f"{ACTIONS}add/").status_code == 403
    assert status_of(action) == "outstanding"


def test_the_period_is_one_of_the_workspaces_own_time(owner: Client, alice: Member):
    make_action(alice, description="Long ago")
    make_action(alice, description="Just now", at=alice.workspace.tick())
    page = shown(owner.get(ACTIONS, {"within": "day"}))
    assert "Just now" in page
    assert "Long ago" not in page


@pytest.mark.parametrize("noun", ["action", "entry", "wallet"])
def test_nobody_changes_the_ledger_by_hand(alice: Member, action: Action, noun: str):
    complete_action(action, actor=alice, at=NOON)
    client = signed_in(alice, superuser=True)
    assert client.get(f"/admin/actions/{noun}/add/").status_code == 403
    page = shown(client.get(f"/admin/actions/{noun}/"))
    assert 'name="action"' not in page
    row = Fact.objects.get() if noun == "action" else None
    if row:
        assert 'name="_save"' not in shown(client.get(f"/admin/actions/action/{row.pk}/change/"))
        for page_of in ("change", "delete"):
            assert client.post(f"/admin/actions/action/{row.pk}/{page_of}/", {"post": "yes"}).status_code == 403
