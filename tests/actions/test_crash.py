"""A process that dies among a thousand posts: what it acknowledged is there, and nothing was paid twice."""

from __future__ import annotations

import os
import signal
from typing import Any

from tests.actions import deaths
from tests.houses import House
from tests.servers import inside

ENOUGH = 250


def post_until_it_dies(house: House) -> set[str]:
    """Post a thousand, kill the process on the way, and tell what it had acknowledged."""
    code = "import tests.actions.deaths; tests.actions.deaths.post_all()"
    process = house.start("shell", "--no-imports", "--verbosity", "0", "--command", code)
    assert process.stdout
    acknowledged: set[str] = set()
    try:
        for line in process.stdout:
            assert line.startswith("acknowledged "), line
            acknowledged.add(f"post {line.split()[1]}")
            if len(acknowledged) == ENOUGH:
                os.killpg(process.pid, signal.SIGKILL)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return acknowledged


def expected(posts: list[str]) -> list[list[Any]]:
    """An award for each, and a share of those of the second, whom the first enrolled."""
    awards = [[post, "award", 1] for post in posts]
    return sorted(awards + [[post, "share", 1] for post in posts if int(post.split()[1]) % 2])


def test_what_was_acknowledged_is_there_and_nothing_is_paid_twice(house: House) -> None:
    inside(house, "tests.actions.deaths:make")
    acknowledged = post_until_it_dies(house)
    found = inside(house, "tests.actions.deaths:known")
    assert ENOUGH <= len(acknowledged) < deaths.POSTS
    assert acknowledged <= set(found["posts"])
    assert found["paid"] == expected(found["posts"])
    house.run("checkledger")
    # Whoever got no answer posts again, and some of it had been done.
    inside(house, "tests.actions.deaths:post_all")
    found = inside(house, "tests.actions.deaths:known")
    assert found["posts"] == sorted(f"post {number}" for number in range(deaths.POSTS))
    assert found["paid"] == expected(found["posts"])
    half = deaths.POSTS // 2
    assert found["balances"] == [half * (deaths.POINTS + deaths.SHARE), half * deaths.POINTS]
    house.run("checkledger")
