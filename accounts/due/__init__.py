"""
Scheduled work: what a rule wants done later is a row, and a worker does it once, whatever happens to the worker.

A job is a function in an app's `schedule` room: `job("incidents.reminder")` registers it, `plan` says when, in the
time of the workspace, and `cancel` takes it back. It is called as `function(workspace, key, at=…, **payload)` in one
transaction with the mark that it is done. It must be short, and what it tells the world outside goes by the outbox.
"""

from __future__ import annotations

from accounts.due.outcomes import Outcome
from accounts.due.planning import cancel, plan, try_again
from accounts.due.registry import chore, job
from accounts.due.sweeping import PATIENCE, do_chores, forward, is_late, run_due, sweep

__all__ = [
    "PATIENCE",
    "Outcome",
    "cancel",
    "chore",
    "do_chores",
    "forward",
    "is_late",
    "job",
    "plan",
    "run_due",
    "sweep",
    "try_again",
]
