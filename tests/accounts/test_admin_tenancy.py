"""The admin of one workspace shows nothing of another, by none of its addresses and in none of its forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from accounts.admin import site
from accounts.exporting import FORMATS
from accounts.models import Member, Workspace
from actions.rules.banning import tag_performer
from actions.rules.people import add_identity
from incidents.models import Action, Incident, Severity
from incidents.rules import complete_action, create_follow_up, post_update
from tests.accounts.factories import make_attempt, make_due, make_endpoint, make_entry, make_message
from tests.actions.boards import make_games
from tests.actions.factories import make_performer, pay
from tests.factories import NOON, make_key, make_member
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in, told

# Seen by superusers alone, so there is nothing to look for as an owner.
OF_NO_WORKSPACE = {"accounts.user"}


@pytest.fixture
def hers(alice: Member) -> dict[str, Any]:
    """One row of Alice's for every noun in the admin."""
    incident = make_incident(alice, name="Wonderland is flooded")
    action = make_action(alice, incident, description="Wonderland bucket", assignee=alice)
    complete_action(action, actor=alice, at=NOON)
    create_follow_up(incident, title="Wonderland dam", actor=alice, at=NOON)
    post_update(incident, message="Wonderland is wet", idempotency_key="1", actor=alice, at=NOON)
    make_key(alice.workspace, name="Wonderland key", member=alice)
    endpoint, _ = make_endpoint(alice, "https://wonderland.example/hook")
    make_attempt(alice, make_message(alice, endpoint), response="Wonderland answer")
    make_entry(alice, row="Wonderland row")
    make_due(alice, "wonderland")
    with transaction.atomic():
        pay(alice, 5, alice)
    make_games(alice)
    add_identity(make_performer(alice), "wonderland", "7", trust="admin", actor=alice, at=NOON)
    tag_performer(make_performer(alice), "wonderland", actor=alice, at=NOON)
    rows = {model._meta.label_lower: first_of(model, alice.workspace) for model in site._registry}
    return {label: row for label, row in rows.items() if label not in OF_NO_WORKSPACE}


@pytest.fixture
def owner(alice: Member) -> Client:
    """Alice, signed in."""
    return signed_in(alice)


@pytest.fixture
def stranger(charlie: Member) -> Client:
    """Charlie, signed in where he owns everything."""
    make_action(charlie)
    return signed_in(charlie)


def first_of(model: Any, workspace: Workspace) -> Any:
    """A row of a workspace; there has to be one."""
    if model is Workspace:
        return workspace
    if not hasattr(model, "workspace"):
        return None
    row = model.objects.filter(workspace=workspace).order_by("pk").first()
    assert row is not None, f"The test makes no {model._meta.label}, so it would prove nothing of it."
    return row


def key_of(row: Any) -> str:
    """A row's key as addresses have it."""
    return str(quote(row.pk))


def address(row: Any, page: str, *arguments: str) -> str:
    """A page of a row."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}"
    return reverse(name, args=[key_of(row), *arguments])


def changelist(row: Any) -> str:
    """The list a row stands in."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")


