"""Pages of incidents for people, their documentation, and the document behind it."""

from __future__ import annotations

from django.urls import path

from accounts.views import docs, openapi
from incidents import views

app_name = "incidents"
urlpatterns = [
    path("", views.incidents, name="home"),
    path("INC-<int:number>", views.incident, name="incident"),
    path("INC-<int:number>/actions", views.add_action, name="add_action"),
    path("INC-<int:number>/actions/<str:ulid>/<slug:verb>", views.move_action, name="move_action"),
    path("docs", docs, {"app": "incidents"}, name="docs"),
    path("openapi.json", openapi, {"app": "incidents"}, name="openapi"),
]
