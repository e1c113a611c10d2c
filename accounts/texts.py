"""Text as it is compared and searched."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Text in which case and compatible characters no longer differ, the same for both databases."""
    return unicodedata.normalize("NFKC", text).casefold()
