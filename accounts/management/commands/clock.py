from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import due
from accounts.callers import System
from accounts.durations import parse_duration
from accounts.management.base import HouseCommand, parse_time, workspace_called
from accounts.models import ClockRun, Workspace
from accounts.rules import forward_clock, run_clock, stop_clock

ANOTHER_WORKS = 0.2


def written(at: datetime, workspace: Workspace) -> str:
    """A time as programs read it and as the workspace's people do."""
    local = at.astimezone(workspace.zone)
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ} ({local:%a %d %b %Y %H:%M} in {workspace.zone})"


def state(workspace: Workspace) -> str:
    """What the clock does, in one line."""
    now = written(workspace.now(), workspace)
    under_way = ClockRun.objects.of(workspace).under_way().first()
    if under_way:
        there = written(under_way.to, workspace)
        return f"The clock of {workspace.slug} stands at {now}, on its way to {there}: {under_way.steps} things done."
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
        choice.add_argument("--forward", metavar="TIME", help="Let it stand so much later: 3d, 4h, 90m, 1w, 1d12h.")
        choice.add_argument("--run", action="store_true", help="Let it run again.")
        parser.add_argument("--wait", action="store_true", help="Do here what falls due on the way, and end when done.")

    def work(self, **options: Any) -> None:
        workspace = workspace_called(options["slug"])
        if options["stop"]:
            stop_clock(workspace)
        elif options["run"]:
            run_clock(workspace)
        elif options["set"]:
            forward_clock(workspace, to=parse_time(options["set"], workspace), actor=System())
        elif options["forward"]:
            forward_clock(workspace, by=parse_duration(options["forward"]), actor=System())
        failures = self.go_there(workspace) if options["wait"] else 0
        self.stdout.write(state(Workspace.objects.get(pk=workspace.pk)))
        if failures:
            raise CommandError(f"{failures} things failed on the way; they are tried again later.")

    def go_there(self, workspace: Workspace) -> int:
        """Help the worker, or be it, until the clock is where it shall be; how much failed."""
        last = ClockRun.objects.of(workspace).under_way().select_related("workspace").first()
        while last and last.is_under_way:
            for outcome in due.forward(last):
                self.stdout.write(str(outcome))
            last.refresh_from_db()
            if last.is_under_way:
                time.sleep(ANOTHER_WORKS)
        return last.failures if last else 0
