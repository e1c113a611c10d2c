"""Actions and follow-ups: every button a rule, and a deleted one a tombstone that never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import Button, RuleForm, site, within
from accounts.callers import Actor
from incidents import rules
from incidents.admin.base import IncidentsAdmin
from incidents.models import Action, FollowUp, Work

Status = Work.Status
SHOWN = ("status", "completed_at", "creator", "created_at", "updated_at", "ulid")


def buttons(complete: Any, reopen: Any, decline: Any, delete: Any) -> tuple[Button, ...]:
    """The life of work, as people move it."""
    return (
        Button(
            "complete", "Complete", "completed", complete, many=True,
            offered=lambda row: row.status in (Status.OUTSTANDING, Status.NOT_DOING),
        ),
        Button(
            "reopen", "Reopen", "outstanding again", reopen, many=True,
            offered=lambda row: row.status in (Status.COMPLETED, Status.NOT_DOING),
        ),
        Button(
            "decline", "Not doing", "not being done", decline, many=True,
            offered=lambda row: row.status in (Status.COMPLETED, Status.OUTSTANDING),
        ),
        Button(
            "delete", "Delete", "deleted", delete, danger=True, many=True,
            offered=lambda row: not row.is_deleted,
        ),
    )  # fmt: skip


class WorkAdmin(IncidentsAdmin):
    """Work of either kind."""

    list_display = ["__str__", "of_incident", "status", "assignee", "completed_at", "created_at"]
    list_filter = [within("id"), "status", "assignee", "mode"]
    search_help_text = "An id, an incident like INC-7, or how it begins."
    autocomplete_fields = ["incident", "assignee"]
    readonly_fields = ["of_incident", *SHOWN]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_deleted)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("incident", "assignee", "creator_member", "creator_key")


class ActionForm(RuleForm):
    """What is to be done, and by whom."""

    def apply(self, *, actor: Actor, at: datetime) -> Action:
        """Note it, or change what changed."""
        if self.instance.pk is None:
            return rules.create_action(**self.cleaned_data, actor=actor, at=at)
        return rules.update_action(self.instance, **self.changed(), actor=actor, at=at)


@admin.register(Action, site=site)
class ActionAdmin(WorkAdmin):
    """What is to be done while an incident is open."""

    form = ActionForm
    search_fields = ["id", "incident__number", "description__istartswith"]
    add_fields = ("incident", "description", "assignee")
    fields = ["of_incident", "description", "assignee", *SHOWN]
    buttons = buttons(rules.complete_action, rules.reopen_action, rules.decline_action, rules.delete_action)


class LabelsField(forms.CharField):
    """Words with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [word.strip() for word in text.split(",") if word.strip()]

    def validate(self, value: Any) -> None:
        """Any words; the rule counts them."""

    def run_validators(self, value: Any) -> None:
        """The text was looked at before it was taken apart."""
        super().run_validators(", ".join(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class FollowUpForm(RuleForm):
    """What remains to be done, by whom, and under which words it is found."""

    labels = LabelsField(required=False, help_text="Words with commas between them.")

    def apply(self, *, actor: Actor, at: datetime) -> FollowUp:
        """Note it, or change what changed."""
        if self.instance.pk is None:
            return rules.create_follow_up(**self.cleaned_data, actor=actor, at=at)
        return rules.update_follow_up(self.instance, **self.changed(), actor=actor, at=at)


@admin.register(FollowUp, site=site)
class FollowUpAdmin(WorkAdmin):
    """What is to be done once an incident is over."""

    form = FollowUpForm
    search_fields = ["id", "incident__number", "title__istartswith"]
    add_fields = ("incident", "title", "description", "assignee", "labels")
    fields = ["of_incident", "title", "description", "assignee", "labels", *SHOWN]
    buttons = buttons(rules.complete_follow_up, rules.reopen_follow_up, rules.decline_follow_up, rules.delete_follow_up)
