"""The base host: pages and the admin; then for every app its pages, its documentation, its API."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.admin import site
from accounts.health import healthz, readyz
from actions.views import front

urlpatterns = [
    path("", front, name="home"),
    path("", include("accounts.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", site.urls),
    path("", include("accounts.api.neutral.urls")),
    # Pages redirect to their slash, although no API does.
    *[path(name, RedirectView.as_view(url=f"/{name}/")) for name in ("admin", *settings.ACTA_APPS)],
    path("actions/", include("actions.urls")),
    path("actions/", include("actions.api.urls")),
    path("incidents/", include("incidents.urls")),
    path("incidents/", include("incidents.api.urls")),
    path("cadences/", include("cadences.urls")),
    path("cadences/", include("cadences.api.urls")),
    path("analytics/", include("analytics.urls")),
    path("analytics/", include("analytics.api.urls")),
    path("gamification/", include("gamification.urls")),
    path("gamification/", include("gamification.api.urls")),
]
