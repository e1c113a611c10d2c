"""What rules raise beside Django's own ValidationError, PermissionDenied and ObjectDoesNotExist."""

from __future__ import annotations


class RuleError(Exception):
    """A refusal with a stable code; each dialect says it in its vendor's words."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or code


class Conflict(RuleError):
    """The request is fine but meets something that stands against it."""


class TooMany(RuleError):
    """A limit of the domain is reached."""
