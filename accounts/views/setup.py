"""The first page of an empty installation."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.clock import real_now
from accounts.models import User
from accounts.models.workspace import validate_slug
from accounts.pages import REFUSALS, sentences
from accounts.rules.installation import is_empty, set_up_installation

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SetUpForm(forms.Form):
    """A workspace and the person who runs it."""

    workspace_name = forms.CharField(label="Name of the workspace", max_length=200)
    slug = forms.CharField(
        label="Short name",
        max_length=63,
        validators=[validate_slug],
        help_text="In addresses: lower-case letters, digits and hyphens.",
    )
    time_zone = forms.ChoiceField(choices=[], initial="UTC", help_text="Days and weeks begin there.")
    name = forms.CharField(label="Your name", max_length=200)
    email = forms.EmailField(label="Your e-mail", help_text="You sign in with it; nothing is sent there.")
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )
    password_again = forms.CharField(strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(name, name) for name in sorted(zoneinfo.available_timezones())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        password = facts.get("password")
        if password and password != facts.pop("password_again", None):
            self.add_error("password_again", "The two passwords differ.")
        if password:
            self.check_password(password, User(email=facts.get("email", "")))
        return facts

    def check_password(self, password: str, user: User) -> None:
        """Whether it is good enough for this person."""
        try:
            validate_password(password, user)
        except ValidationError as fault:
            self.add_error("password", fault)


@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    """Make the first workspace and its owner's login; there is no second time."""
    if not is_empty():
        return redirect("home")
    form = SetUpForm(request.POST or None)
    if form.is_valid() and (user := begin(form)):
        login(request, user, backend=BACKEND)
        return redirect("home")
    return render(request, "accounts/setup.html", {"form": form})


def begin(form: SetUpForm) -> User | None:
    """Run the rule; a refusal goes onto the form."""
    try:
        return set_up_installation(**form.cleaned_data, at=real_now())
    except REFUSALS as refusal:
        form.add_error(None, sentences(refusal))
        return None
