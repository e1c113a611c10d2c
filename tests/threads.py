"""Threads that all begin at once, each with a database connection of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TypeVar

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

    with often_switched(), ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@contextmanager
def often_switched() -> Iterator[None]:
    """Python changes threads as often as it can, so that whoever forgot a lock is found out."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
