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
TOKEN_LASTS = timedelta(days=2)
# How many tokens a client has at once.
MOST_TOKENS = 50
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
    client: Key | None = None,
    dialect: str = "",
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
        client=client,
        dialect=dialect,
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
        key.tokens.filter(revoked_at=None).update(revoked_at=at)
        key.save(update_fields=["revoked_at"])
    return key


@transaction.atomic
def create_token(client: Key, *, at: datetime, words: Iterable[str]) -> tuple[Key, str]:
    """A token for an OAuth client, good for two days; the oldest give way to it."""
    client = Key.objects.select_for_update().get(pk=client.pk)
    old = client.tokens.order_by("-pk").values_list("pk", flat=True)[MOST_TOKENS - 1 :]
    Key.objects.filter(pk__in=list(old)).delete()
    return create_key(
        client.workspace,
        client.app,
        kind=Key.Kind.TOKEN,
        name=client.name,
        member=client.member,
        words=words,
        limit=client.limit,
        at=at,
        expires_at=at + TOKEN_LASTS,
        client=client,
        dialect=client.dialect,
    )


def has_expired(app: str, token: str, *, at: datetime) -> bool:
    """Whether a token was good until it expired."""
    if not (token.isascii() and token.isprintable()):
        return False
    rows = Key.objects.filter(app=app, prefix=token[:PREFIX_LENGTH], revoked_at=None, expires_at__lte=at)
    return any(hmac.compare_digest(kept, digest(token)) for kept in rows.values_list("digest", flat=True))
