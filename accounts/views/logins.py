"""Signing in and out by Django's own views, slowed down for whoever guesses."""

from __future__ import annotations

import math
from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy

from accounts.api.buckets import Allowance, buckets
from accounts.models.member import fold_email

# Attempts in a row, and how many come back each second: an address may be a whole office, an account is one person.
BY_ADDRESS = (30, 1 / 10)
BY_ACCOUNT = (10, 1 / 60)


def allow_attempt(request: HttpRequest) -> Allowance:
    """Take one attempt from the address and from the account; whichever is empty refuses."""
    address = buckets().take(f"login:address:{request.META.get('REMOTE_ADDR', '')}", *BY_ADDRESS)
    if not address.allowed:
        return address
    account = fold_email(request.POST.get("username", ""))[:254]
    return buckets().take(f"login:account:{account}", *BY_ACCOUNT)


class Login(LoginView):
    """The login page."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowance = allow_attempt(request)
        return super().post(request, *args, **kwargs) if allowance.allowed else self.refuse(math.ceil(allowance.wait))

    def refuse(self, wait: int) -> HttpResponse:
        """The form again, unread, and when to come back."""
        form = AuthenticationForm(self.request)
        context = self.get_context_data(form=form, refused=f"Too many attempts. Try again in {wait} seconds.")
        return self.render_to_response(context, status=429, headers={"Retry-After": str(wait)})


class ChangePassword(PasswordChangeView):
    """Her own password."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)


change_password = ChangePassword.as_view()
logout = LogoutView.as_view()
