"""What `make bench ARGS="…"` understands."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass

SIZES = (10_000, 100_000, 1_000_000)
GROUPS = ("lists", "streams", "writes", "boards", "feed", "documents", "incidents")
DATABASES = ("sqlite", "postgresql")
# A page of a hundred rows of one incident needs that many.
SMALLEST = 1000


@dataclass(frozen=True)
class Arguments:
    """Which benchmarks, on what, for how long."""

    sizes: list[int]
    only: list[str]
    database: list[str]
    haste: float


def _words(known: tuple[str, ...], text: str) -> list[str]:
    chosen = text.split(",")
    if unknown := set(chosen) - set(known):
        raise ValueError(f"{', '.join(sorted(unknown))} is none of {', '.join(known)}")
    return chosen


def _sizes(text: str) -> list[int]:
    sizes = sorted({int(word.replace("_", "")) for word in text.split(",")})
    if sizes[0] < SMALLEST:
        raise ValueError(f"The smallest size is {SMALLEST}")
    return sizes


def arguments(words: list[str]) -> Arguments:
    """Read the command line."""
    parser = ArgumentParser(prog="python -m benchmarks", description="Every benchmark beside its floor.")
    parser.add_argument("--sizes", type=_sizes, default=list(SIZES), help="actions or incidents, e.g. 10000,100000")
    parser.add_argument("--only", type=lambda text: _words(GROUPS, text), default=list(GROUPS), help=",".join(GROUPS))
    parser.add_argument(
        "--database", type=lambda text: _words(DATABASES, text), default=list(DATABASES), help=",".join(DATABASES)
    )
    parser.add_argument("--haste", type=float, default=1, help="times the usual seconds; 0 is two rounds of each")
    return Arguments(**vars(parser.parse_args(words)))
