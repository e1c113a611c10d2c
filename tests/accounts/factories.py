"""Endpoints and messages, made through the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from accounts.clock import real_now
from accounts.models import Attempt, AuditEntry, Due, Member, Message, WebhookEndpoint
from accounts.outgoing.sending import Outcome
from accounts.outgoing.settling import settle
from accounts.rules import create_endpoint, send_test_event
from accounts.rules.audit import note_change
from tests.factories import NOON


def make_endpoint(member: Member, url: str = "https://hooks.example/in", **facts: Any) -> tuple[WebhookEndpoint, str]:
    """An endpoint of incidents and its secret."""
    return create_endpoint(member.workspace, facts.pop("app", "incidents"), url=url, actor=member, at=NOON, **facts)


def make_message(member: Member, endpoint: WebhookEndpoint | None = None) -> Message:
    """A message that waits to be sent."""
    return send_test_event(endpoint or make_endpoint(member)[0], actor=member, at=NOON)


def make_entry(member: Member, **facts: Any) -> AuditEntry:
    """Somebody changed something by hand."""
    told: dict[str, Any] = {"noun": "accounts.key", "row": "A key", "deed": "revoked", "at": real_now()} | facts
    noun, row, deed = (told.pop(name) for name in ("noun", "row", "deed"))
    return note_change(member.workspace, noun, row, deed, login="alice@example.org", member=member, **told)


def make_due(member: Member, key: str = "1", *, at: datetime = NOON, **facts: Any) -> Due:
    """Something that falls due."""
    due: Due = Due.objects.create(workspace=member.workspace, job="tests.note", key=key, due_at=at, **facts)
    return due


def make_attempt(member: Member, message: Message | None = None, **facts: Any) -> Attempt:
    """A failed attempt, after which the message waits for its next."""
    message = message or make_message(member)
    settle(message, replace(Outcome(500, response="Oh no"), **facts), now=message.created_at)
    attempt: Attempt = Attempt.objects.of(member.workspace).filter(message=message)[0]
    return attempt
