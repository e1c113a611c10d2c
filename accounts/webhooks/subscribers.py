"""Who is told: asked once per event, and where nobody listens only once in a few seconds."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import WebhookEndpoint

REMEMBERED_FOR = 3.0
MOST = 10_000


class Subscribers:
    """The endpoints of a workspace; that there is none is remembered, another process' first waits that long."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._quiet: dict[tuple[int, str], float] = {}
        self._changes = 0

    def of(self, workspace: int, app: str, type: str) -> list[int]:
        """The enabled endpoints that want a type of event; at most one query."""
        place, now, seen = (workspace, app), time.monotonic(), self._changes
        if self._quiet.get(place, 0.0) > now:
            return []
        rows = list(WebhookEndpoint.objects.of(workspace).listening(app).only("pk", "events"))
        if not rows:
            self._remember(place, now + REMEMBERED_FOR, seen)
        return [row.pk for row in rows if row.wants(type)]

    def _remember(self, place: tuple[int, str], until: float, seen: int) -> None:
        """Unless an endpoint was made while we looked."""
        with self._lock:
            if len(self._quiet) >= MOST:
                self._quiet.clear()
            if self._changes == seen:
                self._quiet[place] = until

    def forget(self) -> None:
        """Look again everywhere."""
        with self._lock:
            self._changes += 1
            self._quiet.clear()


subscribers = Subscribers()


@receiver([post_save, post_delete], sender=WebhookEndpoint)
def forget_quiet(**kwargs: Any) -> None:
    """A new endpoint is told what happens next; until it is committed, others see none."""
    subscribers.forget()
    transaction.on_commit(subscribers.forget)
