"""The whole list in one answer: V2 streams it, in constant memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from zlib import crc32

import orjson

from benchmarks.asking import environ, stream
from benchmarks.floors import Floor
from benchmarks.races import Race
from benchmarks.statements import REAL, select_actions
from benchmarks.worlds import World
from incidents.api.rows import work as wire

CHUNK = 1000
PATH = "/v2/actions"


def digest(pieces: Iterable[bytes]) -> tuple[int, int]:
    """How long a stream was and a check sum of it, as nobody keeps a million rows to compare them."""
    length = check = 0
    for piece in pieces:
        length, check = length + len(piece), crc32(piece, check)
    return length, check


def everything(world: World, floor: Floor) -> Race:
    """`GET /v2/actions`, read to its end, against one statement on a cursor that fetches a thousand rows at a time."""
    sql = select_actions(floor, REAL)
    values = [world.tenant.workspace, floor.value(True)]
    asked = environ(world.tenant.tokens["reader"], PATH)
    [(items,)] = floor.select(f"SELECT count(*) FROM incidents_action a WHERE a.workspace_id = ? AND {REAL}", values)
    return Race(
        "v2: everything, streamed",
        lambda: digest(stream(asked)),
        lambda: digest(written(floor.chunks(sql, values, CHUNK))),
        items=items,
        seconds=6,
    )


def written(chunks: Iterable[list[tuple[object, ...]]]) -> Iterator[bytes]:
    """The answer's bytes, a chunk at a time."""
    yield b'{"actions":['
    comma = b""
    for chunk in chunks:
        yield comma + orjson.dumps([wire.action(row) for row in chunk])[1:-1]
        comma = b","
    yield b"]}"


def growth(world: World) -> float:
    """
    MiB by which a process grows in `GET /v2/actions`: its peak at the end of the list less its peak before it.

    The process is new and has answered one small list, so that nothing measured before leaves room to hide in.
    """
    command = [sys.executable, "-m", "benchmarks.memory", world.tenant.tokens["reader"], PATH, "/v3/actions"]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
