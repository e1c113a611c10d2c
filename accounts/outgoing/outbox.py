"""Messages are put down here, in the transaction of what they tell; nothing is sent before it is committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.clock import real_now
from accounts.ids import new_ulid
from accounts.middleware import current_request_id
from accounts.models import Message

NO_REQUEST = "-"


def put_webhooks(workspace: int, endpoints: Iterable[int], type: str, body: bytes, content_type: str) -> list[Message]:
    """The same bytes to several endpoints, in one statement."""
    facts = {"kind": Message.Kind.WEBHOOK, "event": type, "body": body, "content_type": content_type}
    return Message.objects.bulk_create([draft(workspace, endpoint_id=pk, **facts) for pk in endpoints])


def put_mail(workspace: int, recipients: Iterable[str], subject: str, text: str) -> list[Message]:
    """The same text to several people, each on her own."""
    facts = {"kind": Message.Kind.MAIL, "event": subject, "body": text.encode(), "content_type": "text/plain"}
    return Message.objects.bulk_create([draft(workspace, recipient=one, **facts) for one in recipients])


def draft(workspace: int, **facts: Any) -> Message:
    """A message that is due at once, and remembers the request that caused it."""
    now, request = real_now(), current_request_id()
    request_id = "" if request == NO_REQUEST else request
    return Message(workspace_id=workspace, id=new_ulid(now), created_at=now, due_at=now, request_id=request_id, **facts)
