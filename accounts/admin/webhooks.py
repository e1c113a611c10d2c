"""Webhooks: endpoints whose secret is shown once, what was sent to them, and every attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from accounts.admin.base import ReadOnlyAdmin, WorkspaceAdmin
from accounts.admin.buttons import Button
from accounts.admin.forms import RuleForm
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.clock import real_now
from accounts.models import Attempt, Message, WebhookEndpoint
from accounts.pages import told
from accounts.rules import (
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    replay_message,
    rotate_secret,
    send_test_event,
    update_endpoint,
)
from accounts.webhooks.dialects import dialects

LONGEST_SHOWN = 20_000


def apps_with_webhooks() -> list[tuple[str, str]]:
    """The apps that have something to tell."""
    return [(app, app) for app in sorted(dialects)]


def event_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What each app can tell; a value names its app, since two may share a word."""
    return [(app, [(f"{app} {type}", type) for type in dialects[app].types()]) for app in sorted(dialects)]


class EndpointForm(RuleForm):
    """Where to, and what; the app is chosen once."""

    app = forms.ChoiceField(choices=apps_with_webhooks)
    events = forms.MultipleChoiceField(
        choices=event_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "words"}),
        help_text="None means all, and those that are still to come.",
    )
    secret = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["app"].disabled = True
            self.initial["events"] = [f"{self.instance.app} {type}" for type in self.instance.events]

    def clean_events(self) -> list[str]:
        """The types without their app, which has to be the endpoint's."""
        chosen = [value.split(" ", 1) for value in self.cleaned_data["events"]]
        app = self.cleaned_data.get("app")
        strangers = [type for owner, type in chosen if owner != app]
        if app and strangers:
            raise ValidationError(f"{app} has no events {', '.join(strangers)}.", code="invalid")
        return [type for _, type in chosen]

    def apply(self, *, actor: Actor, at: datetime) -> WebhookEndpoint:
        """Make it, and keep the secret until the page is written; or change what changed."""
        if self.instance.pk:
            return update_endpoint(self.instance, actor=actor, at=at, **self.changed())
        facts = dict(self.cleaned_data)
        endpoint, self.secret = create_endpoint(self.visitor.workspace, facts.pop("app"), actor=actor, at=at, **facts)
        return endpoint


@admin.register(WebhookEndpoint, site=site)
class WebhookEndpointAdmin(WorkspaceAdmin):
    """Who is told what happens."""

    form = EndpointForm
    list_display = ["__str__", "app", "told", "enabled", "failing_since", "created_at"]
    list_filter = ["app", "enabled"]
    search_fields = ["url__istartswith"]
    fields = ["app", "url", "events"]
    fields_after = [
        "enabled", "failing_since", "disabled_at", "disabled_reason", "old_secret_until", "created_at", "messages",
    ]  # fmt: skip
    readonly_fields = fields_after
    change_form_template = "admin/accounts/webhookendpoint/change_form.html"
    buttons = (
        Button("test", "Send a test event", "sent a test event", send_test_event, lambda row: row.enabled),
        Button(
            "disable", "Switch off", "switched off",
            lambda row, actor, at: disable_endpoint(row, actor=actor, now=real_now()),
            lambda row: row.enabled, danger=True, many=True,
        ),
        Button("enable", "Switch on", "switched on", enable_endpoint, lambda row: not row.enabled, many=True),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.fields, *self.fields_after] if obj else self.fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        request.new_secret = form.secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self.show(request, obj, request.new_secret)  # type: ignore[attr-defined]

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """The one button that answers with a page of its own rotates the secret."""
        row = self.get_object(request, object_id)
        if button == "rotate" and request.method == "POST" and row is not None and self.may_press(request):
            with told(request, str(row)):
                row, secret = rotate_secret(row, actor=self.visitor(request).actor, now=real_now())
                self.log_change(request, row, "Got a new secret.")
                return self.show(request, row, secret)
        return super().press_view(request, object_id, button)

    def show(self, request: HttpRequest, row: WebhookEndpoint, secret: str) -> HttpResponse:
        """The only page that ever shows the secret; it is in no redirect, no session and no log."""
        context = {**site.each_context(request), "title": "Signing secret", "endpoint": row, "secret": secret}
        return render(request, "admin/accounts/webhookendpoint/shown.html", context)

    @admin.display(description="Is told")
    def told(self, row: WebhookEndpoint) -> str:
        """Which events."""
        more = f" and {len(row.events) - 2} more" if len(row.events) > 2 else ""
        return ", ".join(row.events[:2]) + more or "everything"

    @admin.display(description="Messages")
    def messages(self, row: WebhookEndpoint) -> str:
        """What was sent there."""
        return format_html('<a href="../../../message/?endpoint__id__exact={}">What was sent there</a>', row.pk)


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
