"""All tests on SQLite and, where it answers, on PostgreSQL: `python -m tests.run [pytest's arguments]`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.services import WHY_NOT, postgres_url, required, why_not


def run(database: str, url: str, arguments: list[str]) -> int:
    """One pass of pytest over everything."""
    print(f"\n== Tests on {database} ==", flush=True)
    environment = os.environ | {"ACTA_TEST_DATABASE": url}
    return subprocess.run([sys.executable, "-m", "pytest", "-n", "auto", *arguments], env=environment).returncode


def missing() -> bool:
    """Say what was left out and why; whether something required was."""
    gone = {name: why_not(name) for name in WHY_NOT if why_not(name)}
    for name, why in gone.items():
        print(f"{'Missing, and required' if name in required() else 'Left out'}: tests of {name}. {why}.")
    for name in required() - WHY_NOT.keys():
        print(f"ACTA_REQUIRE names {name}; known are {', '.join(WHY_NOT)}.")
    return bool(required() & gone.keys() or required() - WHY_NOT.keys())


def main(arguments: list[str]) -> int:
    """Every pass, even after one that failed; nonzero if any did or something required is missing."""
    codes = [run("SQLite", "", arguments)]
    if not why_not("postgres"):
        codes.append(run("PostgreSQL", postgres_url(), arguments))
    return int(missing()) or max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
