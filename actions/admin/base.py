"""What the admin of every noun of the ledger has in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.admin import ReadOnlyAdmin, site
from actions.amounts import decimal, millionths
from actions.models.facts import TEXT_LENGTH


def shown(amount: int | None, unit: str = "") -> str:
    """Millionths as people read them."""
    return "–" if amount is None else f"{decimal(amount):,f} {unit}".strip()


def linked(lines: Iterable[tuple[str, object, str]]) -> SafeString | str:
    """Links below each other, each with what is said behind it."""
    return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> {}', lines) or "None."


class PressedAdmin(ReadOnlyAdmin):
    """Rows that nobody edits, and that have buttons all the same."""

    def may_press(self, request: HttpRequest) -> bool:
        return site.has_permission(request)


class AmountField(forms.DecimalField):
    """A number as people write it, in millionths for the rules."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**{"max_digits": 19, "decimal_places": 6} | facts)

    def prepare_value(self, value: Any) -> Any:
        return f"{decimal(value):f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        try:
            return None if number is None else millionths(number)
        except ValidationError as fault:
            raise ValidationError(fault.messages) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def reason_field(**facts: Any) -> forms.CharField:
    """Why something is done; a line that stays in the ledger."""
    widget = forms.TextInput(attrs={"class": "vTextField"})
    return forms.CharField(max_length=TEXT_LENGTH, widget=widget, **facts)
