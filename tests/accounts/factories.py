"""Endpoints and messages, made through the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.models import Attempt, Member, Message, WebhookEndpoint
from accounts.outgoing.sending import Outcome
from accounts.outgoing.settling import settle
from accounts.rules import create_endpoint, send_test_event
from tests.factories import NOON


def make_endpoint(member: Member, url: str = "https://hooks.example/in", **facts: Any) -> tuple[WebhookEndpoint, str]:
    """An endpoint of incidents and its secret."""
    return create_endpoint(member.workspace, facts.pop("app", "incidents"), url=url, actor=member, at=NOON, **facts)


def make_message(member: Member, endpoint: WebhookEndpoint | None = None) -> Message:
    """A message that waits to be sent."""
    return send_test_event(endpoint or make_endpoint(member)[0], actor=member, at=NOON)


def make_attempt(member: Member, message: Message | None = None, **facts: Any) -> Attempt:
    """A failed attempt, after which the message waits for its next."""
    message = message or make_message(member)
    settle(message, replace(Outcome(500, response="Oh no"), **facts), now=message.created_at)
    attempt: Attempt = Attempt.objects.of(member.workspace).filter(message=message)[0]
    return attempt
