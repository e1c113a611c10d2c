"""Reward rules: a form writes a new version, and a page says what all of them would pay for an action, and why."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.admin import Button, RuleForm, WorkspaceAdmin, site
from accounts.callers import Actor
from accounts.pages import REFUSALS, sentences
from actions.admin.base import AmountField, shown
from actions.admin.types import WordsField
from actions.amounts import millionths
from actions.models import Action, ActionType, Performer, RewardRule, RuleVersion
from actions.rules.rewards import change_rule, create_rule, dry_run, set_rule_active

VERSIONS = 50
SAYS = (
    "type", "kind", "currency", "places", "amount", "percent", "basis", "levels", "frequency", "grace_days",
    "starts_on", "tag", "count_from", "count_to", "count_period", "cap_amount", "cap_count", "cap_period",
)  # fmt: skip


class PercentsField(WordsField):
    """Percents with commas between them; millionths for the rules."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(shown(level) for level in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        try:
            return [millionths(Decimal(word)) for word in words]
        except (InvalidOperation, ValidationError):
            message = "Write numbers with commas between them, such as 10, 5, 2.5."
            raise ValidationError(message, code="invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != self.to_python(self.prepare_value(initial or [])))


def fields_of_versions() -> dict[str, Any]:
    """The fields of what a rule says, as the model describes them; amounts as people write them."""
    made: dict[str, Any] = forms.fields_for_model(RuleVersion, SAYS)
    for name in ("amount", "percent", "cap_amount"):
        made[name] = AmountField(required=False, label=made[name].label)
    made["percent"].help_text = "Of the value, or of what is earned."
    made["cap_amount"].help_text = "Per performer and period."
    made["levels"] = PercentsField(
        required=False, help_text="Percent for each generation of enrollers, with commas between them: 10, 5, 2.5."
    )
    return made


class RewardRuleForm(RuleForm):
    """A rule with what it says now; what is changed here is a new version."""

    class Meta:
        model = RewardRule
        fields = ("slug", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= fields_of_versions()
        types = ActionType.objects.of(self.visitor.workspace)
        self.fields["type"] = forms.ModelChoiceField(types, required=False, empty_label="any")
        if self.instance.pk is not None:
            now = self.instance.versions.get(number=self.instance.version)
            self.initial.update({name: getattr(now, name) for name in SAYS} | {"type": now.type_id})

    def apply(self, *, actor: Actor, at: datetime) -> RewardRule:
        """Make it, or let it say something else from now on."""
        if self.instance.pk is None:
            facts = self.cleaned_data
            return create_rule(
                self.visitor.workspace, facts.pop("slug"), facts.pop("name"), actor=actor, at=at, **facts
            )
        return change_rule(self.instance, actor=actor, at=at, **self.changed())


class TryForm(forms.Form):
    """An action that is not recorded."""

    type = forms.ModelChoiceField(ActionType.objects.none())
    performer = forms.ModelChoiceField(
        Performer.objects.none(), required=False, widget=AutocompleteSelect(Action._meta.get_field("performer"), site)
    )
    referrer = forms.ModelChoiceField(
        Performer.objects.none(), required=False, widget=AutocompleteSelect(Action._meta.get_field("referrer"), site)
    )
    value = AmountField(required=False)
    points = AmountField(required=False)

    def __init__(self, workspace: Any, data: Any) -> None:
        super().__init__(data)
        self.workspace = workspace
        for name, model in (("type", ActionType), ("performer", Performer), ("referrer", Performer)):
            self.fields[name].queryset = model.objects.of(workspace)  # type: ignore[attr-defined]

    def trials(self) -> list[Any]:
        """What each rule would pay, and why."""
        facts = self.cleaned_data
        params = {name: facts[name] for name in ("value", "points") if facts[name] is not None}
        people = {name: facts[name] for name in ("performer", "referrer")}
        return dry_run(self.workspace, facts["type"], at=self.workspace.now(), params=params, **people)


def switch_on(row: RewardRule, *, actor: Actor, at: datetime) -> RewardRule:
    """Let it pay."""
    return set_rule_active(row, True, actor=actor, at=at)


def switch_off(row: RewardRule, *, actor: Actor, at: datetime) -> RewardRule:
    """Let it pay nothing more."""
    return set_rule_active(row, False, actor=actor, at=at)


@admin.register(RewardRule, site=site)
class RewardRuleAdmin(WorkspaceAdmin):
    """What is paid for which action."""

    form = RewardRuleForm
    change_list_template = "admin/actions/rewardrule/change_list.html"
    list_display = ["name", "slug", "active", "version"]
    list_filter = ["active"]
    search_fields = ["slug", "name__istartswith"]
    buttons = (
        Button("off", "Switch off", "off", switch_off, lambda row: row.active, danger=True, many=True),
        Button("on", "Switch on", "on", switch_on, lambda row: not row.active, many=True),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        head = ["slug", "name", *(["active", "version"] if obj else [])]
        fieldsets: list[Any] = [
            (None, {"fields": head}),
            (
                "What it pays",
                {"fields": ["type", "kind", "amount", "percent", "basis", "levels", "currency", "places"]},
            ),
            ("When it pays", {"fields": ["frequency", "grace_days", "starts_on"]}),
            ("To whom, and how often", {"fields": ["tag", "count_from", "count_to", "count_period"]}),
            ("At most", {"fields": ["cap_amount", "cap_count", "cap_period"]}),
        ]
        return [*fieldsets, ("What it said before", {"fields": ["versions"]})] if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["slug", "active", "version", "versions"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # What a rule says are fields of its version, which the form adds by itself.
        return super().get_form(
            request, obj, change=change, **kwargs | {"fields": ["name"] if obj else ["slug", "name"]}
        )

    @admin.display(description="Versions")
    def versions(self, row: RewardRule) -> SafeString:
        """Every version with who wrote it; what was paid by one keeps its price."""
        rows = row.versions.select_related("type").order_by("-number")[:VERSIONS]
        lines = ((one.number, said_by(one), one.created_at.strftime("%Y-%m-%d %H:%M"), one.actor_label) for one in rows)
        return format_html_join(mark_safe("<br>"), "{}: {} ({} UTC, by {})", lines)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.try_view)
        return [path("try/", view, name="actions_rewardrule_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What the rules would pay for an action; nothing is recorded."""
        form = TryForm(self.visitor(request).workspace, request.GET or None)
        trials: list[Any] = []
        if form.is_valid():
            try:
                trials = form.trials()
            except REFUSALS as refusal:
                form.add_error(None, sentences(refusal))
        context = self.admin_site.each_context(request) | {
            "form": form, "title": "Try the rules", "opts": self.opts, "tried": form.is_valid(),
            "trials": [(one, shown(one.amount, one.currency)) for one in trials],
        }  # fmt: skip
        return render(request, "admin/actions/rewardrule/try.html", context)


def said_by(version: RuleVersion) -> str:
    """What a version says, in a line."""
    kind = version.get_kind_display()
    much = {
        RuleVersion.Kind.FIXED: shown(version.amount, version.currency),
        RuleVersion.Kind.PERCENTAGE: f"{shown(version.percent)} % in {version.currency}",
        RuleVersion.Kind.REFERRER_SHARE: f"{shown(version.percent)} % in {version.currency}",
        RuleVersion.Kind.GENERATION_BONUS: f"{', '.join(map(shown, version.levels))} % in {version.currency}",
    }.get(RuleVersion.Kind(version.kind), version.currency)
    about = version.type.slug if version.type else "any action"
    tag = f", only with the tag {version.tag}" if version.tag else ""
    return f"{kind}, {much}, for {about}, {version.frequency}{tag}"
