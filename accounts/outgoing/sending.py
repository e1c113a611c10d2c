"""One attempt over HTTP: bounded in time and in what is read, and never redirected."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from accounts.outgoing.addresses import Refused, check_url
from accounts.outgoing.connecting import Deadline, GuardedTransport

SECONDS = 10.0
READ = 4096
ERROR_LENGTH = 200
# What goes out says no more of us than it has to, and asks for nothing that would have to be inflated.
HEADERS = {"User-Agent": "Acta", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Parcel:
    """What is sent where."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: a status code, or the reason why there is none."""

    status: int | None = None
    error: str = ""
    milliseconds: int = 0
    response: str = field(default="", repr=False)

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it; a redirect is no delivery."""
        return not self.error and (self.status is None or 200 <= self.status < 300)


def send(parcel: Parcel, seconds: float = SECONDS) -> Outcome:
    """Send it once, and tell what came of it; nothing is raised."""
    begun = time.monotonic()
    status, error, response = None, "", b""
    try:
        status, response = _post(parcel, Deadline(seconds))
    except (Refused, httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
        error = said(fault)
    return Outcome(status, error, round((time.monotonic() - begun) * 1000), readable(response))


def _post(parcel: Parcel, deadline: Deadline) -> tuple[int, bytes]:
    url = check_url(parcel.url)
    with (
        httpx.Client(transport=GuardedTransport(deadline), follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url, headers={**HEADERS, **parcel.headers}, content=parcel.body) as response,
    ):
        return response.status_code, beginning(response)


def beginning(response: httpx.Response) -> bytes:
    """As much of the body as is kept; when it does not come, the status has said enough."""
    read = b""
    try:
        for chunk in response.iter_raw():
            read += chunk[: READ - len(read)]
            if len(read) >= READ:
                break
    except httpx.HTTPError:
        pass
    return read


def readable(response: bytes) -> str:
    """Bytes as text that every database keeps."""
    return response.decode("utf-8", "replace").replace("\x00", "�")


def said(fault: Exception) -> str:
    """Why there is no answer, in one line."""
    if isinstance(fault, httpx.TimeoutException):
        return f"No answer within {SECONDS:.0f} seconds."
    return (str(fault) or type(fault).__name__)[:ERROR_LENGTH].replace("\x00", "�")
