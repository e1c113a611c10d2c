"""Routes of an API: with and without the trailing slash, never a redirect."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, re_path

from accounts.api.views import DialectView, UnknownPath

ANYTHING = r"[\s\S]*"


def route(where: str, view: type[DialectView], actions: dict[str, str] | None = None, **facts: Any) -> list[URLPattern]:
    """A path and its twin with a slash; only the first is described in OpenAPI. `facts` are attributes of the view."""
    chosen: tuple[Any, ...] = (actions,) if actions else ()
    return [
        path(where, view.as_view(*chosen, **facts)),
        path(f"{where}/", view.as_view(*chosen, **{**facts, "schema": None})),
    ]


def unknown(view: type[UnknownPath], segments: str) -> URLPattern:
    """The catch-all under an API's first segments, a regular expression of words."""
    # A line break in a path is a letter like any other; Django cannot reverse a table with flags in it.
    return re_path(rf"^(?:{segments})(?:/{ANYTHING})?$", view.as_view())
