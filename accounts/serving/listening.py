"""The port, taken before anything slow: a second server is refused at once, and early callers wait."""

from __future__ import annotations

import errno
import socket

from django.core.management.base import CommandError

# Every attempt ends somewhere; what is not named here says what the system says.
REASONS = {
    errno.EADDRINUSE: "is taken: another server listens there. Stop it, or choose another port: PORT={next}.",
    errno.EACCES: "may not be opened by this user: ports below 1024 are the system's. Choose another: PORT=8000.",
    errno.EADDRNOTAVAIL: "cannot be opened: {host} is no address of this machine.",
}


def refusal(host: str, port: int, error: OSError) -> str:
    """One sentence on why a port cannot be had."""
    reason = REASONS.get(error.errno or 0, f"cannot be opened: {error.strerror or error}.")
    return f"Port {port} on {host} {reason.format(host=host, next=port % 65535 + 1)}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that no other server can share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise CommandError(refusal(host, port, error)) from error
