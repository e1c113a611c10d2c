"""Which workspace a signed-in person is in."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import Member, User, Workspace
from accounts.models.member import member_workspaces

SESSION_KEY = "workspace"


def current_workspace(request: HttpRequest) -> Workspace | None:
    """The workspace the session holds, or the first she may enter; one she may no longer enter is forgotten."""
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return None
    mine = member_workspaces(user)
    chosen = request.session.get(SESSION_KEY)
    return (mine.filter(pk=chosen).first() if chosen else None) or mine.order_by("slug").first()


def current_membership(request: HttpRequest) -> tuple[Workspace | None, Member | None]:
    """The session's workspace and who she is there; a superuser may be nobody in it."""
    workspace = current_workspace(request)
    if workspace is None:
        return None, None
    members = Member.objects.of(workspace).active()
    return workspace, members.filter(user=request.user.pk).first()


def enter(request: HttpRequest, workspace: Workspace) -> None:
    """Choose the workspace of this session; the caller has checked that she may."""
    request.session[SESSION_KEY] = workspace.pk
