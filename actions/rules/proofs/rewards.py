"""What rules paid: once for each action, by a version there was, and what is held has somebody who will post it."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from accounts.models import Due
from actions.models import RewardRule
from actions.rules.proofs.statements import ACCOUNT, ACTION, ENTRY, HERE, Proof
from actions.rules.settlements import SETTLE

RULE, DUE = RewardRule._meta.db_table, Due._meta.db_table
BY_RULE = f"""
    {ENTRY} e JOIN {ACCOUNT} c ON c.id = e.account_id AND c.kind = 'issued' AND c.name = e.rule
    JOIN {RULE} r ON r.workspace_id = e.workspace_id AND r.slug = e.rule
"""

TWICE = Proof(
    "paid_twice",
    "The rule {rule} paid {times} times for fact {seq} to performer {performer_id}.",
    f"""
    SELECT a.seq, e.rule, e.performer_id, COUNT(*) AS times FROM {BY_RULE} JOIN {ACTION} a ON a.id = e.action_id
    WHERE e.{HERE} AND e.reverses_id IS NULL AND e.status <> 'voided'
    GROUP BY a.seq, e.rule, e.performer_id, e.currency HAVING COUNT(*) > 1
    """,
)
VERSIONS = Proof(
    "version",
    "Entry {id} was priced by version {version} of the rule {rule}, which there never was.",
    f"""
    SELECT e.id, e.rule, e.version FROM {BY_RULE}
    WHERE e.{HERE} AND (e.version IS NULL OR e.version < 1 OR e.version > r.version)
    """,
)
UNPLANNED = Proof(
    "unplanned",
    "Entry {id} waits for the end of a period, and nothing is planned that will post it.",
    f"""
    SELECT e.id FROM {ENTRY} e WHERE e.{HERE} AND e.status = 'pending' AND e.settles_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM {DUE} d WHERE d.workspace_id = e.workspace_id AND d.job = '{SETTLE}'
            AND d.ended_at IS NULL AND d.due_at = e.settles_at)
    """,
)

PROOFS = [TWICE, VERSIONS, UNPLANNED]
