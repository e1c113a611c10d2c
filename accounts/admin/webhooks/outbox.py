"""What was sent or is to be sent, and every attempt; history that can only be repeated."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.admin.base import ReadOnlyAdmin
from accounts.admin.buttons import Button
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.clock import real_now
from accounts.models import Attempt, Message
from accounts.rules import replay_message
from accounts.webhooks.dialects import dialects

LONGEST_SHOWN = 20_000


class EventFilter(admin.SimpleListFilter):
    """The types of events there are; a query for those that were sent would read the whole table."""

    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(type, type) for app in sorted(dialects) for type in dialects[app].types()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event=self.value()) if self.value() else queryset


def replay(row: Message, *, actor: Actor, at: datetime) -> Message:
    """The outbox lives by the machine's clock."""
    return replay_message(row, actor=actor, now=real_now())


@admin.register(Message, site=site)
class MessageAdmin(ReadOnlyAdmin):
    """What was sent or is to be sent; its bytes are never changed, only sent again."""

    list_display = ["event", "receiver", "state", "attempts", "due_at", "created_at"]
    list_filter = ["state", "kind", EventFilter, "endpoint"]
    list_select_related = ["endpoint"]
    search_fields = ["id", "recipient__istartswith"]
    search_help_text = "An id, with or without msg_, or how a recipient begins."
    fields = [
        "event", "kind", "receiver", "state", "attempts", "due_at", "message_id", "request_id", "created_at",
        "content_type", "text", "tries",
    ]  # fmt: skip
    buttons = (
        Button(
            "replay", "Send again", "being sent again", replay, many=True,
            offered=lambda row: row.endpoint is None or row.endpoint.enabled,
        ),
    )  # fmt: skip

    def may_press(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, search_term.strip().removeprefix("msg_"))

    @admin.display(description="To")
    def receiver(self, row: Message) -> str:
        """Who gets it."""
        return row.receiver

    @admin.display(description="Message id")
    def message_id(self, row: Message) -> str:
        """How its receiver knows it."""
        return row.message_id

    @admin.display(description="Body")
    def text(self, row: Message) -> str:
        """The bytes, as people read them."""
        body = bytes(row.body)[:LONGEST_SHOWN].decode("utf-8", "replace")
        return format_html("<pre>{}</pre>", body)

    @admin.display(description="Attempts made")
    def tries(self, row: Message) -> str:
        """Each of them."""
        return format_html('<a href="../../../attempt/?q={}">What came of each</a>', row.ulid)


@admin.register(Attempt, site=site)
class AttemptAdmin(ReadOnlyAdmin):
    """What came of each try to send something."""

    list_display = ["at", "message", "status", "error", "duration"]
    list_select_related = ["message__endpoint"]
    search_fields = ["message__id"]
    search_help_text = "The id of a message, with or without msg_."
    fields = ["at", "message", "status", "error", "duration", "response"]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, search_term.strip().removeprefix("msg_"))
