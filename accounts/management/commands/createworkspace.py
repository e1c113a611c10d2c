from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from accounts.addressbook import Book, Page, for_people, new_book
from accounts.callers import System
from accounts.clock import real_now
from accounts.management.base import HouseCommand
from accounts.models import Member, Workspace
from accounts.rules import create_login, create_member, create_workspace

SETUP = System("set-up")


@transaction.atomic
def found(slug: str, name: str, time_zone: str) -> Page:
    """A workspace with every app's defaults, an admin, a plain member, and keys; its address book."""
    workspace = create_workspace(slug, name=name, time_zone=time_zone, at=real_now())
    admin = hire(workspace, "Admin", Member.Role.OWNER)
    create_login(admin, password=None)
    member = hire(workspace, "Member", Member.Role.MEMBER)
    return new_book(Book(workspace, admin, member, workspace.tick()))


def hire(workspace: Workspace, name: str, role: str) -> Member:
    """Somebody with an address that no mail ever reaches."""
    email = f"{name.lower()}@{workspace.slug}.example"
    return create_member(workspace, name=name, email=email, role=role, actor=SETUP, at=workspace.tick())


class Command(HouseCommand):
    help = "Make a new, empty workspace with every app's defaults, an admin, a plain member and keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="Its short name: lower-case letters, digits and hyphens.")
        parser.add_argument("--name", default="", help="Its name for people.")
        parser.add_argument("--time-zone", default="UTC", help="An IANA time zone; days begin there.")
        parser.add_argument("--json", action="store_true", help="Print the address book as JSON and nothing else.")

    def work(self, **options: Any) -> None:
        slug = options["slug"]
        if Workspace.objects.filter(slug=slug).exists():
            raise CommandError(f"There is a workspace {slug} already; choose another slug.")
        book = found(slug, options["name"], options["time_zone"])
        self.say(f"Made workspace {slug}. Its password and tokens are shown this once.")
        self.stdout.write(json.dumps(book, indent=2) if options["json"] else self.page(book))

    def page(self, book: Page) -> str:
        """The book for a person."""
        return f"{for_people(book)}\n\n{json.dumps(book, indent=2)}"
