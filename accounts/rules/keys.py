"""Credentials: made, found, noted as used, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.callers import Actor
from accounts.ids import new_ulid
from accounts.models import Key, Member, Workspace

PREFIX_LENGTH = 12
USE_NOTED_EVERY = timedelta(minutes=1)
LETTERS = string.ascii_letters + string.digits


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


# Tokens look as the vendor's do, so that clients and secret scanners know them.
TOKENS: dict[str, Callable[[], str]] = {
    "incidents": lambda: f"inc_{secrets.token_hex(32)}",
    "cadences": lambda: f"ak{secrets.token_hex(32)}",
    "analytics": lambda: f"phx_{_letters(43)}",
    "gamification": lambda: _letters(48),
    "actions": lambda: f"act_{secrets.token_hex(32)}",
}


def digest(token: str) -> str:
    """What is kept of a token; its 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def create_key(
    workspace: Workspace,
    app: str,
    *,
    name: str,
    at: datetime,
    words: Iterable[str] = (),
    member: Member | None = None,
    kind: str = Key.Kind.KEY,
    limit: int | None = None,
    expires_at: datetime | None = None,
    actor: Actor | None = None,
) -> tuple[Key, str]:
    """A key and its token, which nobody can read again."""
    token = TOKENS[app]()
    key = Key(
        workspace=workspace,
        app=app,
        kind=kind,
        name=name,
        member=member,
        words=list(words),
        uid=new_ulid(at),
        prefix=token[:PREFIX_LENGTH],
        digest=digest(token),
        limit=limit,
        expires_at=expires_at,
        created_at=at,
    )
    key.full_clean()
    key.save()
    return key, token


def find_key(app: str | None, token: str, *, at: datetime) -> Key | None:
    """The usable key of an app, or of any, that a token opens at a real time."""
    # No token of ours has anything else, and PostgreSQL takes no NUL.
    if not (token.isascii() and token.isprintable()):
        return None
    found = digest(token)
    key: Key
    keys = Key.objects.usable(at).filter(prefix=token[:PREFIX_LENGTH], **{"app": app} if app else {})
    for key in keys.select_related("workspace", "member"):
        if hmac.compare_digest(key.digest, found):
            return key
        if key.grace_until and at < key.grace_until and hmac.compare_digest(key.grace_digest, found):
            return key
    return None


def note_use(key: Key, *, at: datetime) -> None:
    """Remember that a key was used, to the minute."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USE_NOTED_EVERY)
    Key.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def revoke_key(key: Key, *, at: datetime) -> Key:
    """Close a key for ever; revoking it twice changes nothing."""
    key = Key.objects.get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
    return key
