"""What the address book says of gamification; a token acts as its member, in the admin area by its role."""

from __future__ import annotations

from accounts.addressbook import Book

WORDS = ("Viewer", "Moderator", "Manager", "Admin", "SuperAdmin")
PERSONAL = True
# The words that open a workspace's own settings, its clock among them; any of these sets.
SETTINGS = (frozenset({"Admin"}), frozenset({"SuperAdmin"}))
SECRETS = {"token", "member_token"}


def addresses(book: Book) -> dict[str, str]:
    """A token with the highest role, and one of a plain member."""
    return {
        "token": book.token("gamification", "admin", ["SuperAdmin"], member=book.admin),
        "member_token": book.token("gamification", "member", member=book.member),
    }
