"""Jobs for tests: they write down when they were called and what the clock showed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts import due
from accounts.due import registry
from accounts.models import Counter, Workspace

NOTE = "tests.note"


@dataclass
class Diary:
    """What the jobs of a test were called with, in order."""

    entries: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)

    def note(self, workspace: Workspace, key: str, *, at: datetime, **payload: Any) -> None:
        """Write it down; `fails` is the number of calls to fail first, `again` how often to come back an hour later."""
        self.entries.append((key, at, workspace.now()))
        self.payloads.append(payload)
        Counter.draw(workspace, f"tried {key}"[:40])
        if self.keys.count(key) <= payload.get("fails", 0):
            raise ArithmeticError("It does not add up.")
        if payload.get("again"):
            again = payload | {"again": payload["again"] - 1}
            due.plan(NOTE, workspace, key, at + timedelta(hours=1), **again)

    @property
    def keys(self) -> list[str]:
        """What was done, in order."""
        return [key for key, _, _ in self.entries]

    @property
    def times(self) -> list[datetime]:
        """When, in order."""
        return [at for _, at, _ in self.entries]


@contextmanager
def registered() -> Iterator[Diary]:
    """A diary whose job is there for a while."""
    before, diary = dict(registry.jobs), Diary()
    due.job(NOTE)(diary.note)
    try:
        yield diary
    finally:
        registry.jobs.clear()
        registry.jobs.update(before)
