"""Web server and worker, started together, stopped together; a worker that dies is started again."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from django.conf import settings

from accounts.serving import web

logger = logging.getLogger("acta.serve")

STOP = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
GRACE = 4.0
FIRST_PAUSE, LONGEST_PAUSE, HEALTHY_AFTER = 1.0, 60.0, 60.0


class Signals:
    """Signals as something to wait for, with a timeout and without a race."""

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        self._before = signal.set_wakeup_fd(self._write)
        self._handlers = {number: signal.signal(number, _noted) for number in {*STOP, signal.SIGCHLD}}
        return self

    def wait(self, seconds: float | None) -> set[int]:
        """The signals that came; none after so many seconds."""
        ready, _, _ = select.select([self._read], [], [], seconds)
        return set(os.read(self._read, 512)) if ready else set()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._before)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._read)
        os.close(self._write)


def _noted(number: int, frame: object) -> None:
    """The number is already in the pipe."""


class Child:
    """One process in a group of its own, so that Ctrl-C reaches the supervisor alone."""

    def __init__(self, name: str, command: list[str], inherited: tuple[int, ...]) -> None:
        self.name, self.command, self.inherited = name, command, inherited
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def start(self) -> None:
        """Start it."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherited,
            process_group=0,
        )
        logger.info("%s is process %s.", self.name, self.process.pid)

    def ended(self) -> int | None:
        """Its exit code, as a shell tells it; None while it runs."""
        code = self.process.poll() if self.process else 0
        return 128 - code if code and code < 0 else code

    def send(self, number: int) -> None:
        """A signal to the process, if it still runs."""
        if self.process and self.ended() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """End whatever is left of its group; its own children may have outlived it."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Runs until somebody stops it or the web server ends."""

    def __init__(self, web: Child, worker: Child) -> None:
        self.web, self.worker = web, worker
        self.pause = FIRST_PAUSE
        self.restart_at: float | None = None

    def run(self) -> int:
        """Start both, watch over them, stop both; the exit code."""
        with Signals() as signals:
            try:
                self.web.start()
                self.worker.start()
                return self.watch(signals)
            finally:
                self.stop(signals)

    def watch(self, signals: Signals) -> int:
        """Wait for the end: 0 when asked to stop, else the web server's own code."""
        while True:
            heard = signals.wait(self.patience())
            if heard & STOP:
                return 0
            code = self.web.ended()
            if code is not None:
                logger.error("The web server ended with code %s; everything stops.", code)
                return code
            self.mend()

    def patience(self) -> float | None:
        """Seconds until the worker is started again; None while it runs."""
        return None if self.restart_at is None else max(0.0, self.restart_at - time.monotonic())

    def mend(self) -> None:
        """Start a dead worker again, each time later, unless it had run well for a while."""
        now = time.monotonic()
        if self.restart_at is None and (code := self.worker.ended()) is not None:
            self.pause = FIRST_PAUSE if now - self.worker.started > HEALTHY_AFTER else self.pause
            logger.error("The worker ended with code %s; it is started again in %.0f s.", code, self.pause)
            self.restart_at, self.pause = now + self.pause, min(self.pause * 2, LONGEST_PAUSE)
        elif self.restart_at is not None and now >= self.restart_at:
            self.restart_at = None
            self.worker.start()

    def stop(self, signals: Signals) -> None:
        """Ask both to end; who does not within the grace, or when asked twice, is killed."""
        children = [self.worker, self.web]
        for child in children:
            child.send(signal.SIGTERM)
        until = time.monotonic() + GRACE
        while any(child.ended() is None for child in children) and time.monotonic() < until:
            if signals.wait(max(0.0, until - time.monotonic())) & STOP:
                break
        for child in children:
            child.kill()


def supervise(listener: socket.socket, *, threads: int, processes: int) -> int:
    """Run web server and worker on a listening socket; the exit code."""
    # Whatever ends this process closes the other end, and the children see it.
    lifeline, held = os.pipe()
    words = web.command(socket=listener.fileno(), lifeline=lifeline, threads=threads, processes=processes)
    server = Child("The web server", words, (listener.fileno(), lifeline))
    worker = Child("The worker", [sys.executable, "manage.py", "worker", "--lifeline", str(lifeline)], (lifeline,))
    try:
        return Supervisor(server, worker).run()
    finally:
        os.close(lifeline)
        os.close(held)
