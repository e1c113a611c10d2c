"""What the address book says of cadences; a key acts as its member and may what she may."""

from __future__ import annotations

from accounts.addressbook import Book

WORDS = ()
PERSONAL = True
# The words that open a workspace's own settings, its clock among them; none, as a key may what its member may.
SETTINGS = (frozenset[str](),)
SECRETS = {"token", "member_token"}


def addresses(book: Book) -> dict[str, str]:
    """A key of the admin and one of a plain member."""
    return {
        "token": book.token("cadences", "admin", member=book.admin),
        "member_token": book.token("cadences", "member", member=book.member),
    }
