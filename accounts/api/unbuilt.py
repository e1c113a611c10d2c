"""The honest answer of an API that is not there yet."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def unbuilt(request: HttpRequest, app: str, rest: str = "") -> JsonResponse:
    """Say, to every method and path, that nothing here is built."""
    message = f"The {app} API is not built yet."
    response = JsonResponse({"error": {"code": "not_built", "message": message}}, status=501)
    # It is an answer, and no event for the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
