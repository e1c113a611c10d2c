from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.addressbook import address_rooms
from accounts.callers import System
from accounts.clock import real_now
from accounts.management.base import HouseCommand, member_called, parse_time, workspace_called
from accounts.models import Member, Workspace
from accounts.rules import create_key


def check_words(app: str, room: ModuleType, words: list[str]) -> None:
    """Refuse a word that would open nothing; most are slips of the pen."""
    if words and not room.WORDS:
        raise CommandError(f"A key of {app} holds no roles: it may do what its member may.")
    for word in words:
        if word not in room.WORDS:
            near = get_close_matches(word, room.WORDS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(room.WORDS)}."
            raise CommandError(f"{app} knows no role or scope “{word}”. {hint}")


def check_member(app: str, room: ModuleType, member: Member | None) -> None:
    """Some vendors' keys are a person's."""
    if room.PERSONAL and member is None:
        raise CommandError(f"A key of {app} acts as a member; name one with --member EMAIL.")


def expiry(text: str | None, workspace: Workspace) -> datetime | None:
    """When a key ends: by the machine's clock, whatever the workspace's says."""
    if text is None:
        return None
    at = parse_time(text, workspace)
    if at <= real_now():
        raise CommandError(f"{text} is past; the key would never open anything.")
    return at


class Command(HouseCommand):
    help = "Make a key for one of the APIs and print its token, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="The workspace.")
        parser.add_argument("app", choices=settings.ACTA_APPS)
        parser.add_argument("--name", default="", help="What people call it.")
        parser.add_argument("--role", action="extend", nargs="+", metavar="WORD", help="The vendor's roles or scopes.")
        parser.add_argument("--member", metavar="EMAIL", help="Whose key it is.")
        parser.add_argument("--limit", type=int, metavar="N", help="Requests a minute, instead of the vendor's limit.")
        parser.add_argument("--expires", metavar="WHEN", help="RFC 3339, or a date in the workspace's time zone.")

    def work(self, **options: Any) -> None:
        workspace, app = workspace_called(options["slug"]), options["app"]
        room, words = address_rooms()[app], options["role"] or []
        member = member_called(workspace, options["member"]) if options["member"] else None
        check_words(app, room, words)
        check_member(app, room, member)
        key, token = create_key(
            workspace,
            app,
            name=options["name"] or "Made on the command line",
            words=words,
            member=member,
            limit=options["limit"],
            expires_at=expiry(options["expires"], workspace),
            at=workspace.tick(),
            actor=System("createkey"),
        )
        self.stdout.write(token)
        url = f"{settings.ACTA_BASE_URL}/admin/accounts/key/{key.pk}/change/"
        self.say(f"Made key “{key.name}” of {app} with {', '.join(words) or 'no roles'}. Revoke it: {url}")
