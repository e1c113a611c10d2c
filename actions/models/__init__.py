"""The ledger's nouns: performers, facts, wallets, and the seal on what was done."""

from __future__ import annotations

from actions.models.acts import Acted, ActorKind
from actions.models.facts import Action, ActionQuerySet, ActionType, Detail, Tally
from actions.models.performers import Identity, Performer, PerformerQuerySet
from actions.models.seals import Seal
from actions.models.wallets import CounterAccount, Entry, EntryQuerySet, Wallet

__all__ = [
    "Acted",
    "Action",
    "ActionQuerySet",
    "ActionType",
    "ActorKind",
    "CounterAccount",
    "Detail",
    "Entry",
    "EntryQuerySet",
    "Identity",
    "Performer",
    "PerformerQuerySet",
    "Seal",
    "Tally",
    "Wallet",
]
