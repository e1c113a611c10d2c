"""What the address book says of analytics; a personal key acts as its member, within its scopes."""

from __future__ import annotations

from accounts.addressbook import Book
from analytics.models import Project

NOUNS = ("action", "event", "feature_flag", "insight", "organization", "person", "project", "query", "user")
READ = tuple(f"{noun}:read" for noun in NOUNS)
WORDS = ("*", *READ, *(f"{noun}:write" for noun in NOUNS))
PERSONAL = True
# The words that open a workspace's own settings, its clock among them; any of these sets.
SETTINGS = (frozenset({"*"}),)
SECRETS = {"token", "read_token"}


def addresses(book: Book) -> dict[str, str | int]:
    """A key for everything and one that only reads, and the public token of the first project."""
    project = Project.objects.of(book.workspace).earliest("id")
    return {
        "token": book.token("analytics", "everything", ["*"], member=book.admin),
        "read_token": book.token("analytics", "read only", READ, member=book.member),
        "project_token": project.api_token,
        "project_id": project.pk,
    }
