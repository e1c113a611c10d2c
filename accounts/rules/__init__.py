"""Everything that happens to workspaces, members and keys."""

from __future__ import annotations

from accounts.rules.clocks import forward_clock, run_clock, set_clock, stop_clock
from accounts.rules.keys import create_key, find_key, note_use, revoke_key
from accounts.rules.people import create_login, create_member, update_member
from accounts.rules.workspaces import create_workspace

__all__ = [
    "create_key",
    "create_login",
    "create_member",
    "create_workspace",
    "find_key",
    "forward_clock",
    "note_use",
    "revoke_key",
    "run_clock",
    "set_clock",
    "stop_clock",
    "update_member",
]
