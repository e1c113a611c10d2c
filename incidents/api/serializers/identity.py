"""Which key this is."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers import Body
from incidents.api.serializers.common import TeamSerializer
from incidents.roles import NAMES, TEAM_NAMES


class IdentityDetailSerializer(Body):
    """Which key this is."""

    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(NAMES))
    dashboard_url = serializers.CharField()
    teams = TeamSerializer(many=True)
    team_roles = serializers.ListField(child=serializers.ChoiceField(TEAM_NAMES))


class IdentitySerializer(Body):
    """Which key this is, wrapped."""

    identity = IdentityDetailSerializer()
