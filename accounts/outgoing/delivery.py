"""Sending what is due: claimed and settled by one thread that has the database, sent by others on the network."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError

from accounts import mail
from accounts.models import Message, WebhookEndpoint
from accounts.outgoing.claims import claim
from accounts.outgoing.sending import Outcome, Parcel, send
from accounts.outgoing.settling import drop, settle
from accounts.outgoing.threads import begin
from accounts.vault import Unreadable
from accounts.webhooks.dialects import dialect_of

logger = logging.getLogger("acta.outbox")

SLOTS = 8


class Post:
    """One worker's share of the outbox."""

    def __init__(self, slots: int = SLOTS) -> None:
        self.slots = slots
        self.under_way: dict[Future[Outcome], Message] = {}

    def sweep(self, *, now: datetime) -> int:
        """Begin to send what is due, as far as there is room; how much was taken."""
        busy = Counter(message.endpoint_id for message in self.under_way.values())
        taken = claim(now=now, most=self.slots - len(self.under_way), busy=busy)
        for message in taken:
            if message.endpoint is not None and not message.endpoint.enabled:
                drop(message)
            else:
                self.under_way[begin(work_on(message, now), f"message {message.ulid}")] = message
        return len(taken)

    def collect(self, *, clock: Callable[[], datetime], seconds: float | None = None) -> int:
        """Wait for the first attempts that end, and note what came of them; how many there were."""
        done, _ = wait(self.under_way, seconds, FIRST_COMPLETED) if self.under_way else ([], None)
        for future in done:
            self.end(future, clock())
        return len(done)

    def end(self, future: Future[Outcome], now: datetime) -> None:
        """Note what came of an attempt; a database that cannot be asked is told in the next round."""
        message = self.under_way.pop(future)
        try:
            settle(message, outcome_of(future, message), now=now)
        except (OperationalError, InterfaceError):
            self.under_way[future] = message
            raise


def deliver_due(*, now: datetime) -> int:
    """Send everything that is due at a real time, once; how many attempts that took."""
    post, attempts = Post(), 0
    while post.sweep(now=now) or post.under_way:
        attempts += post.collect(clock=lambda: now)
    return attempts


def work_on(message: Message, now: datetime) -> Callable[[], Outcome]:
    """What a thread does for a message; it has all it needs and asks no database."""
    if message.endpoint is None:
        return partial(mail.deliver, message)
    try:
        return partial(send, parcel(message, message.endpoint, now))
    except Unreadable as error:
        return partial(Outcome, error=str(error))


def parcel(message: Message, endpoint: WebhookEndpoint, now: datetime) -> Parcel:
    """A message as it leaves, signed for this attempt."""
    body, signing = bytes(message.body), dialect_of(endpoint.app).signing
    signed = signing.headers(message.message_id, body, endpoint.secrets(now), at=now)
    return Parcel(endpoint.url, {"Content-Type": message.content_type, **signed}, body)


def outcome_of(future: Future[Outcome], message: Message) -> Outcome:
    """What came of it; a fault of ours counts as a failed attempt and is logged whole."""
    error = future.exception()
    if error is None:
        return future.result()
    logger.error("Message %s could not be sent.", message.ulid, exc_info=error)
    return Outcome(error=f"A fault of ours: {type(error).__name__}.")
