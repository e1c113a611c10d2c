"""An app's OpenAPI document, and Swagger over it from local files."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.api.schema import describe, root_of
from accounts.views.front import SPEAKS


@cache
def described(app: str) -> dict[str, Any]:
    """The document, made once a process."""
    return describe(app)


@require_safe
def openapi(request: HttpRequest, app: str) -> HttpResponse:
    """The document, with this door as its server."""
    here = {
        "info": {"title": SPEAKS[app][0], "version": "Acta"},
        "servers": [{"url": request.build_absolute_uri(f"/{app}{root_of(app)}")}],
    }
    return HttpResponse(orjson.dumps(described(app) | here), content_type="application/json")


@require_safe
def docs(request: HttpRequest, app: str) -> HttpResponse:
    """Every operation, described and to be tried out."""
    return render(request, "api/docs.html", {"app": app, "document": reverse(f"{app}:openapi")})
