"""Endpoints of webhooks: made, tried, switched off and on; a secret is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from accounts.admin.base import WorkspaceAdmin
from accounts.admin.buttons import Button
from accounts.admin.forms import RuleForm
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.clock import real_now
from accounts.models import WebhookEndpoint
from accounts.pages import told
from accounts.rules import (
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    rotate_secret,
    send_test_event,
    update_endpoint,
)
from accounts.webhooks.dialects import dialects


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
                self.note(request, row, "given a new secret")
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
