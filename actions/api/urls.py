"""Endpoints of Igni, under any prefix or host."""

from __future__ import annotations

from django.urls import path

from accounts.api.unbuilt import unbuilt

urlpatterns = [
    path("", unbuilt, {"app": "actions"}),
    path("<path:rest>", unbuilt, {"app": "actions"}),
]
