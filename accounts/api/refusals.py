"""One way to be refused, before any vendor's words for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import exceptions as django
from django.http import Http404
from rest_framework import exceptions as drf

from accounts.errors import Conflict, TooMany

CODES = {"required": "required", "null": "required", "blank": "required", "empty": "required"}


@dataclass(frozen=True)
class Fault:
    """One thing wrong: a code, a sentence, and the path to it in the body or the query."""

    code: str
    message: str
    path: tuple[str, ...] = ()
    query: bool = False


@dataclass(frozen=True)
class Refusal:
    """A refused request: its status, every fault at once, and the headers that belong to it."""

    status: int
    faults: list[Fault]
    headers: dict[str, str] = field(default_factory=dict)


class PayloadTooLarge(drf.APIException):
    """A body beyond the dialect's limit, before or after inflation."""

    status_code = 413
    default_code = "payload_too_large"
    default_detail = "The body is larger than this API accepts."


class QueryFault(drf.APIException):
    """Query parameters that cannot be understood; a list of faults."""

    status_code = 422

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("Invalid query parameters.")
        self.faults = faults


def refusal_of(exc: Exception) -> Refusal | None:
    """What an exception says, or None when it is nobody's fault but ours."""
    match exc:
        case QueryFault():
            return Refusal(exc.status_code, exc.faults)
        case drf.ValidationError():
            return Refusal(422, list(_drf_faults(exc.detail)))
        case django.ValidationError():
            return Refusal(422, list(_django_faults(exc)))
        case drf.APIException():
            return _api_refusal(exc)
        case Http404() | django.ObjectDoesNotExist():
            return Refusal(404, [Fault("not_found", "There is no such resource.")])
        case django.PermissionDenied():
            return Refusal(403, [Fault("permission_denied", str(exc) or "You may not do this.")])
        case django.SuspiciousOperation():
            return Refusal(400, [Fault("invalid_request", "The request cannot be understood.")])
        case Conflict():
            return Refusal(409, [Fault(exc.code, exc.message)])
        case TooMany():
            return Refusal(429, [Fault(exc.code, exc.message)])
    return None


def _api_refusal(exc: drf.APIException) -> Refusal:
    headers = {}
    if isinstance(exc, drf.Throttled) and (wait := vars(exc).get("wait")):
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    detail = exc.detail
    code = getattr(detail, "code", exc.default_code)
    return Refusal(exc.status_code, [Fault(str(code), str(detail))], headers)


def _drf_faults(detail: Any, path: tuple[str, ...] = ()) -> Iterator[Fault]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _drf_faults(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _drf_faults(inner, (*path, str(index)) if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield Fault(CODES.get(code, code), str(detail), path)


def _django_faults(exc: django.ValidationError) -> Iterator[Fault]:
    named = exc.error_dict if hasattr(exc, "error_dict") else {"": exc.error_list}
    for name, errors in named.items():
        path = () if name in ("", django.NON_FIELD_ERRORS) else (name,)
        for error in errors:
            yield Fault(CODES.get(error.code or "", error.code or "invalid"), " ".join(error.messages), path)
