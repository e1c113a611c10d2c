"""incident.io's way of talking: bearer keys, typed errors with a request id, token buckets told on every answer."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar

from rest_framework.request import Request

from accounts.api.buckets import Allowance
from accounts.api.dialect import Dialect
from accounts.api.refusals import Fault, Refusal
from accounts.clock import real_now
from accounts.models import Member
from incidents.api.errors import ErrorResponseSerializer
from incidents.roles import ROLES_OF_MEMBER, scopes_of

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "resource_forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    413: "payload_too_large",
    422: "validation_error",
    429: "too_many_requests",
    500: "api_error",
}
# The vendor's code where it is the same for every error of a status.
CODES = {
    400: "invalid_request",
    403: "missing_permissions",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    413: "payload_too_large",
    429: "too_many_requests",
    500: "internal_error",
}
TOO_MANY = (
    "You have sent more requests than this key's rate limit allows. Wait as long as Retry-After says, then go on."
)


class IncidentDialect(Dialect):
    """incident.io v1, v2 and v3."""

    app = "incidents"
    capacity: ClassVar[int] = 1200
    refill: ClassVar[float] = 20.0
    error_serializer = ErrorResponseSerializer

    def roles_of(self, member: Member) -> frozenset[str]:
        """A signed-in member's roles."""
        return ROLES_OF_MEMBER[member.role]

    # A handful of sets of roles exist, and every request asks.
    scopes_of = staticmethod(lru_cache(maxsize=1024)(scopes_of))

    def envelope(self, refusal: Refusal, request: Request) -> dict[str, Any]:
        """One shape for every 4xx and 5xx."""
        status = refusal.status
        body: dict[str, Any] = {
            "type": TYPES.get(status, "invalid_request_error"),
            "status": status,
            "request_id": getattr(request, "request_id", ""),
            "errors": [self._error(fault, status) for fault in refusal.faults],
        }
        allowance = getattr(request.parser_context["view"], "allowance", None)
        if allowance is not None and not allowance.allowed:
            body["rate_limit"] = self._rate_limit(allowance, request.user)
            body["errors"] = [{"code": "too_many_requests", "message": TOO_MANY}]
        return body

    def _error(self, fault: Fault, status: int) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self._code(fault, status), "message": fault.message}
        if fault.path:
            # Clients read both or die; the pointer is into the body, or names the query parameter.
            pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in fault.path)
            error["source"] = {"field": fault.path[-1], "pointer": pointer}
        return error

    def _code(self, fault: Fault, status: int) -> str:
        if status == 422:
            return "is_required" if fault.code == "required" else "invalid_value"
        return CODES.get(status, fault.code)

    def _rate_limit(self, allowance: Allowance, caller: Any) -> dict[str, Any]:
        retry_at = real_now().replace(microsecond=0) + timedelta(seconds=max(1, math.ceil(allowance.wait)))
        return {
            "name": caller.key.name,
            "limit": allowance.capacity,
            "remaining": allowance.remaining,
            "retry_after": retry_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        """The binding quota, then each with its window; Reset is when the bucket is full again."""
        limit, remaining = allowance.capacity, allowance.remaining
        return {
            "X-RateLimit-Limit": f"{limit}, {limit};window={round(limit / allowance.refill)}",
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Used": str(limit - remaining),
            "X-RateLimit-Reset": str(math.ceil(real_now().timestamp() + allowance.full_in)),
        }