def patterns(found: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every route of the admin with its name."""
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.name or ""


def addresses(rows: dict[str, Any]) -> Iterator[str]:
    """Every address the admin has, about these rows where it takes one; a route nobody knows fails."""
    apps = {row._meta.app_label for row in rows.values()}
    models = {f"{row._meta.app_label}/{row._meta.model_name}/": row for row in rows.values()}
    for route, name in patterns(site.get_urls()):
        noun = next((prefix for prefix in models if route.startswith(prefix)), "")
        if noun and "<path:object_id>" in route:
            yield filled(route, models[noun])
        elif name == "accounts_auditentry_export":
            yield from (f"/admin/accounts/auditentry/export/{form}/" for form in FORMATS)
        elif name == "app_list":
            yield from (f"/admin/{app}/" for app in apps)
        elif "<" in route and not route.startswith("accounts/user/") and route != r"(?P<url>.*)$":
            raise AssertionError(f"This test does not know how to call {route}.")
        elif "<" not in route:
            yield f"/admin/{route}"


def filled(route: str, row: Any) -> str:
    """A route about a row; the button, where there is one, is the noun's first."""
    buttons = getattr(site.get_model_admin(type(row)), "buttons", ())
    route = route.replace("<path:object_id>", key_of(row))
    return "/admin/" + route.replace("<slug:button>", buttons[0].name if buttons else "complete")


def mentions(page: str, rows: dict[str, Any]) -> list[str]:
    """What a page says of rows: their pages, their ULIDs, their words."""
    found = [label for label, row in rows.items() if f"/{row._meta.model_name}/{key_of(row)}/" in page]
    found += [label for label, row in rows.items() if getattr(row, "ulid", "-never-") in page]
    return found + re.findall("wonderland", page.replace("Wonderland", "wonderland"))


def body(response: Any) -> str:
    """Whatever came back, and where it sends one."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode()) + str(response.headers.get("Location", "")).replace("?", " ")


def test_no_address_of_the_admin_shows_a_stranger_anything(stranger: Client, hers: dict[str, Any]):
    called = list(addresses(hers))
    assert len(called) > 40
    for where in called:
        response = stranger.get(where)
        assert response.status_code in (200, 302, 403, 404, 405), where
        own_address = where if response.status_code == 302 else ""
        page = body(response).replace(own_address, "") if own_address else body(response)
        assert mentions(page, hers) == [], where
        if any(f"/{key_of(row)}/" in where for row in hers.values()):
            assert response.status_code != 200, where


def test_the_same_walk_shows_the_owner_all_of_it(owner: Client, hers: dict[str, Any]):
    walked = "".join(body(owner.get(where)) for where in addresses(hers) if "logout" not in where)
    assert {label for label, row in hers.items() if f"/{row._meta.model_name}/{key_of(row)}/" in walked} == set(hers)


def test_a_page_of_a_stranger_is_as_one_that_is_not_there(stranger: Client, hers: dict[str, Any]):
    for row in hers.values():
        response = stranger.get(address(row, "change"), follow=True)
        assert response.redirect_chain[0][0] == "/admin/"
        assert "doesn’t exist" in told(response)[0]


@pytest.mark.parametrize("button", ["complete", "reopen", "decline", "delete"])
def test_a_button_of_a_stranger_does_nothing(stranger: Client, hers: dict[str, Any], button: str):
    action = hers["incidents.action"]
    stranger.post(address(action, "press", button))
    assert Action.objects.get(pk=action.pk).status == action.status


def test_posting_to_a_strangers_page_changes_nothing(stranger: Client, hers: dict[str, Any]):
    for label, row in hers.items():
        before = type(row).objects.filter(pk=row.pk).values().get()
        for page in ("change", "delete"):
            response = stranger.post(address(row, page), {"name": "Mine", "description": "Mine", "post": "yes"})
            assert response.status_code in (302, 403), label
        assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_selecting_a_strangers_row_selects_nothing(stranger: Client, hers: dict[str, Any]):
    action = hers["incidents.action"]
    stranger.post(changelist(action), {"action": "reopen", "_selected_action": [str(action.pk)]})
    assert Action.objects.get(pk=action.pk).status == "completed"


def test_a_form_refuses_a_strangers_row_and_does_not_say_what_it_is(stranger: Client, hers: dict[str, Any]):
    facts = {"incident": hers["incidents.incident"].pk, "description": "Peep", "assignee": hers["accounts.member"].pk}
    page = shown(stranger.post("/admin/incidents/action/add/", facts))
    assert page.count("Select a valid choice") == 2
    assert "wonderland" not in page.lower()
    assert not Action.objects.filter(description="Peep").exists()


def test_a_key_cannot_be_given_to_a_stranger(stranger: Client, hers: dict[str, Any]):
    facts = {"app": "incidents", "name": "Peep", "member": hers["accounts.member"].pk}
    page = shown(stranger.post("/admin/accounts/key/add/", facts))
    assert "Select a valid choice" in page
    assert "Alice" not in page


def autocompletes() -> Iterator[tuple[str, str, str]]:
    """Every foreign key there is in the admin."""
    for model in site._registry:
        for field in model._meta.get_fields():
            if field.many_to_one or (field.one_to_one and field.concrete):
                yield model._meta.app_label, str(model._meta.model_name), field.name


@pytest.mark.parametrize(("app", "model", "field"), list(autocompletes()))
def test_autocompletion_finds_no_stranger(
    stranger: Client, owner: Client, hers: dict[str, Any], app: str, model: str, field: str
):
    asked = {"app_label": app, "model_name": model, "field_name": field}
    for term in ("", "Wonderland", "Alice", "alice@wonderland.example"):
        response = stranger.get("/admin/autocomplete/", asked | {"term": term})
        assert response.status_code in (200, 403)
        found = response.json()["results"] if response.status_code == 200 else []
        assert [row for row in found if "wonderland" in row["text"].lower() or "Alice" in row["text"]] == []


def test_autocompletion_finds_ones_own(owner: Client, hers: dict[str, Any]):
    asked = {"app_label": "incidents", "model_name": "action", "field_name": "incident", "term": "wonderl"}
    [found] = owner.get("/admin/autocomplete/", asked).json()["results"]
    assert found["text"] == "INC-1 Wonderland is flooded"


def test_filtering_by_a_strangers_row_finds_nothing_and_names_nobody(stranger: Client, hers: dict[str, Any]):
    page = shown(stranger.get("/admin/incidents/action/", {"assignee__id__exact": hers["accounts.member"].pk}))
    assert "0 actions" in " ".join(page.split())
    assert "Alice" not in page


def test_a_side_list_names_only_ones_own_people(owner: Client, stranger: Client, hers: dict[str, Any]):
    mine, his = (shown(client.get("/admin/incidents/action/")) for client in (owner, stranger))
    assert "Alice" in mine
    assert "Charlie" not in mine
    assert "Charlie" in his
    assert "Alice" not in his


@pytest.mark.parametrize(
    "query",
    ["digest__startswith=a", "member__user__password__startswith=m", "workspace__slug=wonderland", "prefix=inc_"],
)
def test_an_address_is_no_way_to_guess_a_column(owner: Client, hers: dict[str, Any], query: str):
    assert owner.get(f"/admin/accounts/key/?{query}").status_code == 400


def test_there_is_no_view_on_site_that_looks_rows_up_by_number(owner: Client, hers: dict[str, Any]):
    assert owner.get("/admin/r/1/1/").status_code == 404
    assert "view_on_site" not in {name for _, name in patterns(site.get_urls())}


def test_the_last_changes_are_those_made_here(alice: Member, charlie: Member):
    both = signed_in(alice)
    charlie.user = alice.user
    charlie.save(update_fields=["user"])
    Severity.objects.of(alice.workspace).update(name="Wonderlandish")
    severity = Severity.objects.of(alice.workspace).order_by("rank")[0]
    both.post(address(severity, "change"), {"name": "Wonderlandish bad", "rank": 0, "description": ""})
    assert "Wonderlandish bad" in shown(both.get("/admin/"))
    both.post(f"/workspaces/{charlie.workspace.slug}/enter/")
    page = shown(both.get("/admin/"))
    assert "Your last changes here" in page
    assert "Wonderlandish" not in page


def test_a_form_left_open_in_another_workspace_saves_nothing(alice: Member, charlie: Member):
    both = signed_in(alice)
    charlie.user = alice.user
    charlie.save(update_fields=["user"])
    form = shown(both.get("/admin/accounts/member/add/"))
    assert 'name="_workspace" value="wonderland"' in form
    both.post(f"/workspaces/{charlie.workspace.slug}/enter/")
    facts = {"_workspace": "wonderland", "name": "Dora", "role": "member"}
    response = both.post("/admin/accounts/member/add/", facts, follow=True)
    assert "Nothing was saved: you are in Elsewhere now." in told(response)
    assert not Member.objects.filter(name="Dora").exists()


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_members_and_viewers_may_not_enter(alice: Member, role: str):
    client = signed_in(make_member(alice.workspace, "Bob", role=role))
    for where in ("/admin/", "/admin/incidents/action/", "/admin/accounts/key/add/"):
        assert client.get(where, follow=True).status_code == 403


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_owners_and_admins_may_enter(alice: Member, role: str):
    assert signed_in(make_member(alice.workspace, "Bob", role=role)).get("/admin/").status_code == 200


def test_who_administers_one_workspace_does_not_enter_another_as_a_member(alice: Member, charlie: Member):
    client = signed_in(alice)
    make_member(charlie.workspace, "Alice again", role="member", user=alice.user)
    client.post(f"/workspaces/{charlie.workspace.slug}/enter/")
    assert client.get("/admin/", follow=True).status_code == 403


def test_strangers_are_sent_to_the_login_and_come_back(client: Client, db: None):
    response = client.get("/admin/accounts/key/?app=incidents", follow=True)
    where = response.redirect_chain[-1][0]
    assert where == "/login/?next=%2Fadmin%2Faccounts%2Fkey%2F%3Fapp%3Dincidents"


def test_a_deactivated_admin_is_out_at_once(alice: Member):
    client = signed_in(alice)
    Member.objects.filter(pk=alice.pk).update(active=False)
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_superuser_enters_each_workspace_and_sees_one_at_a_time(alice: Member, charlie: Member, hers: dict[str, Any]):
    client = signed_in(charlie, superuser=True)
    assert "wonderland" not in shown(client.get("/admin/incidents/incident/")).lower()
    client.post("/workspaces/wonderland/enter/")
    assert "Wonderland is flooded" in shown(client.get("/admin/incidents/incident/"))


def test_private_incidents_are_there_for_those_with_global_access(alice: Member):
    make_incident(alice, name="Hush", visibility="private")
    assert "Hush" in shown(signed_in(alice).get("/admin/incidents/incident/"))
    assert Incident.objects.count() == 1
