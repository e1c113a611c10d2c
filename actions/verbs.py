"""What the ledger is told by its own doors: the API, imports, and people in the admin."""

from __future__ import annotations

from actions import ledger

RECORDED = ledger.verb("api.action.recorded", "recorded {subject}")
IMPORTED = ledger.verb("import.action.recorded", "imported {subject}")
ENTERED = ledger.verb("admin.action.recorded", "entered {subject}")
OURS = {verb.source: verb for verb in (RECORDED, IMPORTED, ENTERED)}


def verb_of(source: str) -> ledger.Verb:
    """How it was told; a client that names a source of its own came through the API."""
    return OURS.get(source, RECORDED)
