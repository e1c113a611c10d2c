"""Everything that is measured on one database, at one size after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import perf_counter

from django.core.management import call_command
from django.db import connection

from benchmarks import boards, feed, lists, streams, writes
from benchmarks.arguments import Arguments
from benchmarks.floors import Floor, new_floor
from benchmarks.races import Race, run
from benchmarks.table import line, memory_line
from benchmarks.worlds import World, new_world


def lines(chosen: Arguments) -> Iterator[str]:
    """The lines of the table, each as soon as it is measured."""
    call_command("migrate", verbosity=0)
    world, floor = new_world(), new_floor()
    for size in chosen.sizes:
        start = perf_counter()
        world.grow(size)
        print(f"# {size} actions after {perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
        yield from lines_of_size(world, floor, chosen)


def lines_of_size(world: World, floor: Floor, chosen: Arguments) -> Iterator[str]:
    """The lines of one size."""
    for race in races(world, floor, chosen.only):
        yield line(connection.vendor, world.size, run(race, chosen.haste))
    if "streams" in chosen.only:
        yield memory_line(connection.vendor, world.size, streams.growth(world))


def races(world: World, floor: Floor, only: list[str]) -> Iterator[Race]:
    """What is measured at one size."""
    if "lists" in only:
        yield from lists.races(world, floor)
    if "writes" in only:
        yield from writes.races(world)
    if "streams" in only:
        yield streams.everything(world, floor)
    if "boards" in only:
        yield from boards.races(world, floor)
    if "feed" in only:
        yield from feed.races(world, floor)
