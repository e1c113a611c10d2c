"""Where a person finds a page, said to a program."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request


def page_url(request: Request, path: str) -> str:
    """The address of a page: on the door the request came through, or on the base host when that has no pages."""
    raw = request._request
    if raw.door.app:  # type: ignore[attr-defined]
        return f"{settings.ACTA_BASE_URL}{path}"
    return raw.build_absolute_uri(path)
