"""What a test may need beside Python, and the sentence that says why it is not there."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir

TESTS_ONLY = {"ACTA_REQUIRE", "ACTA_TEST_POSTGRES", "ACTA_TEST_REDIS"}


def postgres_url() -> str:
    """The server to make test databases on."""
    return os.environ.get("ACTA_TEST_POSTGRES") or "postgres://postgres@127.0.0.1:5432/postgres"


def redis_url() -> str:
    """The Redis database that tests may empty."""
    return os.environ.get("ACTA_TEST_REDIS") or "redis://127.0.0.1:6379/15"


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Whoever else asks for the same name on this machine waits, in other workers and other runs too."""
    with open(Path(gettempdir()) / f"acta-tests-{os.getuid()}-{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def place(url: str) -> str:
    """An address without the password it may hold."""
    return url.rpartition("@")[2] or url


def required() -> set[str]:
    """What must be there."""
    return {name.strip() for name in os.environ.get("ACTA_REQUIRE", "").split(",") if name.strip()}


def why_no_postgres() -> str:
    """Empty when PostgreSQL answers."""
    import psycopg

    try:
        psycopg.connect(postgres_url(), connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"PostgreSQL does not answer at {place(postgres_url())}: {str(error).splitlines()[0]}"
    return ""


def why_no_redis() -> str:
    """Empty when Redis answers."""
    import redis

    try:
        redis.Redis.from_url(redis_url(), socket_timeout=3).ping()
    except redis.RedisError as error:
        return f"Redis does not answer at {place(redis_url())}: {str(error).rstrip('.')}"
    return ""


def why_no_browser() -> str:
    """Empty when Chromium and its driver are installed."""
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"{' and '.join(missing)} cannot be found (Debian: chromium, chromium-driver)" if missing else ""


WHY_NOT: dict[str, Callable[[], str]] = {
    "postgres": why_no_postgres,
    "redis": why_no_redis,
    "browser": why_no_browser,
}


@cache
def why_not(name: str) -> str:
    """Why a service is not there; empty when it is."""
    return WHY_NOT[name]()
