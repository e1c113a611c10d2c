"""How the installation is, as the index of the admin says it: bounded looks, each into an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.clock import real_now
from accounts.due import PATIENCE
from accounts.health import ALIVE_FOR
from accounts.models import Due, Heartbeat, Key, Message, WebhookEndpoint, Workspace

MOST = 100
KEYS = 5


@dataclass(frozen=True)
class Line:
    """One thing that is well, or not, and where it is looked into."""

    what: str
    how: str
    page: str = ""
    well: bool = True


def counted(rows: QuerySet[Any]) -> tuple[int, str]:
    """How many, as far as anybody wants to know."""
    count = len(rows.order_by().values_list("pk")[: MOST + 1])
    return count, f"more than {MOST}" if count > MOST else str(count)


def listed(noun: str, **facts: str) -> str:
    """A list of the admin, narrowed."""
    query = "&".join(f"{name}={value}" for name, value in facts.items())
    return f"{reverse(f'admin:accounts_{noun}_changelist')}?{query}"


def worker() -> Line:
    """The process that does what falls due and sends what waits."""
    last = Heartbeat.objects.filter(name__startswith="worker:").order_by("-beat_at").first()
    if last is None:
        return Line("Worker", "none has been seen: `manage.py serve` starts one", well=False)
    ago = max(real_now() - last.beat_at, timedelta())
    return Line("Worker", f"seen {said(ago)} ago", well=ago < ALIVE_FOR)


def said(span: timedelta) -> str:
    """A span as people say it."""
    for seconds, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if span.total_seconds() >= 2 * seconds:
            return f"{int(span.total_seconds() // seconds)} {unit}"
    return f"{int(span.total_seconds())} s"


def scheduled(workspace: Workspace) -> list[Line]:
    """What is late, and what was given up."""
    mine = Due.objects.of(workspace)
    late, late_text = counted(mine.waiting().filter(due_at__lt=workspace.now() - PATIENCE))
    failed, failed_text = counted(mine.filter(state=Due.State.FAILED))
    return [
        Line("Scheduled work, late", late_text, listed("due", state__exact="waiting"), not late),
        Line("Scheduled work, failed", failed_text, listed("due", state__exact="failed"), not failed),
    ]


def outgoing(workspace: Workspace) -> list[Line]:
    """What waits to be sent, what could not be, and who is not told any more."""
    mine = Message.objects.of(workspace)
    _, pending_text = counted(mine.filter(state=Message.State.PENDING))
    failed, failed_text = counted(mine.filter(state=Message.State.FAILED))
    off, off_text = counted(WebhookEndpoint.objects.of(workspace).filter(enabled=False))
    return [
        Line("Messages waiting", pending_text, listed("message", state__exact="pending")),
        Line("Messages failed", failed_text, listed("message", state__exact="failed"), not failed),
        Line("Webhooks switched off", off_text, listed("webhookendpoint", enabled__exact="0"), not off),
    ]


def keys_used_last(workspace: Workspace) -> list[Key]:
    """The last few, to see who is at work."""
    used = Key.objects.of(workspace).filter(last_used_at__isnull=False)
    return list(used.order_by("-last_used_at")[:KEYS])


def state_of(workspace: Workspace) -> dict[str, Any]:
    """All that the index says."""
    lines = [worker(), *scheduled(workspace), *outgoing(workspace)]
    return {"state": lines, "keys": keys_used_last(workspace)}
