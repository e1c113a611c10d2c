"""incident.io's paths; works under any prefix or host."""

from __future__ import annotations

from accounts.api.urls import ANYTHING, route, unknown
from incidents.api import views

LIST = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "put": "update", "delete": "destroy"}

urlpatterns = [
    *route("v1/identity", views.IdentityView),
    *route("v1/openapiV3.json", views.DescriptionView),
    *route("v2/actions", views.ActionV2ViewSet, LIST),
    *route("v2/actions/<str:pk>", views.ActionV2ViewSet, ONE),
    *route("v3/actions", views.ActionV3ViewSet, LIST),
    *route("v3/actions/<str:pk>", views.ActionV3ViewSet, ONE),
    unknown(views.Unknown, "v1|v2|v3"),
]
# Behind a host of its own the API answers whatever is asked.
everything_else = [unknown(views.Unknown, ANYTHING)]
