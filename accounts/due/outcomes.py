"""What came of a thing that fell due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Outcome:
    """One thing, tried once."""

    workspace: str
    job: str
    key: str
    due_at: datetime
    error: str = ""

    def __str__(self) -> str:
        what = f"{self.job} {self.key} of {self.workspace}, due {self.due_at:%Y-%m-%dT%H:%M:%SZ}"
        return f"{what}: failed, {self.error}" if self.error else f"{what}: done"
