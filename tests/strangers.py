"""Alice's workspace beside Charlie's, and what happens when Charlie asks for her rows by every address there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import orjson
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.test import Client

from accounts.api.filters import Filter
from accounts.models import Member, User, Workspace, WorkspaceModel
from accounts.rules import create_login
from tests.factories import make_key, make_member, make_workspace
from tests.routes import Route, house_rooms, routes

# Everything that Alice ever wrote has it, so an answer to Charlie that has it is a leak.
MARK = "cheshire"
# What Charlie searches for: it would find her rows, and is not the mark when a page repeats it.
SEARCH = "chesh"
PAGE = {"accept": "text/html"}
# An id that no row has.
NEVER = "99999999999999999999999999"
# More requests than any walk makes.
TIRELESS = 1_000_000
# Operators that keep what is not named.
CONTRARY = ("not_in", "is_blank")
# Routes whose parameters name no row.
OPEN: dict[str, dict[str, Any]] = {
    "accounts.admin.site.HouseSite.catch_all_view": {"url": "nowhere"},
    "django.contrib.admin.sites.AdminSite.app_index": {"app_label": "incidents"},
    "accounts.admin.audit.AuditEntryAdmin.export_view": {"form": "csv"},
    "accounts.api.unbuilt.unbuilt": {"rest": "v2/nowhere"},
}


@dataclass
class World:
    """Two workspaces with the same things in them, and a key for everything in every app."""

    alice: Member
    charlie: Member
    tokens: dict[tuple[int, str], str] = field(default_factory=dict)
    # One for all requests: a new one reads every static file's name.
    browser: Client = field(default_factory=Client)
    program: Client = field(default_factory=Client)

    def first(self, member: Member, noun: type[Model]) -> Any:
        """A row that a workspace has."""
        if noun is Workspace:
            return member.workspace
        rows = User.objects.filter(members=member) if noun is User else noun._default_manager.filter(**own(member))
        row = rows.order_by("-pk").first()
        assert row is not None, f"Give {member} a {noun.__name__} in her app's tests/<app>/house.py."
        return row

    def client(self, member: Member) -> Client:
        """Her browser, signed in."""
        self.browser.force_login(member.user)  # type: ignore[arg-type]
        return self.browser

    def key(self, member: Member, route: Route) -> dict[str, str]:
        """What a program of hers sends to an API."""
        return {"authorization": f"Bearer {self.tokens[member.pk, route.api.dialect.app]}"}


def own(member: Member) -> dict[str, Any]:
    """The rows of her workspace."""
    return {"workspace": member.workspace_id}


def make_world() -> World:
    """Alice and her things, Charlie and his."""
    alice = make_member(make_workspace("grin", name="Cheshire"), "Cheshire Alice", role="owner")
    charlie = make_member(make_workspace("elsewhere"), "Charlie", role="owner")
    for member in (alice, charlie):
        create_login(member, password=None)
    world = World(alice, charlie)
    for app in settings.ACTA_APPS:
        words = vocabulary(app)
        for member in (alice, charlie):
            name = f"{'Cheshire' if member is alice else 'Plain'} {app}"
            world.tokens[member.pk, app] = make_key(member.workspace, app, *words, name=name, limit=TIRELESS)[1]
    for member in (alice, charlie):
        # Our own API takes the key of any app.
        world.tokens[member.pk, "accounts"] = world.tokens[member.pk, "incidents"]
    for room in house_rooms():
        # More than his, so that numbers which count per workspace are hers alone; before his, so that lists which
        # begin after a row of hers would show him something.
        room.furnish(alice, "Cheshire", rows=2)
        room.furnish(charlie, "Plain", rows=1)
    return world


def vocabulary(app: str) -> tuple[str, ...]:
    """All the words that a key of an app may hold."""
    from accounts.addressbook import address_rooms

    return tuple(address_rooms()[app].WORDS)


def wire_id(row: Any) -> str:
    """A row's id as clients write it."""
    return str(getattr(row, "ulid", row.pk))


def snapshot(member: Member) -> dict[str, list[Any]]:
    """Everything in her workspace."""
    nouns = [noun for noun in apps.get_models() if issubclass(noun, WorkspaceModel)]
    rows = {
        noun._meta.label: list(noun._default_manager.filter(**own(member)).order_by("pk").values()) for noun in nouns
    }
    return rows | {"": list(Workspace.objects.filter(pk=member.workspace_id).values())}


