from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.crypto import get_random_string

from accounts.callers import System
from accounts.management.base import HouseCommand, workspace_called
from accounts.models import Member, User, Workspace
from accounts.models.member import fold_email
from accounts.rules import create_login, create_member


class Command(HouseCommand):
    help = "Make a member with a login, or give a member one; a random password is printed this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="The workspace.")
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="What people call her.")
        parser.add_argument("--role", choices=Member.Role.values, default=Member.Role.MEMBER)
        parser.add_argument("--password-stdin", action="store_true", help="Read the password from standard input.")
        parser.add_argument("--superuser", action="store_true", help="She sees every workspace.")

    def work(self, **options: Any) -> None:
        workspace, email = workspace_called(options["slug"]), fold_email(options["email"])
        self.refuse_second_login(workspace, email)
        is_known = User.objects.filter(email=email).exists()
        password = "" if is_known else self.password(options["password_stdin"], email)
        with transaction.atomic():
            member = self.member(workspace, email, options["name"], options["role"])
            create_login(member, password=password, superuser=options["superuser"])
        if not is_known and not options["password_stdin"]:
            self.stdout.write(password)
        self.report(member, is_known)

    def refuse_second_login(self, workspace: Workspace, email: str) -> None:
        """A login is made once; what comes after has its own command."""
        if Member.objects.of(workspace).filter(email=email, user__isnull=False).exists():
            raise CommandError(f"{email} has a login in {workspace.slug} already; new password: {undo(email)}")

    def password(self, from_stdin: bool, email: str) -> str:
        """The password given, if it is good enough, or a random one."""
        if not from_stdin:
            return get_random_string(16)
        password = sys.stdin.readline().rstrip("\r\n")
        validate_password(password, User(email=email))
        return password

    def member(self, workspace: Workspace, email: str, name: str, role: str) -> Member:
        """The member of that address; a new one where there is none."""
        found = Member.objects.of(workspace).filter(email=email).first()
        name = name or email.partition("@")[0].replace(".", " ").title()
        return found or create_member(
            workspace, name=name, email=email, role=role, actor=System("createuser"), at=workspace.tick()
        )

    def report(self, member: Member, is_known: bool) -> None:
        """What was done, and how to change it."""
        password = "the password she has" if is_known else "this password"
        who = f"{member.name}, {member.role} of {member.workspace.slug},"
        self.say(f"{who} signs in as {member.email} with {password}.")
        self.say(f"Another password: {undo(str(member.email))}")


def undo(email: str) -> str:
    """Django's own command."""
    return f"manage.py changepassword {email}"
