"""Virtual environments of clients written by others, each made from its own lock the first time a test asks."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

CLIENTS = Path(__file__).resolve().parent / "clients"
# Beside the tests' own packages: made anew with them, and gone with them.
MADE = Path(sys.prefix) / "clients"


def python_of(client: str) -> Path:
    """The interpreter of a client's environment; of many who ask at once, one makes it."""
    lock = CLIENTS / client / "requirements.txt"
    folder = MADE / f"{client}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    MADE.mkdir(exist_ok=True)
    with open(MADE / f"{folder.name}.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            make(folder, lock)
            (folder / "whole").touch()
    return folder / "bin" / "python"


def make(folder: Path, lock: Path) -> None:
    """An environment with exactly what is locked; uv is used when it is there."""
    uv = shutil.which("uv")
    python, requirements = str(folder / "bin" / "python"), ["--require-hashes", "--requirement", str(lock)]
    if uv:
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        run(uv, "pip", "install", "--quiet", "--python", python, *requirements)
    else:
        run(sys.executable, "-m", "venv", "--clear", str(folder))
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)


def run(*words: str) -> None:
    """Run to the end, or say why it did not get there."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