def values_of(route: Route, world: World) -> list[dict[str, Any]]:
    """How to ask a route for Alice's rows; a route that nobody knows how to ask fails the walk."""
    if not route.parameters:
        return [{}]
    for room in house_rooms():
        if route.name in room.PLACES:
            found: list[dict[str, Any]] = room.PLACES[route.name](world)
            return found
    if route.api is not None and route.parameters == ["pk"]:
        return [{"pk": wire_id(world.first(world.alice, route.api.queryset.model))}]
    if route.noun:
        key = world.first(world.alice, route.noun).pk
        return [{name: "complete" if name == "button" else key for name in route.parameters}]
    if route.name in OPEN:
        return [OPEN[route.name]]
    if route.name == "accounts.views.workspaces.choose_workspace":
        return [{"slug": world.alice.workspace.slug}]
    raise AssertionError(f"{route} leads to {route.name}; say in PLACES of tests/<app>/house.py how to ask it.")


def answer(response: Any) -> tuple[int, bytes]:
    """Status and body, streamed or not."""
    return response.status_code, b"".join(response).lower()


@dataclass
class Walk:
    """Charlie, asking."""

    world: World
    faults: list[str] = field(default_factory=list)
    # Lists whose filters were asked; what they find is the same by every door.
    asked: set[Any] = field(default_factory=set)

    def everywhere(self) -> list[str]:
        """Ask every route, and tell what he should not have got."""
        before = snapshot(self.world.alice)
        for route in routes():
            for values in values_of(route, self.world):
                self.at(route, values)
        if snapshot(self.world.alice) != before:
            self.faults.append("Something of Alice's has changed.")
        return self.faults

    def at(self, route: Route, values: dict[str, Any]) -> None:
        """Ask one route in every way it can be asked."""
        if route.api is None:
            self.page(route, values)
        else:
            self.program(route, values)
            if not route.host:
                hers = bool(values) and "get" in route.methods
                self.look(f"{route} as a page", self.browse(route, values, PAGE), hers=hers)

    def page(self, route: Route, values: dict[str, Any]) -> None:
        """A page, a form, and for lists of the admin a search."""
        for method in ("get", "post"):
            response = self.browse(route, values, {}, method)
            hers = bool(values) and route.name not in OPEN
            self.look(f"{method} {route}", response, hers=hers and not self.is_closed(route, method, response))
        if route.noun and not values:
            self.look(f"search {route}", self.browse(route, values, {}, query={"q": SEARCH}))
            self.seize(route)
            self.complete(route)

    def is_closed(self, route: Route, method: str, response: Any) -> bool:
        """Whether nobody may do this here, whatever the row: what never was is refused alike."""
        if response.status_code not in (403, 405) or not route.noun:
            return bool(response.status_code == 405)
        never = {name: "complete" if name == "button" else NEVER for name in route.parameters}
        return bool(self.browse(route, never, {}, method).status_code == response.status_code)

    def browse(self, route: Route, values: Any, headers: Any, method: str = "get", query: Any = None) -> Any:
        """By Charlie's browser, to where it ends up."""
        call = getattr(self.world.client(self.world.charlie), method)
        return call(route.at(values), query, headers=headers | host(route), follow=True)

    def control(self) -> list[str]:
        """Alice, asking for the same: what she does not find either proves nothing. Logins are nobody's."""
        lost = []
        for route in routes():
            for values in values_of(route, self.world)[:1]:
                response = self.asked_by_alice(route, values)
                hers = values and route.name not in OPEN and route.noun is not User
                if hers and (is_gone(response) or response.status_code >= 500):
                    lost.append(f"{route}: {response.status_code}")
        return lost

    def asked_by_alice(self, route: Route, values: dict[str, Any]) -> Any:
        """By her key or by her browser."""
        if route.api:
            headers = self.world.key(self.world.alice, route) | host(route)
            return self.world.program.get(route.at(values), headers=headers)
        return self.world.client(self.world.alice).get(route.at(values), headers=host(route), follow=True)

    def look(self, what: str, response: Any, *, hers: bool = False) -> None:
        """Nothing of hers may be in an answer, and a row of hers is not there."""
        status, body = answer(response)
        if MARK.encode() in body:
            self.faults.append(f"{what}: {status} and something of Alice's")
        if status == 500:
            self.faults.append(f"{what}: {status}")
        if hers and not is_gone(response):
            self.faults.append(f"{what}: {status} at {response.request['PATH_INFO']}")

    def seize(self, route: Route) -> None:
        """Her row among the selected ones of a list."""
        model_admin = getattr(route.view, "model_admin", None)
        assert route.noun
        key = str(self.world.first(self.world.alice, route.noun).pk)
        for button in getattr(model_admin, "buttons", ()):
            form = {"action": button.name, "_selected_action": key}
            response = self.world.client(self.world.charlie).post(route.path, form, follow=True)
            self.look(f"{button.name} at {route}", response)

    def complete(self, route: Route) -> None:
        """Her rows among what a field of a form proposes."""
        model_admin = getattr(route.view, "model_admin", None)
        for name in model_admin.autocomplete_fields if model_admin else ():
            assert route.noun
            field = {"app_label": route.noun._meta.app_label, "model_name": route.noun._meta.model_name}
            for term in ("", SEARCH):
                query = field | {"field_name": name, "term": term}
                client = self.world.client(self.world.charlie)
                self.look(f"propose {name} at {route}", client.get("/admin/autocomplete/", query))

    def program(self, route: Route, values: dict[str, Any]) -> None:
        """Every method of an API's route; then her ids in its filters and bodies."""
        for method, action in route.methods.items():
            bodies = list(self.bodies(route, action))
            for body, refused in bodies or [({}, set())]:
                response = self.send(route, method, values, body)
                # What is never done is refused alike, whatever the row.
                self.look(f"{method} {route} {body}", response, hers="pk" in values and response.status_code != 405)
                if refused and "pk" not in values:
                    self.refused(f"{method} {route} {body}", response, refused)
                for own_row in [self.his(route)] if "pk" in values and refused else []:
                    self.refused(f"{method} {route} {body}", self.send(route, method, own_row, body), refused)
        if "list" in route.methods.values() and route.api not in self.asked:
            self.asked.add(route.api)
            self.filters(route, self.his(route) if values else {})

    def his(self, route: Route) -> dict[str, Any]:
        """A row of Charlie's own."""
        [values, *_] = values_of(route, replace(self.world, alice=self.world.charlie))
        return values

    def send(self, route: Route, method: str, values: Any, body: Any = None, query: Any = None) -> Any:
        """By Charlie's key."""
        headers = self.world.key(self.world.charlie, route) | host(route)
        call = getattr(self.world.program, method)
        if method == "get":
            return call(route.at(values), query, headers=headers)
        media_type = route.api.dialect.renderer_classes[0].media_type
        return call(route.at(values), body, content_type=media_type, headers=headers)

    def bodies(self, route: Route, action: str) -> Iterator[tuple[Any, set[str]]]:
        """The bodies of an operation that name rows of hers, and the fields they are refused for."""
        operation = route.api.wire.get(action, {})
        if "reads" not in operation:
            return
        known = [room.BODIES[operation["id"]] for room in house_rooms() if operation["id"] in room.BODIES]
        assert known, f"Say in BODIES of tests/<app>/house.py what {operation['id']} reads."
        yield from known[0](self.world)

    def refused(self, what: str, response: Any, fields: set[str]) -> None:
        """A row of hers in a body is as unknown as one that never was."""
        status, body = answer(response)
        if status not in (400, 404, 422) or not all(name.encode() in body for name in fields):
            self.faults.append(f"{what}: {status}, not refused for {fields}")

    def filters(self, route: Route, values: dict[str, Any]) -> None:
        """Each operator of each filter, asked for each of her ids; below a row, below one of his."""
        filters = getattr(route.api, "filterset_class", None)
        for chosen in filters.filters.values() if filters else ():
            for key, operator in product(self.her_ids(), chosen.operators):
                query = {key_of(chosen, operator, key): key}
                response = self.send(route, "get", values, query=query)
                self.look(f"{query} at {route}", response)
                found = rows_of(response) if response.status_code == 200 else []
                if (found and operator not in CONTRARY) or response.status_code not in (200, 400, 404, 422):
                    self.faults.append(f"{query} at {route}: {response.status_code}, {found}")

    def her_ids(self) -> Iterator[str]:
        """An id of every noun of hers that has one for clients."""
        for noun in apps.get_models():
            if issubclass(noun, WorkspaceModel) and hasattr(noun, "ulid"):
                yield wire_id(self.world.first(self.world.alice, noun))


def key_of(chosen: Filter, operator: str, row: str) -> str:
    """A parameter as clients write it; some ask behind the id of a row."""
    inner = chosen.schema.get("additionalProperties", {}).get("type")
    name = f"{chosen.name}[{row}]" if inner == "object" else chosen.name
    return f"{name}[{operator}]" if operator else name


def rows_of(response: Any) -> list[Any]:
    """The rows of a list, whatever it calls them."""
    body = orjson.loads(b"".join(response))
    rows: list[Any] = next(value for value in body.values() if isinstance(value, list))
    return rows


def host(route: Route) -> dict[str, str]:
    """The header that chooses a door."""
    return {"host": route.host} if route.host else {}


def is_gone(response: Any) -> bool:
    """Not found; the admin says so on its first page."""
    first = response.status_code == 200 and response.request["PATH_INFO"] == "/admin/"
    return bool(response.status_code == 404 or first)
