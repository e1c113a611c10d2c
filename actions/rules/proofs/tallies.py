"""Every fact has a tally, and it says what entries, value and memberships say."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from actions.amounts import POINTS
from actions.models import Tally, TeamMembership
from actions.rules.proofs.statements import ACTION, ENTRY, HERE, Proof
from actions.rules.sums import differs, halves

TALLY, MEMBERSHIP = (model._meta.db_table for model in (Tally, TeamMembership))
EARNED = f"status = 'posted' AND currency = '{POINTS}'"
# The least number there is; written in one piece it would not be an integer to SQLite.
WORTH = "COALESCE(a.value, -9223372036854775807 - 1)"

POINTS_EARNED = f"""
    SELECT action_id, {halves("earned")} FROM {ENTRY} WHERE {HERE} AND action_id IS NOT NULL AND {EARNED}
    GROUP BY action_id
"""
TALLIES = Proof(
    "points",
    "Fact {seq} is said to have earned {points} points; its entries say otherwise.",
    f"""
    SELECT a.seq, t.action_id, t.points FROM {TALLY} t JOIN {ACTION} a ON a.id = t.action_id
    LEFT JOIN ({POINTS_EARNED}) s ON s.action_id = t.action_id
    WHERE t.{HERE} AND {differs("earned", "t.points")}
    """,
    ("points",),
)
UNTALLIED = Proof(
    "untallied",
    "Fact {seq} has no tally.",
    f"""
    SELECT a.seq, a.id AS action_id FROM {ACTION} a LEFT JOIN {TALLY} t ON t.action_id = a.id
    WHERE a.{HERE} AND t.action_id IS NULL
    """,
)
WORTHS = Proof(
    "worth",
    "Fact {seq} is sorted by another value than its own.",
    f"""
    SELECT a.seq, t.action_id FROM {TALLY} t JOIN {ACTION} a ON a.id = t.action_id
    WHERE t.{HERE} AND t.worth <> {WORTH}
    """,
)

# Whoever joins or leaves at the very moment of a fact may have done so just before or just after it.
MOMENT = "CASE WHEN a.taken_at < a.created_at THEN a.taken_at ELSE a.created_at END"
HERS = f"SELECT 1 FROM {MEMBERSHIP} m WHERE m.workspace_id = a.workspace_id AND m.performer_id = a.performer_id"
TEAMS = Proof(
    "team",
    "Fact {seq} is said to be of a team its performer was not in then.",
    f"""
    SELECT a.seq, t.action_id FROM {TALLY} t JOIN {ACTION} a ON a.id = t.action_id
    WHERE t.{HERE} AND (
        t.team_id IS NOT NULL AND NOT EXISTS ({HERS} AND m.team_id = t.team_id
            AND m.since <= {MOMENT} AND (m.until IS NULL OR m.until >= {MOMENT}))
        OR t.team_id IS NULL AND EXISTS ({HERS} AND m.since < {MOMENT} AND (m.until IS NULL OR m.until > {MOMENT})))
    """,
)

PROOFS = [TALLIES, UNTALLIED, WORTHS, TEAMS]
