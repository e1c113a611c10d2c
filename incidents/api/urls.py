"""incident.io's paths; works under any prefix or host."""

from __future__ import annotations

from accounts.api.urls import ANYTHING, route, unknown
from incidents.api.views import incidents, settings, utilities, work

LIST = {"get": "list"}
SHOW = {"get": "retrieve"}
WRITE = {"get": "list", "post": "create"}
ONE = {"get": "retrieve", "put": "update", "delete": "destroy"}

urlpatterns = [
    *route("v1/identity", utilities.IdentityView),
    *route("v1/openapiV3.json", utilities.DescriptionView),
    *route("v1/actions", work.ActionV1ViewSet, LIST),
    *route("v1/actions/<str:pk>", work.ActionV1ViewSet, SHOW),
    *route("v2/actions", work.ActionV2ViewSet, WRITE),
    *route("v2/actions/<str:pk>", work.ActionV2ViewSet, ONE),
    *route("v3/actions", work.ActionV3ViewSet, WRITE),
    *route("v3/actions/<str:pk>", work.ActionV3ViewSet, ONE),
    *route("v2/follow_ups", work.FollowUpV2ViewSet, WRITE),
    *route("v2/follow_ups/<str:pk>", work.FollowUpV2ViewSet, ONE),
    *route("v3/follow_ups", work.FollowUpV3ViewSet, WRITE),
    *route("v3/follow_ups/<str:pk>", work.FollowUpV3ViewSet, ONE),
    *route("v2/incidents", incidents.IncidentViewSet, WRITE),
    *route("v2/incidents/<str:pk>", incidents.IncidentViewSet, SHOW),
    *route("v2/incidents/<str:pk>/actions/edit", incidents.IncidentViewSet, {"post": "edit"}),
    *route("v2/incident_updates", incidents.IncidentUpdateViewSet, WRITE),
    *route("v1/severities", settings.SeverityViewSet, WRITE),
    *route("v1/severities/<str:pk>", settings.SeverityViewSet, ONE),
    *route("v1/incident_statuses", settings.StatusViewSet, WRITE),
    *route("v1/incident_statuses/<str:pk>", settings.StatusViewSet, ONE),
    *route("v1/incident_types", settings.TypeViewSet, LIST),
    *route("v1/incident_types/<str:pk>", settings.TypeViewSet, SHOW),
    *route("v2/incident_roles", settings.RoleViewSet, WRITE),
    *route("v2/incident_roles/<str:pk>", settings.RoleViewSet, ONE),
    *route("v2/incident_timestamps", settings.TimestampViewSet, LIST),
    *route("v2/incident_timestamps/<str:pk>", settings.TimestampViewSet, SHOW),
    *route("v2/users", settings.UserViewSet, LIST),
    *route("v2/users/<str:pk>", settings.UserViewSet, SHOW),
    unknown(utilities.Unknown, "v1|v2|v3"),
]
# Behind a host of its own the API answers whatever is asked.
everything_else = [unknown(utilities.Unknown, ANYTHING)]
