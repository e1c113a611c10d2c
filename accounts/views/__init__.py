"""Server-rendered pages of the house: its front door, login, set-up, and the choice of a workspace."""

from __future__ import annotations

from accounts.views.documents import docs, openapi
from accounts.views.front import home
from accounts.views.logins import Login, change_password, logout
from accounts.views.setup import set_up
from accounts.views.workspaces import choose_workspace, workspaces

__all__ = [
    "Login",
    "change_password",
    "choose_workspace",
    "docs",
    "home",
    "logout",
    "openapi",
    "set_up",
    "workspaces",
]
