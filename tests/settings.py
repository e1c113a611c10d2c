"""The documented defaults, whatever this machine's environment or `.env` say, on data of the tests' own."""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from tests.services import TESTS_ONLY

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def documented_defaults() -> dict[str, str]:
    """Every setting of `.env.example`."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def own_folder() -> str:
    """A folder for this run; the workers of a run share it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return os.environ["ACTA_DATA"]
    folder = mkdtemp(prefix="acta-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


os.environ.update(
    {name: value for name, value in documented_defaults().items() if name not in TESTS_ONLY},
    DATABASE_URL=os.environ.get("ACTA_TEST_DATABASE", ""),
    ACTA_DATA=own_folder(),
)

from config.settings import *  # noqa: E402, F403
from config.settings import ACTA_DATA, DATABASES  # noqa: E402

# Or every test client would look at every static file again.
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A file, not memory: threads and processes of one test share it.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(ACTA_DATA / "test.sqlite3")}
