"""A worker killed in the middle of a thing: what it had done is kept, what it was doing is done by another, once."""

from __future__ import annotations

import os
import signal

import pytest

from tests.accounts import deaths
from tests.houses import House
from tests.servers import inside


def work_and_die(house: House) -> None:
    """A worker that is killed in the middle, as by a power cut."""
    code = "import tests.accounts.deaths; tests.accounts.deaths.work_until_killed()"
    worker = house.start("shell", "--no-imports", "--verbosity", "0", "--command", code)
    assert worker.stdout
    try:
        said = next((line for line in worker.stdout if deaths.MIDDLE in line), "")
        assert said
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()


@pytest.mark.parametrize(("story", "runs"), [("make_due", []), ("make_run", [["done", 3]])])
def test_another_worker_takes_over(house: House, story: str, runs: list[object]):
    inside(house, f"tests.accounts.deaths:{story}")
    work_and_die(house)
    found = inside(house, "tests.accounts.deaths:follow")
    assert found == {
        "before": {"one": 1},
        "too early": [],
        # The sequence has no hole: what the dead worker drew is undone.
        "after": {"one": 1, "two": found["after"]["two"], "three": found["after"]["three"]},
        "runs": runs,
    }
    assert sorted(found["after"].values()) == [1, 2, 3]
    if runs:
        assert found["after"] == {"one": 1, "two": 2, "three": 3}
