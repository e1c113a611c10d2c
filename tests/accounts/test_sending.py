"""One attempt, and receivers that misbehave: bounded in time, in what is read and in what is kept."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accounts.outgoing.sending import READ, Outcome, Parcel, send
from tests.receivers import Receiver, receiving


@pytest.fixture(autouse=True)
def private(settings: Any) -> None:
    """Receivers of tests are on this machine."""
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who listens."""
    with receiving() as made:
        yield made


@contextmanager
def talking(*pieces: bytes, pause: float = 0.0, forever: bool = False) -> Iterator[str]:
    """A server that says these bytes, whatever it is asked, with pauses between."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def talk() -> None:
            try:
                caller, _ = listener.accept()
                with caller:
                    caller.recv(65536)
                    while not ended.is_set():
                        for piece in pieces:
                            caller.sendall(piece)
                            ended.wait(pause)
                        if not forever:
                            return
            except OSError:
                pass

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            ended.set()
            thread.join()


def attempt(url: str) -> Outcome:
    """An attempt of at most a second, and how long it took."""
    begun = time.monotonic()
    outcome = send(Parcel(url, {}, b"{}"), seconds=1.0)
    assert time.monotonic() - begun < 3
    return outcome


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"


def test_a_receiver_that_says_nothing_is_not_waited_for():
    with talking(b"", pause=10, forever=True) as url:
        outcome = attempt(url)
    assert (outcome.status, outcome.error) == (None, "No answer within 10 seconds.")


def test_nor_one_that_says_a_letter_now_and_then():
    with talking(b"H", pause=0.1, forever=True) as url:
        assert not attempt(url).is_delivered
    with talking(b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: yes\r\n"] * 200, pause=0.1) as url:
        assert not attempt(url).is_delivered


def test_a_body_that_never_ends_is_read_as_far_as_it_is_kept():
    with talking(HEAD, b"x" * 65536, forever=True) as url:
        outcome = attempt(url)
    assert (outcome.status, outcome.response) == (200, "x" * READ)


def test_a_body_that_never_comes_takes_nothing_from_the_status():
    with talking(HEAD + b"ok", pause=10) as url:
        outcome = attempt(url)
    assert (outcome.is_delivered, outcome.response) == (True, "ok")


def test_nothing_is_inflated(receiver: Receiver):
    receiver.headers, receiver.answer = {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00bomb\x00"
    outcome = attempt(receiver.url)
    assert outcome.is_delivered
    assert "\x00" not in outcome.response
    assert receiver.got[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "words", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000]
)
def test_whatever_is_no_answer_is_an_error(words: bytes):
    with talking(words) as url:
        outcome = attempt(url)
    assert outcome.status is None
    assert outcome.error


def test_nobody_at_home_is_an_error_in_words():
    with receiving() as gone:
        url = gone.url
    assert "refused" in attempt(url).error.lower()


def test_a_name_that_nobody_resolves_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    released = threading.Event()
    monkeypatch.setattr("accounts.outgoing.connecting.socket.getaddrinfo", lambda *args, **kwargs: released.wait(10))
    assert attempt("http://hooks.example/").error == "No answer within 10 seconds."
    released.set()
