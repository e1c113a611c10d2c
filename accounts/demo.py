"""A small believable world: the mountain rescuers of Acme Rescue, and whatever each app has them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from django.conf import settings
from django.db import transaction

from accounts.addressbook import (
    Book,
    Page,
    bind,
    keys_work,
    login_works,
    make_keys,
    make_password,
    read_book,
    write_book,
)
from accounts.callers import System
from accounts.clock import real_now
from accounts.models import Counter, Member, Message, User, Workspace
from accounts.outgoing.sending import Outcome
from accounts.outgoing.settling import delays_of, settle
from accounts.rules import create_endpoint, create_login, create_member, create_workspace, send_test_event
from accounts.rules.workspaces import rooms

SLUG = "demo"
Role = Member.Role
# Nobody is told often, and nothing answers there.
NOWHERE = "https://hooks.acme-rescue.example/incidents"
RARE = "private_incident.incident_created_v2"
# First names are how the apps' demos call them; Ada has the login, Chiara the plain member's keys.
CAST = [
    ("Ada Keller", Role.OWNER),
    ("Bruno Rossi", Role.ADMIN),
    ("Chiara Bernasconi", Role.MEMBER),
    ("David Okafor", Role.MEMBER),
    ("Elif Yılmaz", Role.MEMBER),
    ("Finn Sørensen", Role.MEMBER),
    ("Grace Chen", Role.MEMBER),
    ("Hugo Müller", Role.VIEWER),
]


@dataclass
class World:
    """What an app's demo builds on: whose workspace, who is in it, and the time that is now there."""

    workspace: Workspace
    members: dict[str, Member]
    at: datetime
    # For what apps lower down made and others may mention. Empty of apps that were loaded by an earlier run.
    things: dict[str, Any] = field(default_factory=dict)


def load_demo() -> Page:
    """Make what is missing of the demo and write its address book; a second run changes nothing."""
    workspace = demo_workspace()
    members = demo_members(workspace)
    load_apps(workspace, members)
    load_once(workspace, "accounts.demo", lambda: tell_nowhere(workspace, members["Ada"]))
    pages = renew(read_book(book_path()), workspace, members)
    write_book(book_path(), pages)
    return pages


def book_path() -> Path:
    """Where the address book of the demo lies."""
    return Path(settings.ACTA_DATA) / "demo.json"


def demo_workspace() -> Workspace:
    """The demo's workspace."""
    found = Workspace.objects.filter(slug=SLUG).first()
    return found or create_workspace(SLUG, name="Acme Rescue", time_zone="Europe/Zurich", at=real_now())


@transaction.atomic
def demo_members(workspace: Workspace) -> dict[str, Member]:
    """The cast by first name, with a login for whoever comes first."""
    members = {name.split()[0]: demo_member(workspace, name, role) for name, role in CAST}
    admin = next(iter(members.values()))
    if admin.user is None:
        create_login(admin, password=None)
    return members


def demo_member(workspace: Workspace, name: str, role: str) -> Member:
    """One of the cast."""
    first = name.split()[0]
    email = f"{first.lower()}@acme-rescue.example"
    found = Member.objects.of(workspace).filter(email=email).first()
    return found or create_member(
        workspace,
        name=name,
        email=email,
        role=role,
        slack_user_id=f"U0{first.upper()}",
        actor=System("demo"),
        at=workspace.tick(),
    )


def load_apps(workspace: Workspace, members: dict[str, Member]) -> None:
    """Every app's own part, once: what people change or delete afterwards stays as they left it."""
    world = World(workspace, members, workspace.tick())
    for room in cast("list[ModuleType]", rooms("demo")):
        if room.__name__ != __name__:
            load_app(room, world)


def load_app(room: ModuleType, world: World) -> None:
    """One app's part."""
    load_once(world.workspace, room.__name__, lambda: room.load(world))


@transaction.atomic
def load_once(workspace: Workspace, name: str, load: Callable[[], object]) -> None:
    """A part of the demo, wholly or not at all, and the note that it is there."""
    if not Counter.objects.of(workspace).filter(name=name).exists():
        Counter(workspace=workspace, name=name).save()
        load()


def tell_nowhere(workspace: Workspace, owner: Member) -> None:
    """A webhook to a host that is nowhere, with a message that was given up after every attempt."""
    endpoint, _ = create_endpoint(workspace, "incidents", url=NOWHERE, events=[RARE], actor=owner, at=workspace.tick())
    message = send_test_event(endpoint, actor=owner, at=workspace.tick())
    delays = [timedelta(), *delays_of(message)]
    at = real_now() - sum(delays, timedelta(hours=1))
    Message.objects.filter(pk=message.pk).update(created_at=at)
    for delay in delays:
        at += delay
        settle(message, Outcome(error="The host has no address.", milliseconds=12), now=at)


def renew(pages: Page, workspace: Workspace, members: dict[str, Member]) -> Page:
    """The book of the last run with whatever no longer opens made anew."""
    admin, member = members["Ada"], members["Chiara"]
    user = cast("User", admin.user)
    keys, login = pages, pages.get("admin", {})
    if not keys_work(pages, workspace):
        keys = make_keys(Book(workspace, admin, member, workspace.tick()))
    if not login_works(pages, user):
        login = {"email": user.email, "password": make_password(user)}
    return bind(workspace, login, keys)
