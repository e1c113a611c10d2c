"""Our own API, for the base host alone."""

from __future__ import annotations

from accounts.api.neutral.views import ClockView, Unknown
from accounts.api.urls import route, unknown

urlpatterns = [
    *route("api/clock", ClockView),
    unknown(Unknown, "api"),
]
