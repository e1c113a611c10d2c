"""Boards: totals and standings that are kept while the ledger is written, and read by index."""

from __future__ import annotations

from actions.rules.boards.counting import count

__all__ = ["count"]
