"""The first workspace of an empty installation, and the person who runs it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.callers import System
from accounts.errors import Conflict
from accounts.models import Member, User, Workspace
from accounts.rules.people import create_login, create_member
from accounts.rules.workspaces import create_workspace


def is_empty() -> bool:
    """Whether nobody has set this installation up."""
    return not User.objects.exists() and not Workspace.objects.exists()


@transaction.atomic
def set_up_installation(
    *, slug: str, workspace_name: str, time_zone: str, name: str, email: str, password: str, at: datetime
) -> User:
    """Make a workspace and its owner, who sees every later one too; of two who try at once, one wins."""
    # A row that every migrated database has, and nobody else ever locks.
    ContentType.objects.select_for_update().get(app_label="accounts", model="user")
    if not is_empty():
        raise Conflict("already_set_up", "Somebody was faster: this installation is set up.")
    workspace = create_workspace(slug, name=workspace_name, time_zone=time_zone, at=at)
    owner = create_member(
        workspace, name=name, email=email, role=Member.Role.OWNER, actor=System("set-up"), at=workspace.tick()
    )
    return create_login(owner, password=password, superuser=True)
