"""The browsable API and the documentation: for signed-in people, in the look of the house, of their workspace alone."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from incidents.api.urls import urlpatterns
from incidents.models import Action
from incidents.rules import create_follow_up
from tests.clients_of import Api
from tests.factories import NOON, make_member
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
LISTS = ("/incidents/v2/actions", "/incidents/v3/actions")
# Every path that takes no id; a GET opens each of them.
ROUTES = [str(pattern.pattern) for pattern in urlpatterns]
ENDPOINTS = [f"/incidents/{path}" for path in ROUTES if "<" not in path and path[0] == "v" and path[-1] != "/"]


class Browser:
    """A signed-in person's browser: it asks for pages, and sends forms as the page's script does."""

    def __init__(self, member: Member, **facts: Any) -> None:
        self.client = signed_in(member, enforce_csrf_checks=True, headers={"accept": HTML}, **facts)

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        """Open a page."""
        return self.client.get(path, query)

    def send(self, method: str, page: str, body: Any = None, *, token: str | None = None) -> Any:
        """Send a page's form, with the token it holds unless another is given."""
        if token is None:
            [token, *_] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', shown(self.get(page)))
        data = "" if body is None else json.dumps(body)
        headers = {"x-csrftoken": token or "", "accept": HTML}
        return self.client.generic(method, page, data, content_type="application/json", headers=headers)


@pytest.fixture
def browser_of_alice(alice: Member) -> Browser:
    """Alice looks at the API."""
    return Browser(alice)


def text_of(response: Any) -> str:
    """What a person reads: no marks, no entities."""
    return html.unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_opens_as_a_page_of_the_house(browser_of_alice: Browser, path: str):
    page = browser_of_alice.get(path)
    assert 'class="house"' in shown(page)
    assert "200 OK" in text_of(page)
    assert "Wonderland" in text_of(page)
    assert page["Vary"] == "Accept, Cookie, Authorization, x-api-token"


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_its_rows_as_a_program_gets_them(browser_of_alice: Browser, alice: Member, path: str):
    action = make_action(alice)
    text = text_of(browser_of_alice.get(path))
    assert f'"id": "{action.ulid}"' in text
    assert '"status": "outstanding"' in text


@pytest.mark.parametrize(
    "path", [path for path in ENDPOINTS if f"{path.removeprefix('/incidents/')}/<str:pk>" in ROUTES]
)
def test_every_row_of_every_list_opens_as_a_page(browser_of_alice: Browser, alice: Member, api: Api, path: str):
    incident = make_action(alice).incident
    create_follow_up(incident, title="Later", actor=alice, at=NOON)
    [rows] = [value for value in api.get(path.removeprefix("/incidents")).json().values() if isinstance(value, list)]
    page = browser_of_alice.get(f"{path}/{rows[0]['id']}")
    assert 'class="house"' in shown(page)
    assert rows[0]["id"] in text_of(page)


def test_one_action_opens_with_its_forms(browser_of_alice: Browser, alice: Member, bob: Member):
    action = make_action(alice, assignee=bob)
    page = browser_of_alice.get(f"/incidents/v3/actions/{action.ulid}")
    [draft] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", shown(page), re.DOTALL)
    assert json.loads(html.unescape(draft)) == {
        "assignee_id": bob.ulid,
        "description": "Put a bucket under it",
        "status": "outstanding",
    }
    assert 'data-send="DELETE"' in shown(page)


def test_the_way_here_leads_back(browser_of_alice: Browser, alice: Member):
    action = make_action(alice)
    page = shown(browser_of_alice.get(f"/incidents/v3/actions/{action.ulid}"))
    assert '<a href="/incidents/v3/actions">actions</a>' in page


def test_the_filter_form_has_every_parameter_and_keeps_what_was_asked(browser_of_alice: Browser, alice: Member):
    page = shown(browser_of_alice.get("/incidents/v3/actions", {"incident_mode": "test"}))
    names = re.findall(r'name="([^"]+)"', page.split('class="filters"')[1].split("</details>")[0])
    times = [
        f"{name}[{operator}]" for name in ("created_at", "updated_at") for operator in ("gte", "lte", "date_range")
    ]
    assert names == ["page_size", "after", "incident_id", "incident_mode", *times]
    assert re.search(r'<option value="test"\s+selected>', page)


def test_the_filter_form_narrows(browser_of_alice: Browser, alice: Member):
    make_action(alice, make_incident(alice, mode="test"), description="A rehearsal")
    make_action(alice, description="The real thing")
    text = text_of(browser_of_alice.get("/incidents/v2/actions", {"incident_mode": "test", "incident_id": ""}))
    assert "A rehearsal" in text
    assert "The real thing" not in text


def test_a_filter_that_cannot_be_understood_is_refused_on_the_page(browser_of_alice: Browser):
    page = browser_of_alice.get("/incidents/v3/actions", {"page_size": "many"})
    assert page.status_code == 422
    assert "page_size must be a whole number from 1 to 250." in text_of(page)


def test_a_form_creates(browser_of_alice: Browser, alice: Member):
    incident = make_incident(alice)
    page = browser_of_alice.send(
        "POST", "/incidents/v3/actions", {"incident_id": incident.ulid, "description": "Mop up"}
    )
    assert page.status_code == 201
    assert "201 Created" in text_of(page)
    action = Action.objects.get()
    assert (action.description, action.creator) == ("Mop up", alice)


