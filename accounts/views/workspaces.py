"""Which workspace a session is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models.member import member_workspaces
from accounts.pages import next_page, visitor_of
from accounts.sessions import enter

if TYPE_CHECKING:
    from accounts.models import User


@login_required
def workspaces(request: HttpRequest) -> HttpResponse:
    """Where she may go."""
    return render(request, "accounts/workspaces.html", {"visitor": visitor_of(request)})


@login_required
@require_POST
def choose_workspace(request: HttpRequest, slug: str) -> HttpResponse:
    """Go there."""
    workspace = member_workspaces(cast("User", request.user)).filter(slug=slug).first()
    if workspace is None:
        raise Http404("There is no such workspace.")
    enter(request, workspace)
    messages.success(request, f"You are in {workspace} now.")
    return redirect(next_page(request))
