"""The web server process: gunicorn with threads, on a socket that the supervisor opened."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from accounts.serving.lifeline import watch

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
LINE = "%(h)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms %({x-request-id}o)s"


class Log(Logger):  # type: ignore[misc]
    """gunicorn's logs through Django's handlers; one line a request at DEBUG, and never a query string."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> Any:
        # The path as it was sent: a decoded one could hold a line break and forge a line of the log.
        path = environ["RAW_URI"].partition("?")[0]
        return super().atoms(resp, req, environ, request_time) | {"U": path}


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here and nothing by files, arguments or the environment."""

    def __init__(self, *, socket: int, lifeline: int, threads: int, processes: int) -> None:
        self.lifeline = lifeline
        self.options = {"bind": f"fd://{socket}", "threads": threads, "workers": processes}
        super().__init__()

    def load_config(self) -> None:
        for name, value in {**self.house_rules(), **self.options}.items():
            self.cfg.set(name, value)

    def house_rules(self) -> dict[str, Any]:
        """What is always so."""
        debug = settings.ACTA_LOG_LEVEL == "DEBUG"
        return {
            "worker_class": "gthread",
            "preload_app": True,
            "keepalive": 15,
            "graceful_timeout": 3,
            "limit_request_line": 8190,
            "post_worker_init": self.hold_on,
            "logger_class": Log,
            "loglevel": "info" if debug else "warning",
            "accesslog": "-" if debug else None,
            "access_log_format": LINE,
            # Proxies are believed by ACTA_TRUSTED_PROXIES alone, and by config.hosts.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "control_socket_disable": True,
            # A slow disk must not look like a process that hangs.
            "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
        }

    def hold_on(self, worker: Any) -> None:
        """Stop all of gunicorn once the supervisor is gone."""

        def stop() -> None:
            if os.getppid() == worker.ppid:
                os.kill(worker.ppid, signal.SIGTERM)

        watch(self.lifeline, stop)

    def load(self) -> WSGIHandler:
        """The application with its URL table, imported once for all processes and before the first request."""
        application = get_wsgi_application()
        get_resolver().url_patterns  # noqa: B018
        return application


def command(*, socket: int, lifeline: int, threads: int, processes: int) -> list[str]:
    """The words that start this process."""
    return [sys.executable, "-m", __name__, *map(str, (socket, lifeline, threads, processes))]


def main(words: list[str]) -> None:
    """Serve until told to stop."""
    socket, lifeline, threads, processes = map(int, words)
    Web(socket=socket, lifeline=lifeline, threads=threads, processes=processes).run()


if __name__ == "__main__":
    main(sys.argv[1:])
