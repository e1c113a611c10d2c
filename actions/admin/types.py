"""Action types: a name, what may be said with one, and whether clients may still record it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import RuleForm, WorkspaceAdmin, site
from accounts.callers import Actor
from actions.models import ActionType
from actions.rules.declaring import change_type, create_type


class WordsField(forms.CharField):
    """Words with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [word.strip() for word in text.split(",") if word.strip()]

    def validate(self, value: Any) -> None:
        """Any words; the rule looks at them."""

    def run_validators(self, value: Any) -> None:
        """The text was looked at before it was taken apart."""
        super().run_validators(", ".join(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class ActionTypeForm(RuleForm):
    """What a type says."""

    params = WordsField(
        label="Declared parameters", required=False, help_text="Words with commas between them, such as value, points."
    )

    def apply(self, *, actor: Actor, at: datetime) -> ActionType:
        """Declare it, or change what changed."""
        if self.instance.pk is None:
            return create_type(self.visitor.workspace, **self.cleaned_data, actor=actor, at=at)
        return change_type(self.instance, **self.changed(), actor=actor, at=at)


@admin.register(ActionType, site=site)
class ActionTypeAdmin(WorkspaceAdmin):
    """Kinds of actions."""

    form = ActionTypeForm
    list_display = ["name", "slug", "active", "declared"]
    list_filter = ["active"]
    search_fields = ["slug", "name__istartswith"]
    fields = ["name", "slug", "active", "params", "created_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ["name", "slug", "params"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["slug", "created_at"] if obj else []

    @admin.display(description="Parameters")
    def declared(self, row: ActionType) -> str:
        """The words."""
        return ", ".join(map(str, row.params)) or "–"
