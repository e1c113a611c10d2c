"""Rebuilding what is only a cache; facts and entries are never touched."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from django.db import connection, transaction

from accounts.models import Workspace
from actions.rules.numbers import hold_numbers
from actions.rules.proofs.recounts import recount_wrong
from actions.rules.proofs.statements import ACTION, CACHES, ENTRY, INCOMING, OUTGOING, WALLET
from actions.rules.proofs.tallies import (
    EARNED,
    MEMBERSHIP,
    MOMENT,
    POINTS_EARNED,
    TALLIES,
    TALLY,
    TEAMS,
    UNTALLIED,
    WORTH,
    WORTHS,
)
from actions.rules.sums import halves, joined


def _summed(where: str, sign: str = "") -> str:
    return f"(SELECT {sign}{joined('total')} FROM (SELECT {halves('total')} FROM {ENTRY} e WHERE {where}) sums)"


ITS = f"e.workspace_id = {WALLET}.workspace_id AND e.wallet_id = {WALLET}.id"
WALLETS_AGAIN = f"""
    UPDATE {WALLET} SET posted = {_summed(f"{ITS} AND status = 'posted'")},
        incoming = {_summed(f"{ITS} AND {INCOMING}")}, outgoing = {_summed(f"{ITS} AND {OUTGOING}", "-")}
    WHERE id IN (SELECT id FROM ({CACHES.sql}) wrong)
"""
FOR_IT = f"e.workspace_id = {TALLY}.workspace_id AND e.action_id = {TALLY}.action_id"
TALLIES_AGAIN = f"""
    UPDATE {TALLY} SET points = {_summed(f"{FOR_IT} AND {EARNED}")}
    WHERE action_id IN (SELECT action_id FROM ({TALLIES.sql}) wrong)
"""
WORTHS_AGAIN = f"""
    UPDATE {TALLY} SET worth = (SELECT {WORTH} FROM {ACTION} a WHERE a.id = {TALLY}.action_id)
    WHERE action_id IN (SELECT action_id FROM ({WORTHS.sql}) wrong)
"""
TEAM_THEN = f"""
    SELECT m.team_id FROM {MEMBERSHIP} m WHERE m.workspace_id = a.workspace_id AND m.performer_id = a.performer_id
        AND m.since <= {MOMENT} AND (m.until IS NULL OR m.until > {MOMENT}) ORDER BY m.since DESC LIMIT 1
"""
TEAMS_AGAIN = f"""
    UPDATE {TALLY} SET team_id = (SELECT ({TEAM_THEN}) FROM {ACTION} a WHERE a.id = {TALLY}.action_id)
    WHERE action_id IN (SELECT action_id FROM ({TEAMS.sql}) wrong)
"""
TALLIES_MISSING = f"""
    INSERT INTO {TALLY} (action_id, workspace_id, points, worth, team_id)
    SELECT a.id, a.workspace_id, COALESCE({joined("earned")}, 0), {WORTH}, ({TEAM_THEN})
    FROM {ACTION} a LEFT JOIN ({POINTS_EARNED}) sums ON sums.action_id = a.id
    WHERE a.id IN (SELECT action_id FROM ({UNTALLIED.sql}) wrong)
"""
STATEMENTS = [
    ("wallets", WALLETS_AGAIN),
    ("points", TALLIES_AGAIN),
    ("points", WORTHS_AGAIN),
    ("points", TEAMS_AGAIN),
    ("points", TALLIES_MISSING),
]


@transaction.atomic
def rebuild(workspace: Workspace) -> dict[str, int]:
    """Write what is wrong anew, and count it; nothing moves meanwhile, for the counter is ours."""
    values = {"workspace": workspace.pk}
    hold_numbers(workspace.pk)
    with connection.cursor() as cursor:
        rebuilt: dict[str, int] = {}
        for name, statement in STATEMENTS:
            cursor.execute(statement, values)
            rebuilt[name] = rebuilt.get(name, 0) + cursor.rowcount
    return rebuilt | recount_wrong(workspace)
