"""`python -m benchmarks`: a scratch database of each kind, a process on each, one table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.arguments import arguments
from benchmarks.table import HEAD
from tests.houses import new_house
from tests.services import why_not

# Nothing of this installation's own: no Redis, no debugging, no other host name.
PLAIN = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "REDIS_URL": "",
    "ACTA_DEBUG": "",
    "ACTA_BASE_DOMAIN": "",
    "ACTA_BASE_URL": "",
    "ACTA_TRUSTED_PROXIES": "",
    "ACTA_LOG_LEVEL": "ERROR",
}


def measure(database: str, words: list[str]) -> int:
    """All benchmarks on a database that is made for them and dropped."""
    with TemporaryDirectory(prefix="acta-bench-") as folder, new_house(Path(folder), database) as house:
        command = [sys.executable, "-m", "benchmarks.database", *words]
        return subprocess.run(command, env=house.env | PLAIN, check=False).returncode


def main(words: list[str]) -> int:
    """Print the table; nonzero when an answer differed from its floor."""
    codes = []
    print(HEAD, flush=True)
    for database in arguments(words).database:
        if database == "postgresql" and (why := why_not("postgres")):
            print(f"{database:<11} left out. {why}.", flush=True)
        else:
            codes.append(measure(database, words))
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
