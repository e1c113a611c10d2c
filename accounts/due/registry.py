"""The jobs and chores there are; each app's `schedule` room adds its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

Work = Callable[..., object]
F = TypeVar("F", bound=Work)


@dataclass(frozen=True)
class Job:
    """What to do when a thing falls due, and whether that comes back by itself."""

    name: str
    work: Work
    every: timedelta | None = None

    def next_after(self, due_at: datetime, at: datetime) -> datetime | None:
        """When it comes back, if it does: in its rhythm, and what was missed is not made up for."""
        return due_at + self.every * ((at - due_at) // self.every + 1) if self.every else None


@dataclass(frozen=True)
class Chore:
    """Housekeeping of the machine, in no workspace: any worker may do it at any time, twice as well as once."""

    name: str
    work: Callable[[datetime], int]
    every: timedelta


jobs: dict[str, Job] = {}
chores: dict[str, Chore] = {}


def job(name: str, *, every: timedelta | None = None) -> Callable[[F], F]:
    """Register a function under a name that begins with its app; with `every`, it is planned once and comes back."""

    def register(work: F) -> F:
        if name in jobs:
            raise ValueError(f"There are two jobs called {name}.")
        jobs[name] = Job(name, work, every)
        return work

    return register


def job_called(name: str) -> Job:
    """The job of a name."""
    try:
        return jobs[name]
    except KeyError:
        raise LookupError(f"No schedule room has a job called {name}.") from None


def chore(name: str, *, every: timedelta) -> Callable[[F], F]:
    """Register a function that takes the real time and says how much it did."""

    def register(work: F) -> F:
        if name in chores:
            raise ValueError(f"There are two chores called {name}.")
        chores[name] = Chore(name, work, every)  # type: ignore[arg-type]
        return work

    return register
