"""What every page of the house shows, in the admin and the browsable API too."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from accounts.pages import visitor_of

register = template.Library()


@register.inclusion_tag("header.html", takes_context=True)
def house_header(context: dict[str, Any]) -> dict[str, Any]:
    """Brand, ways, workspace and login."""
    request: HttpRequest = context["request"]
    section = request.path.split("/")[1]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "signed_in": request.user.is_authenticated,
        "visitor": visitor_of(request),
        "section": section,
        "on_boards": request.path.startswith(("/actions/leaderboards/", "/actions/competitions/")),
    }
