"""Igni's way of talking: JSON:API documents, bearer tokens, scopes, and two dialects of one document."""

from __future__ import annotations

import math
from typing import Any, ClassVar
from uuid import uuid4

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts.api.authentication import BearerKey, PageSession, bearer_token
from accounts.api.buckets import Allowance, buckets
from accounts.api.dialect import Dialect
from accounts.api.refusals import Fault, Refusal
from accounts.api.renderers import JSON, Page
from accounts.callers import Caller
from accounts.clock import real_now
from accounts.models import Key, Member
from accounts.rules.keys import has_expired
from actions.addresses import WORDS
from actions.api.documents.negotiation import MEDIA_TYPE
from actions.api.documents.problems import TITLES, Problem
from actions.api.documents.reading import parse_document
from actions.api.documents.writing import JSONAPI

STRICT, IGNI = "strict", "igni"
READS = frozenset(word for word in WORDS if word.endswith(":read"))
SCOPES_OF_MEMBER = {
    Member.Role.OWNER: frozenset(WORDS),
    Member.Role.ADMIN: frozenset(WORDS),
    Member.Role.MEMBER: READS | {"actions:write"},
    Member.Role.VIEWER: READS,
}
# Codes and sources where a status says it all.
CODES = {
    400: "invalid_document",
    401: "not_authenticated",
    403: "missing_scope",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "invalid_transition",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "throttled",
    500: "internal_error",
}
OWN = {
    "parse_error": (400, "invalid_json", {"pointer": ""}),
    "token_expired": (401, "token_expired", {"header": "Authorization"}),
    "idempotency_key_invalid": (400, "invalid", {"header": "Idempotency-Key"}),
    "idempotency_key_reused": (422, "idempotency_key_reused", {"header": "Idempotency-Key"}),
    "idempotency_in_progress": (409, "idempotency_in_progress", {"header": "Idempotency-Key"}),
}
HEADERS = {401: "Authorization", 403: "Authorization", 406: "Accept", 415: "Content-Type"}


class Json(JSON):
    """A document, by its one name."""

    media_type = MEDIA_TYPE


class BearerToken(BearerKey):
    """A key or a token of an OAuth client; on a workspace's own host only those of that workspace."""

    def authenticate(self, request: Request) -> tuple[Caller, Key] | None:
        """The caller a token stands for."""
        try:
            found = super().authenticate(request)
        except AuthenticationFailed as error:
            token = bearer_token(request._request) or ""
            code = "token_expired" if has_expired("actions", token, at=real_now()) else "not_authenticated"
            raise AuthenticationFailed("No valid bearer token.", code=code) from error
        if found is not None:
            self.check(found[1], request._request.door.workspace)  # type: ignore[attr-defined]
        return found

    def check(self, key: Key, workspace: str) -> None:
        """A client's secret only fetches tokens, and a host is one workspace's."""
        if key.kind == Key.Kind.CLIENT or (workspace and key.workspace.slug != workspace):
            raise AuthenticationFailed("No valid bearer token.", code="not_authenticated")


class IgniDialect(Dialect):
    """Igni, version 1."""

    app = "actions"
    authentication_classes: ClassVar[list[type[BaseAuthentication]]] = [BearerToken, PageSession]
    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [Json, Page]
    idempotency_header = "Idempotency-Key"

    def parse_body(self, raw: bytes) -> Any:
        """A document, with exact decimals."""
        return parse_document(raw)

    def roles_of(self, member: Member) -> frozenset[str]:
        """A signed-in member's scopes."""
        return SCOPES_OF_MEMBER[Member.Role(member.role)]

    def scopes_of(self, words: frozenset[str]) -> frozenset[str]:
        """A key's words are its scopes."""
        return words

    def idempotency_credential(self, caller: Any) -> Key | None:
        """A client's, whichever of its tokens it uses."""
        key: Key | None = getattr(caller, "key", None)
        return key.client if key is not None and key.client_id else key

    def take(self, caller: Caller) -> Allowance | None:
        """Charge the client where a token is one of its many."""
        key = caller.key
        if key is None:
            return None
        capacity = key.limit or self.capacity
        return buckets().take(f"{self.app}:{key.client_id or key.pk}", capacity, capacity * self.refill / self.capacity)

    def speaks_igni(self, caller: Any) -> bool:
        """Which of the two dialects: what the key says, else Igni's own for tokens."""
        key: Key | None = getattr(caller, "key", None)
        if key is None:
            return False
        return (key.dialect or (IGNI if key.kind == Key.Kind.TOKEN else STRICT)) == IGNI

    def envelope(self, refusal: Refusal, request: Request) -> dict[str, Any]:
        """An error document."""
        return {"jsonapi": JSONAPI, "errors": [self._error(fault, refusal.status) for fault in refusal.faults]}

    def _error(self, fault: Fault, status: int) -> dict[str, Any]:
        code, source = CODES.get(status, "invalid"), {}
        if isinstance(fault, Problem):
            status, code, source = fault.status, fault.code, fault.source
        elif fault.code in OWN:
            status, code, source = OWN[fault.code]
        elif status in HEADERS:
            source = {"header": HEADERS[status]}
        error = {
            "id": str(uuid4()),
            "status": str(status),
            "code": code,
            "title": TITLES.get(code, "Refused"),
            "detail": fault.message,
        }
        return error | ({"source": source} if source else {})

    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        """What is left of a bucket, and in how many seconds it is full again."""
        return {
            "RateLimit-Limit": str(allowance.capacity),
            "RateLimit-Remaining": str(allowance.remaining),
            "RateLimit-Reset": str(math.ceil(allowance.full_in)),
        }
