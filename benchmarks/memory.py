"""How much a process of its own grows while it streams: `python -m benchmarks.memory <token> <path> <small path>`."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import django

STATUS = Path("/proc/self/status")


def peak() -> int:
    """The most memory this process ever had, in KiB."""
    if STATUS.exists():
        # Not `ru_maxrss`: on Linux that begins with the parent's.
        lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
        return int(lines["VmHWM"].split()[0])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def main(token: str, path: str, small: str) -> None:
    """Print the growth in MiB, after a small answer has loaded all that any answer needs."""
    django.setup()
    from benchmarks.asking import ask, environ, stream

    ask(environ(token, small))
    before = peak()
    for _ in stream(environ(token, path)):
        pass
    print((peak() - before) / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
