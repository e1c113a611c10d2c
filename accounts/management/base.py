"""What the commands of the house have in common: mistakes are sentences, and talk never mixes with results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.utils.dateparse import parse_date, parse_datetime

from accounts.errors import RuleError
from accounts.models import Member, Workspace
from accounts.models.member import fold_email


def sentences(error: ValidationError) -> str:
    """Every fault of a rule, each with the name of what is wrong."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{name}: {' '.join(faults)}" for name, faults in error.message_dict.items())


class HouseCommand(BaseCommand, ABC):
    """A command whose refusals are one sentence and exit code 1; the result is on stdout, the talk on stderr."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.work(**options)
        except ValidationError as error:
            raise CommandError(sentences(error)) from error
        except RuleError as error:
            raise CommandError(error.message) from error
        except (OperationalError, ProgrammingError) as error:
            reason = str(error).splitlines()[0]
            hint = "Is it there, and migrated (manage.py migrate)?"
            raise CommandError(f"The database refused: {reason}. {hint}") from error

    @abstractmethod
    def work(self, **options: Any) -> None:
        """What the command does."""

    def say(self, text: str) -> None:
        """Something a person wants to know and a program does not read."""
        self.stderr.write(text, str)
        self.stderr.flush()


def parse_time(text: str, workspace: Workspace) -> datetime:
    """A time as RFC 3339, or a date or time of day as the workspace's own calendar has it."""
    with suppress(ValueError):
        at = parse_datetime(text)
        if at is None and (day := parse_date(text)) is not None:
            at = datetime.combine(day, time(), workspace.zone)
        if at is not None:
            return at if at.tzinfo else at.replace(tzinfo=workspace.zone)
    examples = f"Write 2026-03-01T09:30:00Z, or 2026-03-01 for midnight in {workspace.zone}."
    raise CommandError(f"“{text}” is no time. {examples}")


def workspace_called(slug: str) -> Workspace:
    """The workspace of a slug, or the sentence with the slugs there are."""
    try:
        return Workspace.objects.get(slug=slug)
    except Workspace.DoesNotExist:
        slugs = ", ".join(Workspace.objects.values_list("slug", flat=True)[:20])
        hint = f"There are: {slugs}." if slugs else "There is none yet: manage.py createworkspace."
        raise CommandError(f"There is no workspace {slug}. {hint}") from None


def member_called(workspace: Workspace, email: str) -> Member:
    """The active member with an e-mail address."""
    member: Member | None = Member.objects.of(workspace).active().filter(email=fold_email(email)).first()
    if member is None:
        hint = f"manage.py createuser {workspace.slug} {email} makes her a member."
        raise CommandError(f"Nobody in {workspace.slug} has the address {email}; {hint}")
    return member
