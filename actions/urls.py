"""Pages of the ledger for people."""

from __future__ import annotations

from django.urls import path, re_path

from accounts.views import docs, openapi
from actions import views

app_name = "actions"
urlpatterns = [
    path("", views.feed, name="home"),
    path("docs", docs, {"app": "actions"}, name="docs"),
    path("openapi.json", openapi, {"app": "actions"}, name="openapi"),
    path("news", views.news, name="news"),
    path("facts.csv", views.export, {"kind": "facts", "form": "csv"}, name="facts_csv"),
    path("facts.ndjson", views.export, {"kind": "facts", "form": "ndjson"}, name="facts_ndjson"),
    path("entries.csv", views.export, {"kind": "entries", "form": "csv"}, name="entries_csv"),
    path("entries.ndjson", views.export, {"kind": "entries", "form": "ndjson"}, name="entries_ndjson"),
    path("leaderboards/", views.leaderboards, name="leaderboards"),
    path("leaderboards/<slug:slug>/", views.leaderboard, name="leaderboard"),
    path("competitions/<int:pk>/", views.competition, name="competition"),
    path("performers/<int:pk>/", views.performer, name="performer"),
    path("welcome/<str:token>", views.welcome, name="welcome"),
    path("teams/<int:pk>/", views.team, name="team"),
    # Only what can be a ULID: all else is the API's.
    re_path(r"^(?P<ulid>[0-7][0-9A-HJKMNP-TV-Z]{25})/$", views.fact, name="fact"),
]