def test_a_form_updates_and_deletes(browser_of_alice: Browser, alice: Member):
    path = f"/incidents/v3/actions/{make_action(alice).ulid}"
    browser_of_alice.send("PUT", path, {"description": "Mop up", "status": "completed"})
    assert Action.objects.get().status == "completed"
    page = browser_of_alice.send("DELETE", path)
    assert page.status_code == 200
    assert "204 No Content" in text_of(page)
    assert Action.objects.get().status == "deleted"


def test_what_was_refused_stays_in_the_form(browser_of_alice: Browser, alice: Member):
    path = f"/incidents/v3/actions/{make_action(alice).ulid}"
    page = browser_of_alice.send("PUT", path, {"description": "", "status": "gone"})
    assert page.status_code == 422
    [draft] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.content.decode(), re.DOTALL)
    assert json.loads(html.unescape(draft)) == {"description": "", "status": "gone"}


@pytest.mark.parametrize("token", ["", "a" * 64])
def test_a_form_without_its_token_does_nothing(browser_of_alice: Browser, alice: Member, token: str):
    path = f"/incidents/v3/actions/{make_action(alice).ulid}"
    page = browser_of_alice.send("DELETE", path, token=token)
    assert page.status_code == 403
    assert Action.objects.get().status == "outstanding"


def test_a_viewer_is_shown_no_forms_and_may_do_nothing(alice: Member):
    viewer = Browser(make_member(alice.workspace, "Vic", role="viewer"))
    action = make_action(alice)
    page = shown(viewer.get(f"/incidents/v3/actions/{action.ulid}"))
    assert "data-send" not in page
    token = viewer.client.get("/workspaces/").context["csrf_token"]
    assert viewer.send("DELETE", f"/incidents/v3/actions/{action.ulid}", token=str(token)).status_code == 403
    assert Action.objects.get().status == "outstanding"


def test_another_workspaces_rows_are_not_there(browser_of_alice: Browser, charlie: Member):
    action = make_action(charlie, description="Hush")
    for path in LISTS:
        assert "Hush" not in text_of(browser_of_alice.get(path))
        page = browser_of_alice.get(f"{path}/{action.ulid}")
        assert (page.status_code, "Hush" in text_of(page)) == (404, False)
        page = browser_of_alice.get(path, {"incident_id": action.incident.ulid})
        assert "Hush" not in text_of(page)


def test_private_incidents_are_not_shown_to_plain_members(alice: Member, bob: Member):
    make_action(alice, make_incident(alice, visibility="private"), description="Hush")
    assert "Hush" in text_of(Browser(alice).get("/incidents/v3/actions"))
    assert "Hush" not in text_of(Browser(bob).get("/incidents/v3/actions"))


def test_the_page_is_about_the_sessions_workspace(alice: Member, charlie: Member):
    make_action(charlie, description="Hush")
    browser = Browser(alice)
    make_member(charlie.workspace, "Alice", user=alice.user)
    token = browser.client.get("/workspaces/").context["csrf_token"]
    browser.client.post("/workspaces/elsewhere/enter/", headers={"x-csrftoken": str(token)})
    assert "Hush" in text_of(browser.get("/incidents/v3/actions"))


def test_whoever_uses_no_incidents_is_refused_in_a_page(alice: Member):
    page = Browser(make_member(alice.workspace, "Nora", uses_incidents=False)).get("/incidents/v3/actions")
    assert page.status_code == 403
    assert 'class="house"' in page.content.decode()


def test_an_endpoint_that_is_not_there_is_a_page_too(browser_of_alice: Browser):
    page = browser_of_alice.get("/incidents/v2/nothing")
    assert page.status_code == 404
    assert "There is no such endpoint." in text_of(page)


def test_a_key_never_gets_a_page(alice: Member, token: str):
    browser = Browser(alice)
    for accept, status in ((HTML, 200), ("text/html", 406)):
        headers = {"authorization": f"Bearer {token}", "accept": accept}
        response = browser.client.get("/incidents/v3/actions", headers=headers)
        assert (response.status_code, response["Content-Type"]) == (status, "application/json")


def test_strangers_get_no_page(client: Client, alice: Member):
    response = client.get("/incidents/v3/actions", headers={"accept": HTML})
    assert (response.status_code, response["Content-Type"]) == (401, "application/json")


def test_what_people_wrote_is_text_and_never_markup(browser_of_alice: Browser, alice: Member):
    action = make_action(alice, description='<script>alert("x")</script> & "<b>"')
    page = shown(browser_of_alice.get(f"/incidents/v3/actions/{action.ulid}"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    hostile = browser_of_alice.get("/incidents/v3/actions", {"after": '"><script>x'})
    assert "<script>x" not in hostile.content.decode()


# Documentation


def test_the_documentation_comes_from_this_server_alone(client: Client, db: None):
    page = shown(client.get("/incidents/docs"))
    assert 'data-document="/incidents/openapi.json"' in page
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        response = client.get(path)
        assert response.status_code == 200, path
        response.close()


def test_the_document_names_the_door_it_came_through(client: Client, db: None):
    document = client.get("/incidents/openapi.json").json()
    assert document["servers"] == [{"url": "http://testserver/incidents"}]
    assert "/v3/actions" in document["paths"]
    assert document["openapi"].startswith("3.")


def test_what_the_document_says_can_be_called(api: Api, client: Client, alice: Member):
    document = client.get("/incidents/openapi.json").json()
    for path, operations in document["paths"].items():
        if "get" in operations and "{" not in path:
            assert api.get(path).status_code == 200, path
