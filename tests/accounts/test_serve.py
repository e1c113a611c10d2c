"""`manage.py serve` as an operator meets it: other processes, real sockets, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.houses import House
from tests.servers import Server, free_port

SOON = 30.0


def until(condition: Callable[[], Any], seconds: float = SOON) -> Any:
    """What a condition comes to, asked until it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)
    return found


class Operated(Server):
    """A server as its operator sees it."""

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def is_ready(self) -> bool:
        """Whether everything is up."""
        return self.get("/readyz")[0] == 200

    def text(self) -> str:
        """What it has said so far."""
        return "".join(self.said)

    def pid(self, name: str) -> int:
        """The process started last under a name."""
        return int(re.findall(rf"{name} is process (\d+)", self.text())[-1])

    def stop(self, number: int, seconds: float = 6) -> int:
        """Send a signal; the exit code, once nobody of the whole family is left."""
        self.process.send_signal(number)
        return self.ended(seconds)

    def ended(self, seconds: float = SOON) -> int:
        """The exit code, once the supervisor and whoever inherited its output are gone."""
        code = self.process.wait(seconds)
        self._listener.join(seconds)
        assert not self._listener.is_alive(), "Somebody still holds the output: an orphan."
        return code


@contextmanager
def operated(house: House, *arguments: str, **env: str) -> Iterator[Operated]:
    """A server that is ready, ended with all it started even when a test fails."""
    server = Operated(replace(house, env=house.env | env), *arguments)
    try:
        server.welcome()
        until(server.is_ready)
        yield server
    finally:
        server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_over_nothing_and_leaves_nobody_behind(house: House, number: int):
    with operated(house) as server:
        assert server.get("/healthz") == (200, "ok")
        assert "Nothing is set up yet" in server.text()
        with socket.create_connection(("127.0.0.1", server.port)) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(100).startswith(b"HTTP/1.1 200")
            assert server.stop(number) == 0


def test_a_killed_supervisor_leaves_no_orphan(house: House):
    with operated(house) as server:
        assert server.stop(signal.SIGKILL, SOON) == -signal.SIGKILL


def test_a_dead_worker_is_started_again(house: House):
    with operated(house) as server:
        first = server.pid("The worker")
        os.kill(first, signal.SIGKILL)
        until(lambda: server.pid("The worker") != first)
        assert "The worker ended with code 137" in server.text()
        assert server.get("/healthz") == (200, "ok")
        assert server.stop(signal.SIGTERM) == 0


def test_a_dead_web_server_ends_everything_with_its_code(house: House):
    with operated(house) as server:
        os.kill(server.pid("The web server"), signal.SIGKILL)
        assert server.ended() == 128 + signal.SIGKILL


def test_a_taken_port_is_one_sentence_before_anything_is_made(house: House):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = house.run("serve", check=False, PORT=str(port))
    assert done.returncode == 1
    assert done.stderr == (
        f"CommandError: Port {port} on 127.0.0.1 is taken: another server listens there. "
        f"Stop it, or choose another port: PORT={port % 65535 + 1}.\n"
    )
    assert [path.name for path in house.data.iterdir()] == ["secret_key"]


def test_an_address_of_another_machine_is_one_sentence(house: House):
    done = house.run("serve", "--host", "192.0.2.1", check=False, PORT=str(free_port()))
    assert done.returncode == 1
    assert "192.0.2.1 is no address of this machine" in done.stderr


def test_processes_without_redis_are_refused(house: House):
    done = house.run("serve", "--processes", "4", check=False, REDIS_URL="")
    assert done.returncode == 1
    assert "set REDIS_URL, or leave it at one" in done.stderr


def test_the_demo_is_served_and_a_second_start_changes_nothing(house: House):
    book = house.data / "demo.json"
    with operated(house, "--demo") as server:
        first = json.loads(book.read_text())
        assert first["admin"]["password"] in server.text()
        assert first["base_url"] == f"http://127.0.0.1:{server.port}"
        server.stop(signal.SIGTERM)
    since = time.monotonic()
    with operated(house, "--demo") as server:
        assert time.monotonic() - since < 15
        second = json.loads(book.read_text())
        server.stop(signal.SIGTERM)
    assert second["incidents"]["token"] == first["incidents"]["token"]
    assert second["admin"]["password"] == first["admin"]["password"]
    assert second["incidents"]["url"] == f"http://127.0.0.1:{server.port}/incidents"


def test_a_port_on_the_command_line_is_the_port_everywhere(house: House):
    port = free_port()
    server = Operated(house, "--demo", "--port", str(port))
    try:
        server.welcome()
        server.port = port
        assert server.get("/healthz") == (200, "ok")
        assert json.loads((house.data / "demo.json").read_text())["base_url"] == f"http://127.0.0.1:{port}"
        server.stop(signal.SIGTERM)
    finally:
        server.kill()


def test_a_request_is_a_line_of_the_log_without_its_secrets(house: House):
    with operated(house, ACTA_LOG_LEVEL="DEBUG") as server:
        server.get("/healthz?personal_api_key=phx_secret")
        server.stop(signal.SIGTERM)
    assert re.search(r"127\.0\.0\.1 GET /healthz 200 2 bytes \d+ ms [0-9a-f-]{36}", server.text())
    assert "phx_secret" not in server.text()


def test_tables_of_another_draft_are_refused_with_the_way_out(house: House):
    house.run("demo")
    house.run("shell", "-c", FORGE)
    done = house.run("serve", check=False, PORT=str(free_port()))
    assert done.returncode == 1
    assert "made by an earlier draft of accounts.0001_initial" in done.stderr
    assert re.search(r"start again: (rm .*acta\.sqlite3\*|dropdb \w+ && createdb \w+)\.", done.stderr)


FORGE = """
from django.db.migrations.recorder import MigrationRecorder
notes = MigrationRecorder.Migration.objects.filter(app="fingerprints", name__startswith="accounts.")
notes.update(name="accounts.0001_initial 0123456789abcdef")
"""


def test_sqlite_is_backed_up_before_a_migration_and_only_then(house: House):
    if "sqlite" not in house.env["DATABASE_URL"]:
        pytest.skip("Only for the run on SQLite.")
    backups = house.data / "backups"
    house.run("demo")
    house.run("demo")
    assert not backups.exists()
    house.run("migrate", "analytics", "zero")
    assert "Backed up the database to" in house.run("demo").stderr
    (copy,) = backups.iterdir()
    assert copy.read_bytes().startswith(b"SQLite format 3")


def test_a_database_that_does_not_answer_is_one_sentence(house: House):
    url = f"postgres://acta:hidden@127.0.0.1:{free_port()}/acta"
    done = house.run("demo", check=False, DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The database does not answer: ")
    assert "hidden" not in done.stderr
    assert "Traceback" not in done.stderr


WORK = """
import time
from tests.accounts.test_health import ring
result, deadline = ring.enqueue(2), time.monotonic() + 30
while not result.is_finished and time.monotonic() < deadline:
    time.sleep(0.05)
    result.refresh()
print(result.return_value)
"""


def test_a_task_is_done_by_the_worker(house: House):
    with operated(house):
        assert house.run("shell", "-c", WORK).stdout.endswith("ding ding \n")


@pytest.mark.redis
def test_with_redis_it_is_as_ready_and_works_as_well(house: House, redis_url: str):
    with operated(house, "--processes", "2", REDIS_URL=redis_url) as server:
        assert house.run("shell", "-c", WORK, REDIS_URL=redis_url).stdout.endswith("ding ding \n")
        assert server.stop(signal.SIGTERM) == 0
