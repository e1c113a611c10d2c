"""Everything that is measured on one database, at one size after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import perf_counter

from django.core.management import call_command
from django.db import connection

from benchmarks import boards, documents, feed, incidents, lists, streams, writes
from benchmarks.arguments import Arguments
from benchmarks.floors import Floor, new_floor
from benchmarks.openings import Openings
from benchmarks.races import Race, run
from benchmarks.table import line, memory_line
from benchmarks.worlds import World, new_tenant, new_world


def lines(chosen: Arguments) -> Iterator[str]:
    """The lines of the table, each as soon as it is measured."""
    call_command("migrate", verbosity=0)
    world, floor = new_world(), new_floor()
    for size in chosen.sizes:
        if {*chosen.only} - {"incidents", "boards"}:
            grow("actions", world, size)
        yield from lines_of_size(world, floor, chosen, size)
    if "incidents" in chosen.only:
        yield from lines_of_incidents(Openings(new_tenant("openings")), floor, chosen)


def lines_of_incidents(openings: Openings, floor: Floor, chosen: Arguments) -> Iterator[str]:
    """The lines of every size of a list of incidents."""
    for size in chosen.sizes:
        grow("incidents", openings, size)
        for race in incidents.races(openings, floor):
            yield line(connection.vendor, size, run(race, chosen.haste))


def grow(what: str, world: World | Openings, size: int) -> None:
    """Fill a list, and say how long it took."""
    start = perf_counter()
    world.grow(size)
    print(f"# {size} {what} after {perf_counter() - start:.1f} s", file=sys.stderr, flush=True)


def lines_of_size(world: World, floor: Floor, chosen: Arguments, size: int) -> Iterator[str]:
    """The lines of one size."""
    for race in races(world, floor, chosen.only, size):
        yield line(connection.vendor, size, run(race, chosen.haste))
    if "streams" in chosen.only:
        yield memory_line(connection.vendor, size, streams.growth(world))


def races(world: World, floor: Floor, only: list[str], size: int) -> Iterator[Race]:
    """What is measured at one size."""
    if "lists" in only:
        yield from lists.races(world, floor)
    if "writes" in only:
        yield from writes.races(world)
    if "streams" in only:
        yield streams.everything(world, floor)
    if "boards" in only:
        yield from boards.races(size, floor)
    if "feed" in only:
        yield from feed.races(world, floor)
    if "documents" in only:
        yield from documents.races(world, floor)
