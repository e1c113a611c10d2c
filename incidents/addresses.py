"""What the address book says of incidents; keys belong to the organisation and hold roles."""

from __future__ import annotations

from accounts.addressbook import Book
from incidents.roles import NAMES

WORDS = NAMES
PERSONAL = False
# The words that open a workspace's own settings, its clock among them; any of these sets.
SETTINGS = (frozenset({"manage_settings"}),)
SECRETS = {"token", "viewer_token"}


def addresses(book: Book) -> dict[str, str]:
    """A key with every role, and one that only looks."""
    return {
        "token": book.token("incidents", "all roles", NAMES),
        "viewer_token": book.token("incidents", "viewer", ["viewer"]),
    }
