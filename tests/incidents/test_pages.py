"""Pages of incidents: what is left to do, and buttons that call rules."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.models import Action as Fact
from incidents.models import Action
from incidents.rules import complete_action, delete_action
from tests.factories import NOON, make_member
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in, told


@pytest.fixture
def page(bob: Member) -> Client:
    """Bob, a plain member, signed in."""
    return signed_in(bob)


def status_of(action: Action) -> str:
    """As it is in the database."""
    return Action.objects.get(pk=action.pk).status


def move(client: Client, action: Action, verb: str) -> str:
    """Where a button of an action's row posts to."""
    return f"/incidents/INC-{action.incident.number}/actions/{action.ulid}/{verb}"


def test_the_list_is_of_incidents_with_something_to_do(page: Client, alice: Member):
    make_action(alice, make_incident(alice, name="Roof leaks"))
    done = make_action(alice, make_incident(alice, name="Pump drips"))
    complete_action(done, actor=alice, at=NOON)
    text = shown(page.get("/incidents/"))
    assert "Roof leaks" in text
    assert "1 to do" in text
    assert "Pump drips" not in text


def test_all_incidents_are_there_for_the_asking(page: Client, alice: Member):
    make_incident(alice, name="Pump drips")
    text = shown(page.get("/incidents/?show=all"))
    assert "Pump drips" in text
    assert "nothing left" in text


def test_rehearsals_are_not_what_is_left_to_do(page: Client, alice: Member):
    make_action(alice, make_incident(alice, name="A rehearsal", mode="test"))
    assert "A rehearsal" not in shown(page.get("/incidents/"))
    assert "A rehearsal" in shown(page.get("/incidents/?show=all"))


def test_older_incidents_are_a_page_away(page: Client, alice: Member):
    for number in range(32):
        make_incident(alice, name=f"Case {number:02}")
    first = shown(page.get("/incidents/?show=all"))
    assert first.count("<strong>INC-") == 30
    older = first.split("?before=")[1].split("&")[0]
    second = shown(page.get(f"/incidents/?show=all&before={older}"))
    assert second.count("<strong>INC-") == 2
    assert "Case 00" in second


@pytest.mark.parametrize("query", ["before=nonsense", "before=%00", "show=%00&before=01FCNDV6P870EA6S7TK1DSYDG0"])
def test_nonsense_in_the_address_is_no_fault_of_ours(page: Client, alice: Member, query: str):
    assert page.get(f"/incidents/?{query}").status_code == 200


def test_completing_is_a_button(page: Client, alice: Member, bob: Member):
    action = make_action(alice)
    assert "Complete" in shown(page.get("/incidents/INC-1"))
    response = page.post(move(page, action, "complete"), follow=True)
    assert told(response) == ["“Put a bucket under it” is completed."]
    fact = Fact.objects.get()
    assert fact.performer
    assert fact.performer.member == bob


@pytest.mark.parametrize(("verb", "status"), [("decline", "not_doing"), ("complete", "completed")])
def test_and_so_are_declining_and_reopening(page: Client, alice: Member, verb: str, status: str):
    action = make_action(alice)
    page.post(move(page, action, verb))
    assert status_of(action) == status
    page.post(move(page, action, "reopen"))
    assert status_of(action) == "outstanding"


def test_a_refusal_is_a_message(page: Client, alice: Member):
    action = make_action(alice)
    delete_action(action, actor=alice, at=NOON)
    response = page.post(move(page, action, "complete"), follow=True)
    assert told(response) == ["Put a bucket under it: What is deleted cannot change."]


def test_buttons_take_a_post_and_a_known_verb(page: Client, alice: Member):
    action = make_action(alice)
    assert page.get(move(page, action, "complete")).status_code == 405
    assert page.post(move(page, action, "delete")).status_code == 404
    assert page.post(move(page, action, "complete").replace(action.ulid, "nonsense")).status_code == 404
    assert status_of(action) == "outstanding"


def test_an_action_is_done_on_its_own_incidents_page(page: Client, alice: Member):
    action = make_action(alice)
    make_incident(alice)
    assert page.post(move(page, action, "complete").replace("INC-1", "INC-2")).status_code == 404


