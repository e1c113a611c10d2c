"""`manage.py serve` as an operator meets it: other processes, real sockets, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.houses import House

SOON = 30.0


def until(condition: Callable[[], Any], seconds: float = SOON) -> Any:
    """What a condition comes to, asked until it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Server:
    """A running `serve`, and what it has said so far."""

    process: subprocess.Popen[str]
    port: int
    said: Path

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", path)
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        finally:
            link.close()

    def answers(self, path: str, status: int = 200) -> bool:
        """Whether a page has a status by now."""
        with suppress(OSError):
            return self.get(path)[0] == status
        return False

    def pid(self, name: str) -> int | None:
        """The process started last under a name."""
        found = re.findall(rf"{name} is process (\d+)", self.said.read_text())
        return int(found[-1]) if found else None

    def stop(self, number: int, seconds: float = 6) -> int:
        """Send a signal; the exit code, once nobody of the whole family is left."""
        self.process.send_signal(number)
        return self.ended(seconds)

    def ended(self, seconds: float = SOON) -> int:
        """The exit code, once the supervisor and whoever inherited its output are gone."""
        code = self.process.wait(seconds)
        until(lambda: not self.family(), seconds)
        return code

    def family(self) -> list[int]:
        """The processes that still write where this server was told to."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self.holds(pid)]

    def holds(self, pid: int) -> bool:
        """Whether a process has our output open."""
        with suppress(OSError):
            return os.readlink(f"/proc/{pid}/fd/2") == str(self.said)
        return False


@contextmanager
def serving(house: House, *arguments: str, **env: str) -> Iterator[Server]:
    """A server of a house, ended with all it started even when a test fails."""
    port = free_port()
    said = house.data.parent / f"said-{port}"
    with open(said, "w") as output:
        process = subprocess.Popen(
            house.command("serve", *arguments),
            env=house.env | {"PORT": str(port)} | env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            text=True,
        )
    server = Server(process, port, said)
    try:
        yield server
    finally:
        process.kill()
        process.wait()
        for pid in server.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Looks for orphans in /proc.")


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_over_nothing_and_leaves_nobody_behind(house: House, number: int):
    with serving(house) as server:
        until(lambda: server.answers("/readyz"))
        assert server.get("/healthz") == (200, "ok")
        assert "Nothing is set up yet" in server.said.read_text()
        idle = socket.create_connection(("127.0.0.1", server.port))
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(100).startswith(b"HTTP/1.1 200")
        assert server.stop(number) == 0
        idle.close()


@needs_proc
def test_a_killed_supervisor_leaves_no_orphan(house: House):
    with serving(house) as server:
        until(lambda: server.answers("/readyz"))
        assert server.stop(signal.SIGKILL, SOON) == -signal.SIGKILL


@needs_proc
def test_a_dead_worker_is_started_again(house: House):
    with serving(house) as server:
        until(lambda: server.answers("/readyz"))
        first = server.pid("The worker")
        os.kill(first, signal.SIGKILL)
        until(lambda: server.pid("The worker") != first)
        assert "The worker ended with code 137" in server.said.read_text()
        assert server.get("/healthz") == (200, "ok")
        assert server.stop(signal.SIGTERM) == 0


@needs_proc
def test_a_dead_web_server_ends_everything_with_its_code(house: House):
    with serving(house) as server:
        until(lambda: server.answers("/healthz"))
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
    done = house.run("serve", check=False, ACTA_WEB_PROCESSES="4", REDIS_URL="")
    assert done.returncode == 1
    assert "set REDIS_URL, or leave it at 1" in done.stderr


def test_the_demo_is_served_and_a_second_start_changes_nothing(house: House):
    book = house.data / "demo.json"
    with serving(house, "--demo") as server:
        until(lambda: server.answers("/readyz"))
        first = json.loads(book.read_text())
        assert first["admin"]["password"] in server.said.read_text()
        assert first["base_url"] == f"http://localhost:{server.port}"
        server.stop(signal.SIGTERM)
    since = time.monotonic()
    with serving(house, "--demo") as server:
        until(lambda: server.answers("/healthz"))
        assert time.monotonic() - since < 15
        second = json.loads(book.read_text())
        server.stop(signal.SIGTERM)
    assert second["incidents"]["token"] == first["incidents"]["token"]
    assert second["admin"]["password"] == first["admin"]["password"]
    assert second["incidents"]["url"] == f"http://localhost:{server.port}/incidents"


def test_a_port_on_the_command_line_is_the_port_everywhere(house: House):
    port = free_port()
    with serving(house, "--demo", "--port", str(port)) as server:
        server.port = port
        until(lambda: server.answers("/healthz"))
        assert json.loads((house.data / "demo.json").read_text())["base_url"] == f"http://localhost:{port}"
        server.stop(signal.SIGTERM)


def test_a_request_is_a_line_of_the_log_without_its_secrets(house: House):
    with serving(house, ACTA_LOG_LEVEL="DEBUG") as server:
        until(lambda: server.answers("/healthz?personal_api_key=phx_secret"))
        server.stop(signal.SIGTERM)
    said = server.said.read_text()
    assert re.search(r"127\.0\.0\.1 GET /healthz 200 2 bytes \d+ ms [0-9a-f-]{36}", said)
    assert "phx_secret" not in said


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


@pytest.mark.redis
def test_with_redis_it_is_as_ready(house: House, redis_url: str):
    with serving(house, REDIS_URL=redis_url, ACTA_WEB_PROCESSES="2") as server:
        until(lambda: server.answers("/readyz"))
        assert server.stop(signal.SIGTERM) == 0
