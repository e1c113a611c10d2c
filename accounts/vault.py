"""Secrets that must be read again to be used, such as those that sign webhooks: kept encrypted in the database."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from accounts.keeping import kept_secret

KEY = "vault_key"


class Unreadable(Exception):
    """It was locked with another key: the data folder was lost or exchanged."""


def lock(secret: str) -> str:
    """A secret as the database keeps it."""
    return _fernet(settings.ACTA_DATA / KEY).encrypt(secret.encode()).decode()


def unlock(locked: str) -> str:
    """The secret again."""
    try:
        return _fernet(settings.ACTA_DATA / KEY).decrypt(locked.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(f"The key in {KEY} of the data folder does not open it.") from error


@lru_cache(maxsize=8)
def _fernet(path: Path) -> Fernet:
    """Whoever first needs the key makes it; an installation without webhooks has none."""
    return Fernet(urlsafe_b64encode(sha256(kept_secret(path).encode()).digest()))
