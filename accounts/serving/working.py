"""The worker process: runs tasks as they come, sends and does what is due, and shows that it is alive."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from accounts import due
from accounts.clock import real_now
from accounts.models import Heartbeat
from accounts.outgoing.delivery import Post
from accounts.serving.lifeline import watch

logger = logging.getLogger("acta.worker")

BEATS_EVERY = 5.0
LOOKS_EVERY = 1.0
ENDS_WITHIN = 3.0
FORGOTTEN_AFTER = timedelta(days=1)
NAME = "worker:"


class Pulse:
    """The heartbeat of this process, beaten by a thread: a long task is no death."""

    def __init__(self) -> None:
        self.name = f"{NAME}{socket.gethostname()[:60]}:{os.getpid()}"
        self._ended = threading.Event()

    def __enter__(self) -> None:
        Heartbeat.objects.filter(beat_at__lt=real_now() - FORGOTTEN_AFTER).delete()
        self.beat()
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        Heartbeat.objects.filter(name=self.name).delete()

    def beat(self) -> None:
        """One statement, so that a beat never waits for another."""
        beat = Heartbeat(name=self.name, beat_at=real_now())
        Heartbeat.objects.bulk_create([beat], update_conflicts=True, unique_fields=["name"], update_fields=["beat_at"])

    def _run(self) -> None:
        while not self._ended.wait(BEATS_EVERY):
            close_old_connections()
            try:
                self.beat()
            except DatabaseError as error:
                logger.warning("The heartbeat could not be written: %s", error)


class Postman:
    """Sends what is due, in a thread of its own: a long task holds nothing up, and a slow receiver no task."""

    # Enough for an attempt that is about to end; what it leaves is sent again when its lease is over.
    GRACE = 3.0

    def __init__(self) -> None:
        self._post = Post()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(self.GRACE)

    def _run(self) -> None:
        while not self._ended.is_set():
            close_old_connections()
            try:
                self.round()
            except DatabaseError as error:
                logger.warning("The outbox could not be worked on: %s", error)
                self._ended.wait(LOOKS_EVERY)
            except Exception:
                logger.exception("A fault in the outbox; it is tried again.")
                self._ended.wait(LOOKS_EVERY)
        self.finish()
        connection.close()

    def round(self) -> None:
        """Look what is due; then wait for an attempt to end, or for a while."""
        self._post.sweep(now=real_now())
        if self._post.under_way:
            self._post.collect(clock=real_now, seconds=LOOKS_EVERY)
        else:
            self._ended.wait(LOOKS_EVERY)

    def finish(self) -> None:
        """Note what ends before this process does."""
        until = time.monotonic() + self.GRACE
        try:
            while self._post.under_way and (left := until - time.monotonic()) > 0:
                self._post.collect(clock=real_now, seconds=left)
        except DatabaseError as error:
            logger.warning("An attempt could not be noted: %s", error)


class Sweeper:
    """Scheduled work, in a thread of its own: neither waits for the other; a look that finds nothing writes nothing."""

    def __init__(self) -> None:
        self.idle = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._chores: dict[str, datetime] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        # What is in hand is finished; were it not, another worker would take it over.
        self._ended.set()
        self._thread.join(ENDS_WITHIN)

    def _run(self) -> None:
        while not self._ended.wait(LOOKS_EVERY if self.idle.is_set() else 0):
            close_old_connections()
            (self.idle.clear if self.sweep_safely() else self.idle.set)()
        connection.close()

    def sweep_safely(self) -> bool:
        """One round; a database that is away for a moment ends nothing."""
        try:
            return self.sweep()
        except Exception:
            logger.exception("Scheduled work could not be looked for.")
            return False

    def sweep(self) -> bool:
        """One round; whether there may be more to do."""
        due.do_chores(self._chores, now=real_now())
        return bool(due.sweep())


class TableWorker(Worker):
    """django-tasks-db's worker, which takes the write lock only when there is something to do."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=LOOKS_EVERY,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
        )

    def run(self) -> None:
        """Look, drain what is there, wait; until told to stop."""
        while self.running:
            close_old_connections()
            if DBTaskResult.objects.ready().filter(backend_name=self.backend_name).exists():
                super().run()
            if self.running:
                time.sleep(self.interval)


def work_on_tables(name: str) -> None:
    """Run tasks kept in the database."""
    # It warns of every orderly end.
    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    worker = TableWorker(name)
    worker.configure_signals()
    worker.run()


def work_on_redis() -> None:
    """Run tasks kept in Redis; none is ever put off there, so nothing needs its scheduler."""
    from django_rq.workers import get_worker
    from django_tasks_rq import Job

    get_worker(*settings.RQ_QUEUES, job_class=Job).work(logging_level="WARNING")


def work(lifeline: int | None) -> None:
    """Work until told to stop, or until whoever started this process is gone."""
    if lifeline is not None:
        watch(lifeline, lambda: os.kill(os.getpid(), signal.SIGTERM))
    pulse = Pulse()
    with pulse, Postman(), Sweeper():
        if settings.REDIS_URL:
            work_on_redis()
        else:
            work_on_tables(pulse.name)
