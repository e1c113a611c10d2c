"""Empties a workspace."""

from __future__ import annotations

from accounts.callers import System
from accounts.models import Workspace
from actions.management.removals import RemovalCommand
from actions.rules.removal import reset_workspace


class Command(RemovalCommand):
    help = "Empty a workspace down to its members and keys, and give it the defaults of a new one."
    done = "{slug} is as new; its members and keys are still there."

    def remove(self, workspace: Workspace) -> dict[str, int]:
        return reset_workspace(workspace, actor=System("resetworkspace"), at=workspace.tick())
