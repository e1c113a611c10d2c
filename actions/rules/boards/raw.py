"""
Facts and entries as moves, in SQL: what totals are proven by and counted again from.

It says the same as `moves`: a fact counts for the team of its tally; an entry for that too if it went to whoever did
the fact, else for the team its performer was in at the time of the fact, or when it took effect if there is none. What
is yet to happen counts for the team she is in when it is written.
"""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from actions.models import Action, Entry, Tally, TeamMembership

ACTION, ENTRY, TALLY, STAY = (model._meta.db_table for model in (Action, Entry, Tally, TeamMembership))
THEN = "COALESCE(a.taken_at, e.effective_at)"
MOMENT = f"CASE WHEN {THEN} < e.created_at THEN {THEN} ELSE e.created_at END"


def facts(where: str = "") -> str:
    """Facts somebody did; of those taken back only the time is left."""
    return f"""
        SELECT a.performer_id, t.team_id, a.type_id, '' AS currency, a.day, a.taken_at AS at,
            CASE WHEN a.cancelled_at IS NULL THEN COALESCE(a.value, 0) ELSE 0 END AS amount,
            CASE WHEN a.cancelled_at IS NULL THEN 1 ELSE 0 END AS actions
        FROM {ACTION} a LEFT JOIN {TALLY} t ON t.action_id = a.id
        WHERE a.workspace_id = %(workspace)s AND a.performer_id IS NOT NULL{where}
    """


def entries(where: str = "") -> str:
    """Entries that are posted."""
    return f"""
        SELECT e.performer_id, CASE WHEN a.performer_id = e.performer_id THEN t.team_id ELSE m.team_id END AS team_id,
            a.type_id, e.currency, e.day, e.effective_at AS at, e.amount, 0 AS actions
        FROM {ENTRY} e
        LEFT JOIN {ACTION} a ON a.id = e.action_id
        LEFT JOIN {TALLY} t ON t.action_id = e.action_id
        LEFT JOIN {STAY} m ON m.workspace_id = e.workspace_id AND m.performer_id = e.performer_id
            AND m.since <= {MOMENT} AND (m.until IS NULL OR m.until > {MOMENT})
        WHERE e.workspace_id = %(workspace)s AND e.status = 'posted'{where}
    """
