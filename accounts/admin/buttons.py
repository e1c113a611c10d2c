"""Buttons: each one a rule, on the page of a row and for the selected rows of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.html import format_html

from accounts.admin.forms import AskForm
from accounts.pages import Visitor, told
from accounts.rules.audit import as_it_was

if TYPE_CHECKING:
    from django.contrib import admin

    AdminBase = admin.ModelAdmin[Any]
else:
    AdminBase = object

MOST_AT_ONCE = 500


# What a button calls: with its row, and by keyword the actor, the time, and whatever was asked.
Rule = Callable[..., Any]


def always(row: Any) -> bool:
    """Offered whatever the row's state."""
    return True


@dataclass(frozen=True)
class Button:
    """A verb for people: what it says before and after, the rule it calls, and when it is offered."""

    name: str
    label: str
    done: str
    rule: Rule
    offered: Callable[[Any], bool] = always
    danger: bool = False
    # Also an action of the list.
    many: bool = False
    # What the rule wants to know beside; its page comes before the deed.
    asks: type[AskForm] | None = None

    @property
    def is_asking(self) -> bool:
        """For templates, which would make a form of a class they find."""
        return self.asks is not None


class Buttons(AdminBase):
    """A ModelAdmin whose rows have buttons."""

    buttons: ClassVar[tuple[Button, ...]] = ()
    # Who presses, as the admin this is part of knows her.
    visitor: Callable[[HttpRequest], Visitor]
    # What writes down that somebody pressed: the row as it was, as it is called now, and what is done.
    note_press: Callable[[HttpRequest, Any, Any, str], None]

    def may_press(self, request: HttpRequest) -> bool:
        """Whether this person may use the buttons; whether a row may change is for its rule to say."""
        return self.has_change_permission(request)

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_press"
        press = self.admin_site.admin_view(self.press_view)
        return [path("<path:object_id>/press/<slug:button>/", press, name=name), *super().get_urls()]

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Press a button of one row, and go back to it."""
        row = self.get_object(request, object_id)
        if row is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return gone
        if any(one.name == button and one.is_asking for one in self.buttons):
            if page := self.ask(request, self.button_called(button), row):
                return page
        elif request.method == "POST":
            self.press(request, self.button_called(button), row)
        noun = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        is_there = self.get_object(request, object_id) is not None
        return redirect(f"{noun}_change", row.pk) if is_there else redirect(f"{noun}_changelist")

    def ask(self, request: HttpRequest, button: Button, row: Any) -> HttpResponse | None:
        """The page that asks what a rule wants to know; None once it was answered, and the rule called."""
        if not self.may_press(request):
            raise PermissionDenied
        form = cast("type[AskForm]", button.asks)(
            self.visitor(request), row, request.POST if request.method == "POST" else None
        )
        if form.is_valid():
            self.press(request, button, row, **form.cleaned_data)
            return None
        context = self.admin_site.each_context(request) | {
            "form": form, "button": button, "row": row, "opts": self.opts, "title": button.label,
        }  # fmt: skip
        return render(request, "admin/ask.html", context, status=422 if form.is_bound else 200)

    def button_called(self, name: str) -> Button:
        """The button of a name."""
        for button in self.buttons:
            if button.name == name:
                return button
        raise Http404("There is no such button.")

    def press(self, request: HttpRequest, button: Button, row: Any, **asked: Any) -> None:
        """Call the rule as the signed-in member, and tell what came of it."""
        if not self.may_press(request):
            raise PermissionDenied
        if not button.offered(row):
            messages.warning(request, format_html("“{}” stays as it is.", row))
            return
        visitor = self.visitor(request)
        at = visitor.workspace.tick()
        before = as_it_was(row)
        with told(request, str(row)):
            became = button.rule(row, actor=visitor.actor, at=at, **asked)
            # As it is called now: whoever was erased has no name any more.
            row = became if isinstance(became, type(row)) else row
            self.note_press(request, before, row, button.done)
            messages.success(request, format_html("“{}” is {}.", row, button.done))

    def press_all(self, button: Button, admin: Any, request: HttpRequest, queryset: Any) -> None:
        """Press a button of every selected row, each in a transaction of its own."""
        rows = list(queryset[: MOST_AT_ONCE + 1])
        if len(rows) > MOST_AT_ONCE:
            messages.error(request, f"Select at most {MOST_AT_ONCE} at once.")
            return
        for row in rows:
            self.press(request, button, row)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if IS_POPUP_VAR in request.GET or not self.may_press(request):
            return {}
        return {
            button.name: (partial(self.press_all, button), button.name, button.label)
            for button in self.buttons
            if button.many
        }

    def offered(self, request: HttpRequest, row: Any) -> list[Button]:
        """The buttons that make sense for a row as it is."""
        return [button for button in self.buttons if button.offered(row)] if self.may_press(request) else []