def test_something_to_do_is_noted(page: Client, alice: Member, bob: Member):
    make_incident(alice)
    response = page.post("/incidents/INC-1/actions", {"description": "Mop up", "assignee": bob.pk}, follow=True)
    assert told(response) == ["It is noted."]
    action = Action.objects.get()
    assert (action.description, action.assignee, action.creator) == ("Mop up", bob, bob)


@pytest.mark.parametrize("facts", [{}, {"description": "  "}, {"description": "x", "assignee": "999999"}])
def test_what_cannot_be_noted_is_refused_on_the_page(page: Client, alice: Member, facts: dict[str, str]):
    make_incident(alice)
    response = page.post("/incidents/INC-1/actions", facts)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert not Action.objects.exists()


def test_work_is_not_given_to_strangers(page: Client, alice: Member, charlie: Member):
    make_incident(alice)
    response = page.post("/incidents/INC-1/actions", {"description": "x", "assignee": charlie.pk})
    assert response.status_code == 422
    assert "Charlie" not in response.content.decode()


def test_viewers_look_and_change_nothing(alice: Member):
    action = make_action(alice)
    viewer = signed_in(make_member(alice.workspace, "Vic", role="viewer"))
    text = shown(viewer.get("/incidents/INC-1"))
    assert "Put a bucket under it" in text
    assert "Complete" not in text
    assert viewer.post(move(viewer, action, "complete")).status_code == 403
    assert viewer.post("/incidents/INC-1/actions", {"description": "x"}).status_code == 403
    assert status_of(action) == "outstanding"


def test_another_workspaces_incident_is_not_there(page: Client, charlie: Member, bob: Member):
    action = make_action(charlie)
    assert "coffee" not in shown(page.get("/incidents/?show=all"))
    assert page.get("/incidents/INC-1").status_code == 404
    assert page.post(move(page, action, "complete")).status_code == 404
    assert page.post("/incidents/INC-1/actions", {"description": "x"}).status_code == 404
    assert status_of(action) == "outstanding"


def test_another_workspaces_action_is_not_on_ones_own_incident(page: Client, alice: Member, charlie: Member):
    stranger = make_action(charlie)
    make_incident(alice)
    assert page.post(move(page, stranger, "complete")).status_code == 404
    assert status_of(stranger) == "outstanding"


def test_private_incidents_exist_for_some_roles_alone(page: Client, alice: Member):
    action = make_action(alice, make_incident(alice, name="Hush", visibility="private"))
    assert "Hush" in shown(signed_in(alice).get("/incidents/"))
    assert "Hush" not in shown(page.get("/incidents/?show=all"))
    assert page.get("/incidents/INC-1").status_code == 404
    assert page.post(move(page, action, "complete")).status_code == 404


def test_whoever_is_no_user_of_incidents_is_refused(alice: Member):
    nobody = make_member(alice.workspace, "Nora", uses_incidents=False)
    assert signed_in(nobody).get("/incidents/").status_code == 403


def test_strangers_sign_in_first(client: Client, alice: Member):
    assert client.get("/incidents/INC-1")["Location"] == "/login/?next=/incidents/INC-1"


def test_a_superuser_who_is_nobody_here_only_looks(alice: Member, charlie: Member):
    action = make_action(alice)
    client = signed_in(charlie, superuser=True)
    client.post("/workspaces/wonderland/enter/")
    assert "Complete" not in shown(client.get("/incidents/INC-1"))
    assert client.post(move(client, action, "complete")).status_code == 403


def test_what_people_wrote_is_text_and_never_markup(page: Client, alice: Member):
    make_action(alice, make_incident(alice, name="<script>a</script>", summary="<b>b</b>"), description="<img src=x>")
    text = shown(page.get("/incidents/INC-1")) + shown(page.get("/incidents/"))
    for markup in ("<script>a", "<b>b", "<img src=x"):
        assert markup not in text


def count(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        shown(client.get(path))
    return len(queries)


def test_queries_do_not_grow_with_the_list(page: Client, alice: Member):
    make_action(alice)
    # session, login, workspace of the session, membership; incidents with status and severity; what is left to do
    assert count(page, "/incidents/") == 6
    # the same four; the incident; who can be given work; its actions with assignees
    assert count(page, "/incidents/INC-1") == 7
    for _ in range(5):
        make_action(alice, make_action(alice).incident)
    assert (count(page, "/incidents/"), count(page, "/incidents/INC-2")) == (6, 7)
