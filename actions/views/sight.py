"""What a person may read of facts: what is private stays with those who run the workspace."""

from __future__ import annotations

from django.conf import settings

from accounts.pages import Visitor

# A fact whose source says `private` in its meta, or that an app she does not use has told.
UNREAD = "Something private"


def may_read(visitor: Visitor, source: str, private: object) -> bool:
    """Whether the words of a fact are for her; that it was done, and what it earned, everybody may know."""
    if private and not visitor.may_administer:
        return False
    return source not in settings.ACTA_APPS or visitor.uses(source)
