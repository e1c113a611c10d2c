"""A pipe that tells children their supervisor is gone, even when it was killed and could not say so."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


def watch(lifeline: int, then: Callable[[], object]) -> None:
    """Call `then` once nobody holds the other end of a pipe; the supervisor never writes into it."""

    def wait() -> None:
        os.read(lifeline, 1)
        then()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
