from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.management.base import HouseCommand, parse_time, workspace_called
from accounts.models import Workspace
from accounts.rules import run_clock, set_clock, stop_clock


def written(at: datetime, workspace: Workspace) -> str:
    """A time as programs read it and as the workspace's people do."""
    local = at.astimezone(workspace.zone)
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ} ({local:%a %d %b %Y %H:%M} in {workspace.zone})"


def state(workspace: Workspace) -> str:
    """What the clock does, in one line."""
    now = written(workspace.now(), workspace)
    if workspace.clock_stopped_at:
        return f"The clock of {workspace.slug} stands at {now}. Undo: manage.py clock {workspace.slug} --run"
    if workspace.clock_ahead > timedelta():
        return f"The clock of {workspace.slug} runs {workspace.clock_ahead} ahead of the real time: {now}."
    return f"The clock of {workspace.slug} runs with the real time: {now}."


class Command(HouseCommand):
    help = "Show or move a workspace's test clock; it never goes backward, and no other workspace notices."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="The workspace.")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--stop", action="store_true", help="Let it stand where it is.")
        choice.add_argument("--set", metavar="WHEN", help="Let it stand at a later time: RFC 3339, or a date there.")
        choice.add_argument("--run", action="store_true", help="Let it run again.")
        choice.add_argument("--forward", metavar="TIME", help="Not there yet.")

    def work(self, **options: Any) -> None:
        workspace = workspace_called(options["slug"])
        if options["forward"]:
            raise CommandError(
                "Forwarding runs what falls due on the way, and nothing is scheduled yet; it comes with scheduled "
                f"work. Until then: manage.py clock {workspace.slug} --set WHEN"
            )
        if options["stop"]:
            workspace = stop_clock(workspace)
        elif options["set"]:
            workspace = set_clock(workspace, to=parse_time(options["set"], workspace))
        elif options["run"]:
            workspace = run_clock(workspace)
        self.stdout.write(state(workspace))
