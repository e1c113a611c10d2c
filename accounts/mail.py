"""Mail: put into the outbox with what it tells, handed to the mail server by the worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.models import Message, Workspace
from accounts.outgoing.outbox import put_mail
from accounts.outgoing.sending import ERROR_LENGTH, Outcome

logger = logging.getLogger("acta.mail")

SUBJECT_LENGTH = 200


def send(workspace: Workspace | int, *, to: Iterable[str], subject: str, text: str) -> list[Message]:
    """Write to each of some people, in the caller's transaction; without a mail server a line of the log says so."""
    recipients, subject = list(to), " ".join(subject.split())[:SUBJECT_LENGTH]
    if settings.EMAIL_URL:
        pk = workspace if isinstance(workspace, int) else workspace.pk
        return put_mail(pk, recipients, subject, text)
    logger.warning("“%s” was not sent to %s: EMAIL_URL names no server.", subject, ", ".join(recipients) or "nobody")
    return []


def deliver(message: Message) -> Outcome:
    """Hand one over; the same message keeps its id, so that a repeat can be recognised."""
    begun, error = time.monotonic(), ""
    headers = {"Message-ID": f"<{message.message_id}@{settings.ACTA_BASE_DOMAIN}>"}
    try:
        EmailMessage(message.event, bytes(message.body).decode(), to=[message.recipient], headers=headers).send()
    except (OSError, SMTPException, ValueError) as fault:
        error = (str(fault) or type(fault).__name__)[:ERROR_LENGTH]
    return Outcome(error=error, milliseconds=round((time.monotonic() - begun) * 1000))
