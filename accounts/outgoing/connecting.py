"""Connections that lead to the very address that was checked, and that end in time whatever the other side does."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

from accounts.outgoing.addresses import check_address, check_port
from accounts.outgoing.threads import begin

TRIED = 3


class Deadline:
    """The end of everything that belongs to one call."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("It took too long.")
        return seconds


def resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """The addresses of a name, all of which have to be allowed."""
    looked_up = begin(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), "resolve")
    try:
        found = looked_up.result(deadline.left())
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("The name was not resolved in time.") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("The name is not known.") from error
    return [check_address(str(info[4][0])) for info in found][:TRIED]


class BoundedStream(httpcore.NetworkStream):
    """A connection on which no read or write goes beyond the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return BoundedStream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedNetwork(httpcore.NetworkBackend):
    """Resolves a name once, checks what it found, and connects there; the name stays in `Host` and TLS."""

    def __init__(self, deadline: Deadline) -> None:
        self._inner, self._deadline = httpcore.SyncBackend(), deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        check_port(port)
        failure: Exception = httpcore.ConnectError("The name has no address.")
        for address in resolve(host, port, self._deadline):
            try:
                stream = self._inner.connect_tcp(address, port, self._deadline.left(), socket_options=socket_options)
                return BoundedStream(stream, self._deadline)
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("Only the network is called.")


@cache
def tls() -> ssl.SSLContext:
    """Who is believed to be who; reading the certificates takes a while."""
    return httpx.create_ssl_context()


class GuardedTransport(httpx.HTTPTransport):
    """httpx over that network; its own transport takes no other, so the pool is exchanged."""

    def __init__(self, deadline: Deadline) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls(), max_connections=1, max_keepalive_connections=0, network_backend=GuardedNetwork(deadline)
        )
