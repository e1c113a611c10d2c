"""Boards: totals and standings that are kept while the ledger is written, and read by index."""

from __future__ import annotations

from actions.rules.boards.changing import activate_board, change_board, create_board, deactivate_board
from actions.rules.boards.counting import count
from actions.rules.boards.lines import Around, Line, Page
from actions.rules.boards.reading import Standings, standings
from actions.rules.boards.recounting import progress, recount
from actions.rules.boards.showing import show_or_hide

__all__ = [
    "Around",
    "Line",
    "Page",
    "Standings",
    "activate_board",
    "change_board",
    "count",
    "create_board",
    "deactivate_board",
    "progress",
    "recount",
    "show_or_hide",
    "standings",
]
