"""The benchmarks, on a thousand rows: every answer is its floor's, every line of the table comes out. No times."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connection

from benchmarks.arguments import arguments
from benchmarks.races import Different, Race, Result, run
from benchmarks.rows import BLOCK, incident_of, incidents_of
from benchmarks.table import line
from tests.houses import CHECKOUT

BENCHMARKS = [
    "v3: incident, mode and created_at",
    "v3: first page",
    "v3: after four fifths",
    "v3: updated_at, few changed",
    "v3: updated_at, all changed",
    "v3: first page, no private",
    "v3: first page of a newcomer",
    "v2: one incident",
    "create an action",
    "complete an action",
    "record, paid by two rules",
    "v2: everything, streamed",
    "board: first hundred",
    "board: hundred after half",
    "board: own line, off the page",
    "board: a span of its own",
    "feed: page 1",
    "feed: half way down, by key",
    "documents: type, performers, newest",
    "documents: after four fifths",
    "v2: memory of the stream, MiB",
    "incidents: three filters",
    "incidents: first page",
    "incidents: deepest page",
]


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the benchmarks to their end."""
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_each_benchmark_agrees_with_its_floor_and_has_its_line():
    done = bench("--sizes", "1000", "--haste", "0", "--database", connection.vendor)
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.split()[:3] == ["database", "rows", "benchmark"]
    assert [" ".join(text.split()[:2]) for text in lines] == [f"{connection.vendor} 1000"] * len(BENCHMARKS)
    for text, name in zip(lines, BENCHMARKS, strict=True):
        assert f"  {name} " in text


def test_a_word_that_is_no_benchmark_is_refused():
    assert bench("--only", "lists,guesses").returncode == 2
    with pytest.raises(SystemExit):
        arguments(["--sizes", "10"])


def test_different_answers_are_not_timed():
    with pytest.raises(Different):
        run(Race("odd", lambda: b"one", lambda: b"two"), haste=0)


def test_only_what_the_two_must_agree_on_is_compared():
    result = run(Race("ids", lambda: 1, lambda: 2, seen=type), haste=0)
    assert result.ratio > 0


def test_a_race_ends_when_there_is_nothing_left_to_do():
    left = iter(range(4))
    run(Race("four", lambda: next(left), lambda: next(left), seen=type, most=1), haste=0)
    assert list(left) == []


def test_a_line_says_whether_the_budget_is_kept():
    race = Race("list", lambda: 0, lambda: 0)
    assert line("sqlite", 1000, Result(race, 0.0034, 0.001)).endswith("3.40  3.5 ok")
    assert line("postgresql", 1000, Result(race, 0.0034, 0.001)).endswith("3.40  3 over")


def test_every_row_has_its_incident():
    assert {incident_of(n) for n in range(3 * BLOCK)} == incidents_of(0, 3 * BLOCK)
    assert incident_of(BLOCK + 1) in incidents_of(BLOCK + 1, BLOCK + 2)
