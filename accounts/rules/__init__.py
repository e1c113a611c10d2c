"""Everything that happens to workspaces, members, keys and webhooks."""

from __future__ import annotations

from accounts.rules.clocks import forward_clock, run_clock, set_clock, stop_clock
from accounts.rules.keys import create_key, find_key, note_use, revoke_key
from accounts.rules.messages import replay_message
from accounts.rules.people import create_login, create_member, update_member
from accounts.rules.webhooks import (
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    rotate_secret,
    send_test_event,
    update_endpoint,
)
from accounts.rules.workspaces import create_workspace

__all__ = [
    "create_endpoint",
    "create_key",
    "create_login",
    "create_member",
    "create_workspace",
    "disable_endpoint",
    "enable_endpoint",
    "find_key",
    "forward_clock",
    "note_use",
    "replay_message",
    "revoke_key",
    "rotate_secret",
    "run_clock",
    "send_test_event",
    "set_clock",
    "stop_clock",
    "update_endpoint",
    "update_member",
]
