"""Keys: made, shown once, revoked; nothing of a secret is ever readable again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.addressbook import address_rooms
from accounts.admin.base import WorkspaceAdmin
from accounts.admin.buttons import Button
from accounts.admin.forms import RuleForm
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.models import Key
from accounts.rules import create_key, revoke_key


def vendor_words() -> dict[str, list[str]]:
    """The roles or scopes a key of each app may hold."""
    return {app: list(room.WORDS) for app, room in address_rooms().items() if room.WORDS}


def word_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The same, grouped by app; a value names its app, since two apps may share a word."""
    return [(app, [(f"{app} {word}", word) for word in words]) for app, words in vendor_words().items()]


class NewKeyForm(RuleForm):
    """What a key may do, whose it is, and until when."""

    words = forms.MultipleChoiceField(
        label="Roles or scopes",
        choices=word_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "words"}),
        help_text="The vendor's own words; a key without any can do almost nothing.",
    )
    token = ""

    def clean_words(self) -> list[str]:
        """The words without their app, which has to be the key's."""
        chosen = [value.split(" ", 1) for value in self.cleaned_data["words"]]
        app = self.cleaned_data.get("app")
        strangers = [word for owner, word in chosen if owner != app]
        if app and strangers:
            raise ValidationError(f"A key of {app} cannot hold {', '.join(strangers)}.", code="invalid")
        return [word for _, word in chosen]

    def apply(self, *, actor: Actor, at: datetime) -> Key:
        """Make it, and keep the token until the page is written."""
        facts = dict(self.cleaned_data)
        key, self.token = create_key(self.visitor.workspace, facts.pop("app"), actor=actor, at=at, **facts)
        return key


@admin.register(Key, site=site)
class KeyAdmin(WorkspaceAdmin):
    """Credentials of machines."""

    list_display = ["name", "app", "beginning", "words_held", "member", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["app", "kind", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member"]
    search_fields = ["uid", "prefix", "name__istartswith"]
    autocomplete_fields = ["member"]
    add_fields = ["app", "name", "words", "member", "limit", "expires_at"]
    fields = [
        "name", "app", "kind", "beginning", "words_held", "member", "limit",
        "expires_at", "revoked_at", "last_used_at", "created_at", "ulid",
    ]  # fmt: skip
    buttons = (
        Button(
            "revoke", "Revoke", "revoked", lambda row, actor, at: revoke_key(row, at=at),
            offered=lambda row: row.revoked_at is None, danger=True, many=True,
        ),
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a key that should be another is another key."""
        return False

    def may_press(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else self.add_fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        forms = {} if obj else {"form": NewKeyForm}
        return super().get_form(request, obj, change=change, **forms, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        request.new_token = form.token  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The only page that ever shows the token; it is in no redirect, no session and no log."""
        context = {
            **site.each_context(request),
            "title": f"Key “{obj}”",
            "opts": self.opts,
            "key": obj,
            "token": request.new_token,  # type: ignore[attr-defined]
            "root": request.build_absolute_uri(f"/{obj.app}"),
        }
        return render(request, "admin/accounts/key/shown.html", context)

    @admin.display(description="Begins with")
    def beginning(self, row: Key) -> str:
        """Enough to tell keys apart."""
        return f"{row.prefix}…"

    @admin.display(description="Roles or scopes")
    def words_held(self, row: Key) -> str:
        """What it may do, in the vendor's words."""
        words = list(row.words)
        return ", ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "") or "none"

    @admin.display(description="ULID")
    def ulid(self, row: Key) -> str:
        """Its id as clients read it."""
        return row.ulid
