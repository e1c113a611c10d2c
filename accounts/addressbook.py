"""The address book: where a workspace's doors are, and the credentials that open them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils.crypto import get_random_string

from accounts.clock import real_now
from accounts.models import Key, Member, User, Workspace
from accounts.rules import create_key, find_key, revoke_key
from accounts.rules.workspaces import rooms

Page = dict[str, Any]
# Keys of the book are known by this, so that a new book can close those of the last.
MARK = "Address book: "


@dataclass(frozen=True)
class Book:
    """What an app's `addresses` room needs to make its keys."""

    workspace: Workspace
    admin: Member
    member: Member
    at: datetime

    def key(self, app: str, name: str, words: Iterable[str] = (), **facts: Any) -> tuple[Key, str]:
        """A key of an app and its token."""
        return create_key(self.workspace, app, name=MARK + name, words=words, at=self.at, actor=self.admin, **facts)

    def token(self, app: str, name: str, words: Iterable[str] = (), **facts: Any) -> str:
        """Only the token."""
        return self.key(app, name, words, **facts)[1]


def address_rooms() -> dict[str, ModuleType]:
    """The `addresses` room of each app: `WORDS` a key may hold, `SETTINGS`, `PERSONAL`, and `addresses(book)`."""
    found = {cast("ModuleType", room).__name__.partition(".")[0]: room for room in rooms("addresses")}
    return {app: cast("ModuleType", found[app]) for app in settings.ACTA_APPS if app in found}


def base_pages(workspace: Workspace) -> Page:
    """The part of the book that holds no secret."""
    url = settings.ACTA_BASE_URL
    pages: Page = {"workspace": workspace.slug, "base_url": url, "admin": {"url": f"{url}/admin/"}}
    return pages | {app: {"url": f"{url}/{app}"} for app in address_rooms()}


@transaction.atomic
def make_keys(book: Book) -> Page:
    """New keys for every app, by app; those of a former book are revoked."""
    for key in Key.objects.of(book.workspace).usable(real_now()).filter(name__startswith=MARK):
        revoke_key(key, at=book.at)
    return {app: room.addresses(book) for app, room in address_rooms().items()}


def make_password(user: User) -> str:
    """A new random password, which nobody can read again."""
    password = get_random_string(16)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def bind(workspace: Workspace, login: Page, keys: Page) -> Page:
    """The whole book; addresses follow the settings of today, whatever an earlier book says."""
    pages = base_pages(workspace)
    for name, secrets_of in {"admin": login, **{app: keys[app] for app in address_rooms()}}.items():
        pages[name] = pages[name] | secrets_of | pages[name]
    return pages


def new_book(book: Book) -> Page:
    """A book for a workspace that never had one; its admin has a login."""
    user = cast("User", book.admin.user)
    return bind(book.workspace, {"email": user.email, "password": make_password(user)}, make_keys(book))


def login_works(pages: Page, user: User) -> bool:
    """Whether a book's login is this one and still opens."""
    login = pages.get("admin", {})
    return login.get("email") == user.email and user.check_password(login.get("password", ""))


def keys_work(pages: Page, workspace: Workspace) -> bool:
    """Whether every secret of a book still opens its app, and the book has all that a new one would."""
    now = real_now()
    for app, room in address_rooms().items():
        page = pages.get(app, {})
        if not room.SECRETS.issubset(page):
            return False
        found = [find_key(app, page[name], at=now) for name in room.SECRETS]
        if not all(key and key.workspace_id == workspace.pk for key in found):
            return False
    return True


def write_book(path: Path, pages: Page) -> None:
    """Put a book in place whole, readable by its owner alone."""
    text = json.dumps(pages, indent=2) + "\n"
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def read_book(path: Path) -> Page:
    """A book as it was written; an unreadable one is none."""
    try:
        pages = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return pages if isinstance(pages, dict) else {}


def for_people(pages: Page) -> str:
    """A book's first page, to read and to paste from."""
    url, admin, incidents = pages["base_url"], pages["admin"], pages["incidents"]
    return "\n".join(
        [
            f"  Pages   {url}/",
            f"  Admin   {admin['url']}   {admin['email']}   {admin['password']}",
            f"  Try     curl -H 'Authorization: Bearer {incidents['token']}' \\",
            f"            '{incidents['url']}/v3/actions?page_size=1'",
        ]
    )
