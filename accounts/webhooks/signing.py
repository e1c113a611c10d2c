"""How receivers know that a message is ours and whole: one strategy per convention."""

from __future__ import annotations

import hmac
import secrets
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime


class Signing(ABC):
    """A convention: what a secret looks like, and which headers it gives a message."""

    @abstractmethod
    def new_secret(self) -> str:
        """A secret, as its receiver is told."""

    @abstractmethod
    def headers(self, message_id: str, body: bytes, keys: Iterable[str], *, at: datetime) -> dict[str, str]:
        """Headers of one attempt at a real time; during a rotation there are two keys, the newer first."""


class StandardWebhooks(Signing):
    """Standard Webhooks, as Svix and incident.io sign: HMAC-SHA256 over id, seconds and the raw body."""

    PREFIX = "whsec_"

    def new_secret(self) -> str:
        return self.PREFIX + b64encode(secrets.token_bytes(24)).decode()

    def headers(self, message_id: str, body: bytes, keys: Iterable[str], *, at: datetime) -> dict[str, str]:
        seconds = str(int(at.timestamp()))
        signed = f"{message_id}.{seconds}.".encode() + body
        return {
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": " ".join(f"v1,{self._sign(key, signed)}" for key in keys),
        }

    def _sign(self, key: str, signed: bytes) -> str:
        return b64encode(hmac.digest(b64decode(key.removeprefix(self.PREFIX)), signed, "sha256")).decode()
