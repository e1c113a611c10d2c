"""Threads that all begin at once, each with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """What each of `count` threads got; the first error of any is raised."""
    barrier = Barrier(count)

    def run(number: int) -> T:
        barrier.wait(timeout=20)
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def unhurried(function: Callable[..., T]) -> Callable[..., T]:
    """A function during which every other thread gets its turn: whoever forgot a lock is found out."""

    def wait(*args: Any, **kwargs: Any) -> T:
        result = function(*args, **kwargs)
        Event().wait(0.005)
        return result

    return wait
