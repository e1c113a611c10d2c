"""The workspace's test clock, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.dateparse import parse_datetime
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.neutral.dialect import CLOCK, NeutralDialect
from accounts.api.views import DialectView, UnknownPath
from accounts.durations import parse_duration
from accounts.models import ClockRun, Workspace
from accounts.rules import forward_clock, run_clock, stop_clock

ACTIONS = ("stop", "set", "forward", "run")
ASIDE = {"set": "to", "forward": "by"}


def state(workspace: Workspace) -> dict[str, Any]:
    """A clock, and its last way to a later time."""
    last = ClockRun.objects.of(workspace).first()
    row = Workspace.objects.get(pk=workspace.pk)
    return {
        "workspace": row.slug,
        "now": row.now(),
        "stopped": row.clock_stopped_at is not None,
        "ahead_seconds": row.clock_ahead.total_seconds(),
        "run": run_state(last) if last else None,
    }


def run_state(last: ClockRun) -> dict[str, Any]:
    """How far it is: `requested` and `running` mean that it is not there yet."""
    names = ("id", "state", "since", "to", "steps", "failures", "error", "requested_at", "ended_at")
    return {name: getattr(last, name) for name in names}


def wanted(body: Any) -> tuple[str, str]:
    """The action of a body, and the text that belongs to it."""
    action = body.get("action") if isinstance(body, dict) else None
    if action not in ACTIONS:
        raise ValidationError({"action": f"One of {', '.join(ACTIONS)}."})
    name = ASIDE.get(action)
    aside = body.get(name, "") if name else ""
    if name and not (isinstance(aside, str) and aside):
        raise ValidationError({name: ValidationError(f"{action} needs “{name}”, as text.", code="required")})
    return action, aside


def time_of(text: str) -> datetime:
    """A time as RFC 3339 has it."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValidationError({"to": f"“{text}” is no time. Write 2026-03-01T09:30:00Z."})
    return at


class ClockView(DialectView):
    """`GET` to look and to wait, `POST` to move."""

    dialect = NeutralDialect()
    schema = None  # type: ignore[assignment]

    def check_scope(self, request: Request) -> None:
        """Anybody of the workspace may look."""
        if request.method == "POST" and not self.caller.allows(CLOCK):
            raise PermissionDenied("This key does not open the settings of its workspace.")

    def get(self, request: Request) -> Response:
        """What the clock shows."""
        return Response(state(self.caller.workspace))

    def post(self, request: Request) -> Response:
        """Move it; 202 while it is on its way, and `Location` tells where to look until it is there."""
        action, aside = wanted(request.data)
        workspace, actor = self.caller.workspace, self.caller.actor
        if action == "stop":
            stop_clock(workspace)
        elif action == "run":
            run_clock(workspace)
        elif action == "set":
            forward_clock(workspace, to=time_of(aside), actor=actor)
        else:
            forward_clock(workspace, by=parse_duration(aside), actor=actor)
        return self.answer(request)

    def answer(self, request: Request) -> Response:
        """What came of it so far."""
        found = state(self.caller.workspace)
        if found["run"] and found["run"]["ended_at"] is None:
            return Response(found, 202, headers={"Location": request._request.build_absolute_uri()})
        return Response(found)


class Unknown(UnknownPath):
    """An unknown path, refused as we refuse."""

    dialect = NeutralDialect()
