"""What deleting and resetting a workspace share as commands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from accounts.models import Workspace


class RemovalCommand(BaseCommand, ABC):
    """A command that empties a workspace; it wants to hear yes, and says what went."""

    done = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--yes", action="store_true", help="yes, what is in it is lost for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["slug"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['slug']}.")
        if not options["yes"]:
            raise CommandError(f"What is in {workspace.slug} would be lost for ever. If you mean that, add --yes.")
        counts = self.remove(workspace)
        for name, count in counts.items():
            self.stdout.write(f"{count:>10} {name}")
        self.stdout.write(self.done.format(slug=options["slug"]))

    @abstractmethod
    def remove(self, workspace: Workspace) -> dict[str, int]:
        """Do it, and count."""
