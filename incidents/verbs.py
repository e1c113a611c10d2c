"""What incidents tells the ledger."""

from __future__ import annotations

from actions import ledger

ACTION_COMPLETED = ledger.verb(
    "incidents.action.completed",
    "completed {subject}",
    type="incident-action-completed",
    key="action:{id}:completed:{occurrence}",
)
FOLLOW_UP_COMPLETED = ledger.verb(
    "incidents.follow_up.completed",
    "completed {subject}",
    type="incident-follow-up-completed",
    key="follow_up:{id}:completed:{occurrence}",
)
