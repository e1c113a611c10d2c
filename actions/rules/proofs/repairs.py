"""Rebuilding what is only a cache; facts and entries are never touched."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from django.db import connection, transaction

from accounts.models import Workspace
from actions.rules.proofs.statements import (
    CACHES,
    EARNED,
    ENTRY,
    HERE,
    INCOMING,
    OUTGOING,
    POINTS_EARNED,
    TALLIES,
    TALLY,
    UNTALLIED,
    WALLET,
)
from actions.rules.proofs.sums import halves, joined


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
TALLIES_MISSING = f"""
    INSERT INTO {TALLY} (action_id, workspace_id, points)
    SELECT action_id, %(workspace)s, {joined("earned")} FROM ({POINTS_EARNED}) sums
    WHERE action_id IN (SELECT action_id FROM ({UNTALLIED.sql}) wrong)
"""


@transaction.atomic
def rebuild(workspace: Workspace) -> dict[str, int]:
    """Write balances and points anew where entries say otherwise, and count them; nothing moves meanwhile."""
    values = {"workspace": workspace.pk}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            locked = f"SELECT id FROM {WALLET} WHERE {HERE} ORDER BY id FOR UPDATE"
            cursor.execute(f"SELECT COUNT(*) FROM ({locked}) wallets", values)
            cursor.execute(f"LOCK TABLE {ENTRY} IN SHARE MODE")
        rebuilt: dict[str, int] = {}
        for name, statement in [("wallets", WALLETS_AGAIN), ("points", TALLIES_AGAIN), ("points", TALLIES_MISSING)]:
            cursor.execute(statement, values)
            rebuilt[name] = rebuilt.get(name, 0) + cursor.rowcount
    return rebuilt
