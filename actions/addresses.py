"""What the address book says of actions: a long-lived key, and a client that fetches tokens as Igni's plugin does."""

from __future__ import annotations

from accounts.addressbook import Book
from accounts.models import Key

WORDS = tuple(f"{noun}:{right}" for noun in ("actions", "users", "wallets") for right in ("read", "write"))
PERSONAL = False
# The words that open a workspace's own settings, its clock among them; any of these sets.
SETTINGS = (frozenset(WORDS),)
SECRETS = {"token", "client_secret"}


def addresses(book: Book) -> dict[str, str]:
    """A key and an OAuth client, both with all scopes."""
    client, secret = book.key("actions", "OAuth client", WORDS, kind=Key.Kind.CLIENT)
    return {
        "token": book.token("actions", "all scopes", WORDS),
        "client_id": client.ulid,
        "client_secret": secret,
    }
