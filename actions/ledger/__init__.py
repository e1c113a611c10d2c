"""The door to the ledger: all that the other apps may import of `actions`."""

from __future__ import annotations

from actions.ledger.cancelling import cancel
from actions.ledger.posting import Balance, balance, post, totals
from actions.ledger.ranking import standings
from actions.ledger.recording import record
from actions.ledger.signals import cancelled, recorded
from actions.ledger.spending import hold, settle, spend
from actions.ledger.verbs import Verb, verb
from actions.rules.seals import unsealed

__all__ = [
    "Balance",
    "Verb",
    "balance",
    "cancel",
    "cancelled",
    "hold",
    "post",
    "record",
    "recorded",
    "settle",
    "spend",
    "standings",
    "totals",
    "unsealed",
    "verb",
]
