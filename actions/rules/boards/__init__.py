"""Boards: totals and standings that are kept while the ledger is written, and read by index."""

from __future__ import annotations

from actions.rules.boards.counting import count
from actions.rules.boards.lines import Around, Line, Page
from actions.rules.boards.reading import Standings, standings

__all__ = ["Around", "Line", "Page", "Standings", "count", "standings"]
