"""A small API of the tests' own whose vendor has idempotency keys in a header."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.idempotency import IdempotentView
from accounts.api.neutral.dialect import NeutralDialect
from accounts.errors import Conflict, TooMany
from accounts.models import Counter

REFUSALS: dict[str, type[Exception]] = {"conflict": Conflict, "too many": TooMany, "error": ArithmeticError}


class TallyDialect(NeutralDialect):
    """With `Idempotency-Key`."""

    idempotency_header = "Idempotency-Key"


class TallyView(IdempotentView):
    """Each POST counts one more, and then answers or fails as its body says."""

    dialect = TallyDialect()
    schema = None  # type: ignore[assignment]

    def get(self, request: Request) -> Response:
        """Count as well, which no GET should."""
        return self.post(request)

    def post(self, request: Request) -> Response:
        """One more."""
        body: Any = request.data
        number = Counter.draw(self.caller.workspace, "tally")
        if "raises" in body:
            raise REFUSALS[body["raises"]](body["raises"])
        headers = {"Location": f"/tally/{number}", "X-Other": "not kept"}
        return Response({"number": number}, body.get("status", 201), headers=headers)


urlpatterns = [path("tally", TallyView.as_view()), path("other", TallyView.as_view())]
