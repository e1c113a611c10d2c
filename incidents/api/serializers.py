"""What clients send and get, field by field; `incidents.api.rows` writes what is declared here."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import Body, RowId, Text, Word
from accounts.models import Member
from incidents import rules
from incidents.api.roles import BASE_ROLE, NAMES, TEAM_NAMES
from incidents.models import Action, Incident


class UserSerializer(Body):
    """A person as other objects show her."""

    id = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField([*sorted(BASE_ROLE.values()), "unset"])
    email = serializers.CharField(required=False)
    slack_user_id = serializers.CharField(required=False)


class NamedSerializer(Body):
    """An id and a name."""

    id = serializers.CharField()
    name = serializers.CharField()


class TitledSerializer(Body):
    """An id and a title."""

    id = serializers.CharField()
    title = serializers.CharField()


class ActorSerializer(Body):
    """Who made something: exactly one of the four."""

    alert = TitledSerializer(required=False)
    api_key = NamedSerializer(required=False)
    user = UserSerializer(required=False)
    workflow = NamedSerializer(required=False)


class ActionSerializer(Body):
    """An action of V2 and V3."""

    id = serializers.CharField()
    incident_id = serializers.CharField()
    creator = ActorSerializer()
    description = serializers.CharField()
    status = serializers.ChoiceField(Action.Status.values)
    assignee = UserSerializer(required=False)
    completed_at = serializers.DateTimeField(required=False)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


@extend_schema_field({"type": "integer", "format": "int64", "maximum": 250, "default": 25})
class PageSize(serializers.IntegerField):
    """How many rows a page may hold."""


class PageMetaSerializer(Body):
    """The size of a page, and where the next one starts when there may be one."""

    after = serializers.CharField(required=False)
    page_size = PageSize()


class ActionListSerializer(Body):
    """All actions."""

    actions = ActionSerializer(many=True)


class ActionPageSerializer(ActionListSerializer):
    """A page of actions."""

    pagination_meta = PageMetaSerializer()


class ActionResultSerializer(Body):
    """One action."""

    action = ActionSerializer()


class CreateActionSerializer(Body):
    """The body that creates an action."""

    incident_id = RowId(source="incident", queryset=Incident.objects.select_related("workspace"))
    description = Text(validators=[rules.check_description])
    assignee_id = RowId(
        source="assignee",
        queryset=Member.objects.of_app("incidents"),
        column="uid",
        required=False,
        allow_null=True,
        validators=[rules.check_assignee],
    )


class UpdateActionSerializer(Body):
    """The body that updates an action; a null assignee takes it from her."""

    assignee_id = RowId(
        source="assignee",
        queryset=Member.objects.of_app("incidents"),
        column="uid",
        required=False,
        allow_null=True,
        validators=[rules.check_assignee],
    )
    description = Text(validators=[rules.check_description])
    status = Word(Action.Status.values, validators=[rules.check_status])


class TeamSerializer(NamedSerializer):
    """A team a key belongs to."""


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
