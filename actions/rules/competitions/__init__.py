"""Competitions: planned, open, closing for some days of grace, closed for ever."""

from __future__ import annotations

from actions.rules.competitions.adjusting import Adjustment, adjustments
from actions.rules.competitions.planning import PrizeTerms, create_competition, edit_competition
from actions.rules.competitions.running import close_competition, end_competition, open_competition

__all__ = [
    "Adjustment",
    "PrizeTerms",
    "adjustments",
    "close_competition",
    "create_competition",
    "edit_competition",
    "end_competition",
    "open_competition",
]
