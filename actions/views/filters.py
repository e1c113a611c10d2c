"""What a list of facts may be narrowed by; every choice is one look into an index."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

from accounts.models import Workspace
from accounts.models.member import fold_email
from actions.models import Performer
from actions.rules.words import used

NAMESAKES = 20
LARGEST_KEY = 2**63 - 1


class Day(forms.DateField):
    """A day of the workspace's calendar, with days before it and after it in every time zone."""

    default_validators = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ["%Y-%m-%d"]


class FeedFilter(forms.Form):
    """App, verb, person and days; what is empty narrows nothing."""

    source = forms.ChoiceField(label="App", required=False)
    verb = forms.ChoiceField(required=False)
    who = forms.CharField(
        label="Who",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Name, e-mail or code", "autocomplete": "off"}),
    )
    since = Day(label="From", required=False)
    until = Day(label="To", required=False)

    def __init__(self, workspace: Workspace, data: Any) -> None:
        super().__init__(data)
        self.workspace = workspace
        for name, everything in (("source", "All apps"), ("verb", "Everything")):
            self.offer(name, everything)

    def offer(self, name: str, everything: str) -> None:
        """The words that are used here, as choices: read once, and only if somebody asks for one or looks."""
        field: Any = self.fields[name]
        field.choices = cache(lambda: [("", everything), *((word, word) for word in used(self.workspace, name))])

    def clean_who(self) -> list[int] | None:
        """The performers that are meant."""
        text = self.cleaned_data["who"]
        if not text:
            return None
        found = [*self.meant(text)]
        if not found:
            raise ValidationError("There is nobody called that here.", code="invalid_choice")
        return found

    def meant(self, text: str) -> Any:
        """By number, address, code or whole name: each of them is indexed."""
        wanted = Q(name=text) | Q(referral_code=text.upper()) | Q(email=fold_email(text))
        if text.isascii() and text.isdecimal() and int(text) <= LARGEST_KEY:
            wanted |= Q(pk=int(text))
        rows = Performer.objects.of(self.workspace).filter(wanted)
        return rows.order_by("pk").values_list("pk", flat=True)[:NAMESAKES]

    def narrow(self, rows: Any) -> Any:
        """The facts that were asked for; none when nobody can tell what was."""
        return rows.filter(**self.lookups("taken_at")) if self.is_valid() else rows.none()

    def narrow_entries(self, rows: Any) -> Any:
        """The movements of such facts, by the time they count for."""
        return rows.filter(**self.lookups("effective_at", of="action__")) if self.is_valid() else rows.none()

    def lookups(self, at: str, of: str = "") -> dict[str, Any]:
        """What the filters ask of a row with a time, and of the fact it belongs to."""
        facts = self.cleaned_data
        found = {f"{of}{name}": facts[name] for name in ("source", "verb") if facts[name]}
        if facts["who"]:
            found["performer__in"] = facts["who"]
        if facts["since"]:
            found[f"{at}__gte"] = self.midnight(facts["since"])
        if facts["until"]:
            found[f"{at}__lt"] = self.midnight(facts["until"] + timedelta(days=1))
        return found

    def midnight(self, day: date) -> datetime:
        """When a day begins in the workspace."""
        return datetime.combine(day, time(), self.workspace.zone)

    @property
    def is_used(self) -> bool:
        """Whether anything narrows."""
        return any(self.data.get(name) for name in self.fields)
