"""Where the mail to somebody new leads: she says that the address is hers, and chooses a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.pages import REFUSALS, sentences
from actions.models import Performer
from actions.rules.welcoming import accept_welcome, welcomed


class PasswordForm(forms.Form):
    """A password, for whoever has none yet."""

    password = forms.CharField(
        strip=False, max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


@never_cache
@sensitive_post_parameters()
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link that works once; nothing happens until a button is pressed, as mail scanners follow links."""
    performer = owner_of(token)
    form: Any = None if performer.password else PasswordForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            password = form.cleaned_data["password"] if form else None
            accept_welcome(token, password=password, at=performer.workspace.tick())
        except REFUSALS as refusal:
            if form is None:
                raise Http404("This link was used.") from refusal
            form.add_error("password", sentences(refusal))
        else:
            return page(request, performer, done=True)
    return page(request, performer, form=form, status=422 if form and form.errors else 200)


def owner_of(token: str) -> Performer:
    """Whose link it is; one that is too old, used or made up is not there."""
    try:
        return welcomed(token)
    except Performer.DoesNotExist:
        raise Http404("This link is too old, or was used.") from None


def page(request: HttpRequest, performer: Performer, *, status: int = 200, **facts: Any) -> HttpResponse:
    """The page, for somebody who is not signed in here and never need be."""
    context = facts | {"performer": performer, "workspace": performer.workspace}
    response = render(request, "actions/welcome.html", context, status=status)
    # What stands in the address may not travel on in a Referer.
    response["Referrer-Policy"] = "no-referrer"
    return response
