"""Endpoints of Nudj's integration API v2, under any prefix or host."""

from __future__ import annotations

from django.urls import path

from accounts.api.unbuilt import unbuilt

urlpatterns = [
    path("", unbuilt, {"app": "gamification"}),
    path("<path:rest>", unbuilt, {"app": "gamification"}),
]
