"""JSON for programs, pages for people."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request

from accounts.api.pages import Page

__all__ = ["JSON", "Negotiation", "Page", "accepted"]


class JSON(BaseRenderer):
    """JSON by orjson; times are UTC and end in `Z`."""

    media_type = "application/json"
    format = "json"
    charset = None
    options = orjson.OPT_UTC_Z

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        """The bytes of a body; nothing at all for None."""
        return b"" if data is None else orjson.dumps(data, option=self.options)


def accepted(request: HttpRequest) -> list[str]:
    """The media types a client takes, in its order, without parameters and without those at q=0."""
    found = []
    for part in (request.META.get("HTTP_ACCEPT") or "*/*").split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not any(p.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for p in parameters):
            found.append(media_type)
    return found


class Negotiation(BaseContentNegotiation):
    """A page for a person who asks for one, JSON for everybody else, 406 for what is neither."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Bodies are read by `BoundedRequest`; there is nothing to choose."""
        return parsers[0] if parsers else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The renderer and its media type."""
        view = request.parser_context["view"]
        program = renderers[0]
        if view.wants_page(request):
            page = next((r for r in renderers if isinstance(r, BrowsableAPIRenderer)), program)
            return page, page.media_type
        family = program.media_type.partition("/")[0] + "/*"
        if not {"*/*", family, program.media_type} & set(accepted(request._request)):
            raise NotAcceptable(f"This API answers {program.media_type}.")
        return program, program.media_type
