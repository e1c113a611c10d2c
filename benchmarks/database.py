"""The benchmarks on the database that the environment names; a process of its own, as Django knows only one."""

from __future__ import annotations

import sys

import django

from benchmarks.arguments import Arguments, arguments


def main(chosen: Arguments) -> None:
    """Print a line for each benchmark at each size."""
    django.setup()
    from benchmarks.measuring import lines

    for line in lines(chosen):
        print(line, flush=True)


if __name__ == "__main__":
    main(arguments(sys.argv[1:]))
