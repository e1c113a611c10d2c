"""Deletes a workspace."""

from __future__ import annotations

from accounts.callers import System
from accounts.models import Workspace
from actions.management.removals import RemovalCommand
from actions.rules.removal import delete_workspace


class Command(RemovalCommand):
    help = "Delete a workspace with everything in it, and the logins that lead nowhere else."
    done = "Deleted the workspace {slug}."

    def remove(self, workspace: Workspace) -> dict[str, int]:
        return delete_workspace(workspace, actor=System("deleteworkspace"))
