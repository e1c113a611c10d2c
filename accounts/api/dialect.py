"""The base of every dialect: what all vendors' APIs must say, each in its own words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts.api.authentication import BearerKey, PageSession
from accounts.api.bodies import parse_json
from accounts.api.buckets import Allowance, buckets
from accounts.api.refusals import Refusal
from accounts.api.renderers import JSON, Page
from accounts.callers import Caller
from accounts.models import Key, Member

MEBIBYTE = 1 << 20


class Dialect(ABC):
    """How one vendor talks: credentials, rights, limits, errors. A subclass says what differs."""

    app: ClassVar[str]
    challenge: ClassVar[str] = "Bearer"
    body_limit: ClassVar[int] = MEBIBYTE
    authentication_classes: ClassVar[list[type[BaseAuthentication]]] = [BearerKey, PageSession]
    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [JSON, Page]
    # How OpenAPI describes a refusal, and which ones every operation may answer.
    error_serializer: ClassVar[Any] = None
    error_statuses: ClassVar[tuple[int, ...]] = (400, 401, 403, 404, 405, 406, 409, 413, 422, 429, 500)
    # The header of idempotency keys, where the vendor has one; heeded by views that are an `IdempotentView`.
    idempotency_header: ClassVar[str] = ""
    # Requests in a burst, and how many a second come back.
    capacity: ClassVar[int] = 1200
    refill: ClassVar[float] = 20.0

    def parse_body(self, raw: bytes) -> Any:
        """What a body says; JSON, unless a vendor's say otherwise."""
        return parse_json(raw)

    @abstractmethod
    def roles_of(self, member: Member) -> frozenset[str]:
        """The vendor's roles of a signed-in member."""

    @abstractmethod
    def scopes_of(self, words: frozenset[str]) -> frozenset[str]:
        """What a key's words allow."""

    @abstractmethod
    def envelope(self, refusal: Refusal, request: Request) -> dict[str, Any]:
        """The body of a refusal."""

    def idempotency_credential(self, caller: Any) -> Key | None:
        """Whose idempotency keys a caller's are; people in a browser have none."""
        return getattr(caller, "key", None)

    def take(self, caller: Caller) -> Allowance | None:
        """Charge a request to the caller's bucket; people in a browser have none."""
        if caller.key is None:
            return None
        capacity = caller.key.limit or self.capacity
        return buckets().take(f"{self.app}:{caller.key.pk}", capacity, capacity * self.refill / self.capacity)

    @abstractmethod
    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        """What the vendor says of a bucket on every answer."""
