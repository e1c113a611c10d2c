"""Forms of the admin: saving one is calling a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.pages import REFUSALS, Visitor, sentences

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm


class RuleForm(AnyModelForm):
    """A form that is saved by calling a rule; what the rule refuses is an error of the form."""

    visitor: ClassVar[Visitor]
    # Called with `actor` and `at`: calls the rule with what was entered, and returns the row.
    apply: Callable[..., Any]

    def changed(self) -> dict[str, Any]:
        """What differs from the row as it was shown."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def _post_clean(self) -> None:
        # The rule does what Django would do here: validate the row as a whole. It is part of validation since
        # only it can refuse, and after it nothing can.
        if not self.errors:
            self._apply()

    def _apply(self) -> None:
        at = self.visitor.workspace.tick()
        try:
            with transaction.atomic():
                self.instance = self.apply(actor=self.visitor.actor, at=at)
        except REFUSALS as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: Exception) -> None:
        """Show a refusal at the fields it names."""
        if not isinstance(refusal, ValidationError) or not hasattr(refusal, "error_dict"):
            self.add_error(None, sentences(refusal))
            return
        for name, faults in refusal.error_dict.items():
            for fault in faults:
                self.add_error(name if name in self.fields else None, fault.messages)

    def save(self, commit: bool = True) -> Any:
        """The row; the rule has written it."""
        return self.instance

    def save_m2m(self) -> None:
        """Nothing is left to write."""


class AskForm(forms.Form):
    """What a rule wants to know before a button calls it; its fields are keywords of the rule."""

    # What is said above the fields.
    words: ClassVar[str] = ""

    def __init__(self, visitor: Visitor, row: Any, data: Any = None) -> None:
        super().__init__(data)
        self.visitor, self.row = visitor, row
