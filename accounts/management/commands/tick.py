from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import due
from accounts.clock import real_now
from accounts.management.base import HouseCommand, workspace_called
from accounts.models import Workspace


class Command(HouseCommand):
    help = "Do what is due now, as the worker does every second, and say what was done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="Only what falls due there.")

    def work(self, **options: Any) -> None:
        workspace = workspace_called(options["workspace"]) if options["workspace"] else None
        tried, failed = self.sweep(workspace)
        if workspace is None:
            self.keep_house()
        if not tried:
            self.stdout.write("Nothing is due.")
        if failed:
            raise CommandError(f"{failed} of {tried} failed; they are tried again later.")

    def sweep(self, workspace: Workspace | None) -> tuple[int, int]:
        """Until nothing is left; how much was tried, and how much of that failed."""
        tried = failed = 0
        while outcomes := due.sweep(workspace):
            for outcome in outcomes:
                self.stdout.write(str(outcome))
                tried += 1
                failed += bool(outcome.error)
        return tried, failed

    def keep_house(self) -> None:
        """The chores, of which only those that did something are told."""
        for name, count in due.do_chores({}, now=real_now()).items():
            if count:
                self.stdout.write(f"{name}: {count}")
