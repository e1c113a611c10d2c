"""Live servers: `manage.py serve` in a house, for clients that speak over sockets."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.houses import House

WELCOMED = "Ctrl-C stops it."


def inside(house: House, function: str) -> Any:
    """What a function of the tests, named `module:function`, answers inside a house."""
    module, _, name = function.partition(":")
    code = f"import json, {module}; print(json.dumps({module}.{name}()))"
    done = house.run("shell", "--no-imports", "--verbosity", "0", "--command", code)
    return json.loads(done.stdout.splitlines()[-1])


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Server:
    """A running `serve`; its port takes callers, who wait until it answers."""

    def __init__(self, house: House, *arguments: str) -> None:
        self.port = free_port()
        self.said: list[str] = []
        self._welcomed = threading.Event()
        self.process = house.start("serve", *arguments, PORT=str(self.port))
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def welcome(self) -> None:
        """Wait until it says that it is there; from then on nobody is turned away."""
        self._welcomed.wait(60)
        assert any(WELCOMED in line for line in self.said), "".join(self.said)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End every process of it at once, as a power cut does."""
        for pid in [*self._pids(), self.process.pid]:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self.process.wait()
        self._listener.join()

    def _pids(self) -> list[int]:
        return [int(found) for line in self.said for found in re.findall(r" is process (\d+)\.", line)]

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if WELCOMED in line:
                self._welcomed.set()
        self._welcomed.set()
        self.process.stdout.close()


@contextmanager
def serving(house: House, *arguments: str) -> Iterator[Server]:
    """A server of a house, ended with all it started whatever happens."""
    server = Server(house, *arguments)
    try:
        server.welcome()
        yield server
    finally:
        server.kill()


class Driver:
    """A client written by others, in an environment of its own: one call a line, one answer a line."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, **call: Any) -> dict[str, Any]:
        """Send a call and wait for what came of it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(call) + "\n")
        line = self.process.stdout.readline()
        assert line, "The client ended."
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Let it end."""
        self.process.communicate()
