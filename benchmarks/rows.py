"""A believable list of actions, the same on every database: row n of a workspace follows from n alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.ids import RANDOM_BITS, ulid_floor

START = datetime(2025, 1, 1, tzinfo=UTC)
# Not a whole second, so that every time has its microseconds.
STEP = timedelta(seconds=30, microseconds=7)
# An action is completed this long after it was created.
TAKES = timedelta(days=1)
# Twenty incidents are open at a time; they share this many rows, of which the first has 480 and the others 80.
BLOCK, OPEN, LONG = 2000, 20, 6
DESCRIPTION = "Tell the customers of shop {} that their orders of the last hour are safe and will be sent tomorrow"

COLUMNS = (
    "id", "workspace_id", "incident_id", "description", "status", "assignee_id", "completed_at", "completions",
    "mode", "is_real", "is_private", "creator_member_id", "creator_key_id", "created_at", "updated_at",
)  # fmt: skip


@dataclass
class Tenant:
    """A workspace with the rows that its actions point to, by primary key."""

    workspace: int
    members: list[int]
    keys: list[int]
    # One key sees everything (reader), one no private incidents (viewer), one writes (editor).
    tokens: dict[str, str]
    incidents: dict[int, UUID] = field(default_factory=dict)
    # Its next row.
    filled: int = 0


def created_at(n: int) -> datetime:
    """When row n was created."""
    return START + n * STEP


def action_id(tenant: Tenant, n: int) -> UUID:
    """The id of row n: its time, then bits that look random and differ between workspaces."""
    noise = ((n << 8 | tenant.workspace & 255) * 0x9E37_79B9_7F4A_7C15_F3) % (1 << RANDOM_BITS)
    return UUID(int=ulid_floor(created_at(n)) | noise)


def incident_of(n: int) -> int:
    """Which incident row n belongs to."""
    slot = n % (OPEN - 1 + LONG)
    return n // BLOCK * OPEN + max(0, slot - LONG + 1)


def incidents_of(first: int, until: int) -> set[int]:
    """The incidents that were open in the blocks these rows are of."""
    return set(range(first // BLOCK * OPEN, -(-until // BLOCK) * OPEN))


def mode_of(incident: int) -> str:
    """One in twenty is a test, which lists leave out."""
    return "test" if incident % OPEN == 7 else "standard"


def is_private(incident: int) -> bool:
    """One in ten is private."""
    return incident % OPEN in (3, 13)


def status_of(n: int) -> str:
    """Half are completed, some declined, few deleted."""
    return "completed" if n % 10 < 5 else "deleted" if n % 50 == 49 else "not_doing" if n % 10 == 9 else "outstanding"


def action_rows(tenant: Tenant, until: int) -> Iterator[tuple[Any, ...]]:
    """The rows a workspace lacks, in the order of `COLUMNS`; times are UTC without saying so."""
    members, keys = tenant.members, tenant.keys
    for n in range(tenant.filled, until):
        incident, status, created = incident_of(n), status_of(n), created_at(n)
        completed = created + TAKES if status == "completed" else None
        by_key = n % 7 in (2, 5)
        mode = mode_of(incident)
        yield (
            action_id(tenant, n).hex,
            tenant.workspace,
            tenant.incidents[incident].hex,
            DESCRIPTION.format(n),
            status,
            None if n % 5 == 3 else members[n % len(members)],
            completed and f"{completed:%Y-%m-%d %H:%M:%S.%f}",
            int(status == "completed"),
            mode,
            mode == "standard",
            is_private(incident),
            None if by_key else members[n // 3 % len(members)],
            keys[n % len(keys)] if by_key else None,
            f"{created:%Y-%m-%d %H:%M:%S.%f}",
            f"{completed or created:%Y-%m-%d %H:%M:%S.%f}",
        )
