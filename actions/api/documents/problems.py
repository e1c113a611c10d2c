"""What is wrong with a request, as error objects: every one has a status, a stable code and at most one source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.api.refusals import Fault, QueryFault

TITLES = {
    "action_type_inactive": "Action type is not active",
    "client_id_not_allowed": "Id cannot be chosen",
    "duplicate_email": "Address is taken",
    "duplicate_external_id": "Already recorded",
    "duplicate_id": "Id is taken",
    "id_mismatch": "Id differs from the address",
    "idempotency_in_progress": "Request is under way",
    "idempotency_key_reused": "Idempotency key reused",
    "immutable_attribute": "Cannot change",
    "insufficient_funds": "Not enough in the wallet",
    "internal_error": "Internal error",
    "invalid": "Invalid value",
    "invalid_document": "Invalid document",
    "invalid_fields": "Invalid fields",
    "invalid_filter": "Invalid filter",
    "invalid_include": "Invalid include path",
    "invalid_json": "Invalid JSON",
    "invalid_page": "Invalid page",
    "invalid_query_parameter": "Invalid query parameter",
    "invalid_sort": "Invalid sort field",
    "invalid_transition": "State cannot change so",
    "method_not_allowed": "Method not allowed",
    "missing_scope": "Missing scope",
    "not_acceptable": "Not acceptable",
    "not_authenticated": "Authentication required",
    "not_found": "Not found",
    "parameter_not_declared": "Parameter is not declared",
    "payload_too_large": "Body too large",
    "related_not_found": "Related resource not found",
    "required": "Missing member",
    "throttled": "Too many requests",
    "token_expired": "Token expired",
    "type_mismatch": "Type does not belong here",
    "unsupported_media_type": "Unsupported media type",
    "unsupported_operation": "Operation is not supported",
}
# The status of a code wherever one is raised by name.
STATUSES = {
    **dict.fromkeys(("client_id_not_allowed", "immutable_attribute", "missing_scope", "unsupported_operation"), 403),
    **dict.fromkeys(("not_found", "related_not_found"), 404),
    **dict.fromkeys(("type_mismatch", "id_mismatch", "duplicate_id", "duplicate_external_id", "duplicate_email"), 409),
    **dict.fromkeys(("insufficient_funds", "idempotency_in_progress", "invalid_transition"), 409),
    "unsupported_media_type": 415,
    **dict.fromkeys(("idempotency_key_reused", "action_type_inactive", "parameter_not_declared"), 422),
}


@dataclass(frozen=True)
class Problem(Fault):
    """One error object."""

    status: int = 400
    source: dict[str, str] = field(default_factory=dict)


def problem(code: str, message: str, **source: str) -> Problem:
    """A problem by its code, with the pointer, parameter or header it lies in."""
    return Problem(code, message, status=STATUSES.get(code, 400), source=source)


class Refused(QueryFault):
    """A request that is refused, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(problems)
        super().__init__(list(found))
        self.status_code = overall(one.status for one in found)


def overall(statuses: Iterable[int]) -> int:
    """The status of all together: theirs if they agree; a right that is missing before a mistake."""
    found = set(statuses)
    if len(found) == 1:
        return found.pop()
    return 403 if 403 in found else 400


def refuse(code: str, message: str, **source: str) -> Refused:
    """A refusal for one reason."""
    return Refused([problem(code, message, **source)])
