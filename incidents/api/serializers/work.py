"""Actions and follow-ups, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import Body, RowId, Text, Word
from accounts.models import Member
from incidents import rules
from incidents.api.serializers.common import ActorSerializer, PageMetaSerializer, TeamSerializer, UserSerializer
from incidents.api.serializers.later import IssueSerializer, IssueV1Serializer, RankedSerializer
from incidents.models import Incident, Work


def incident_id() -> RowId:
    """An incident the caller may see."""
    return RowId(source="incident", queryset=Incident.objects.select_related("workspace"))


def assignee_id() -> RowId:
    """Somebody who can be given work; null takes it from her."""
    people = Member.objects.of_app("incidents")
    checks: list[Any] = [rules.check_assignee]
    return RowId(source="assignee", queryset=people, column="uid", required=False, allow_null=True, validators=checks)


class ActionSerializer(Body):
    """An action of V2 and V3."""

    id = serializers.CharField()
    incident_id = serializers.CharField()
    creator = ActorSerializer()
    description = serializers.CharField()
    status = serializers.ChoiceField(Work.Status.values)
    assignee = UserSerializer(required=False)
    completed_at = serializers.DateTimeField(required=False)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


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

    incident_id = incident_id()
    description = Text(validators=[rules.check_description])
    assignee_id = assignee_id()


class UpdateActionSerializer(Body):
    """The body that updates an action; a null assignee takes it from her."""

    assignee_id = assignee_id()
    description = Text(validators=[rules.check_description])
    status = Word(Work.Status.values, validators=[rules.check_status])


class FollowUpSerializer(Body):
    """A follow-up of V2."""

    id = serializers.CharField()
    incident_id = serializers.CharField()
    creator = ActorSerializer()
    title = serializers.CharField()
    description = serializers.CharField(required=False)
    status = serializers.ChoiceField(Work.Status.values)
    labels = serializers.ListField(child=serializers.CharField())
    priority = RankedSerializer(required=False)
    assignee = UserSerializer(required=False)
    assignee_team = TeamSerializer(required=False)
    external_issue_reference = IssueSerializer(required=False)
    completed_at = serializers.DateTimeField(required=False)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FollowUpListSerializer(Body):
    """All follow-ups."""

    follow_ups = FollowUpSerializer(many=True)


class FollowUpResultSerializer(Body):
    """One follow-up."""

    follow_up = FollowUpSerializer()


class FollowUpV3Serializer(FollowUpSerializer):
    """A follow-up of V3."""

    category = RankedSerializer(required=False)


class FollowUpPageSerializer(Body):
    """A page of follow-ups."""

    follow_ups = FollowUpV3Serializer(many=True)
    pagination_meta = PageMetaSerializer()


class FollowUpV3ResultSerializer(Body):
    """One follow-up of V3."""

    follow_up = FollowUpV3Serializer()


class Nothing(serializers.CharField):
    """The id of something no workspace has yet: whatever is given names nothing; null is nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True, write_only=True)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not None and data is not serializers.empty:
            raise serializers.ValidationError("There is no such row.", code="invalid")
        raise serializers.SkipField()


class FollowUpFieldsSerializer(Body):
    """What may be said of a follow-up beside its title."""

    assignee_id = assignee_id()
    assignee_team_id = Nothing()
    follow_up_category_id = Nothing()
    follow_up_priority_option_id = Nothing()
    description = Text(required=False, allow_blank=True)
    labels = serializers.ListField(child=Text(max_length=255), required=False, validators=[rules.check_labels])
    title = Text(validators=[rules.check_title])


class CreateFollowUpSerializer(FollowUpFieldsSerializer):
    """The body that creates a follow-up."""

    incident_id = incident_id()
    external_issue_reference_id = Nothing()


class UpdateFollowUpSerializer(FollowUpFieldsSerializer):
    """The body that updates a follow-up; a null assignee takes it from her."""

    status = Word(Work.Status.values, validators=[rules.check_status])


class ActionV1Serializer(Body):
    """An action or a follow-up as V1 has both."""

    id = serializers.CharField()
    incident_id = serializers.CharField()
    status = serializers.ChoiceField(Work.Status.values)
    follow_up = serializers.BooleanField()
    description = serializers.CharField(required=False)
    assignee = UserSerializer(required=False)
    external_issue_reference = IssueV1Serializer(required=False)
    completed_at = serializers.DateTimeField(required=False)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ActionV1ListSerializer(Body):
    """All actions and follow-ups."""

    actions = ActionV1Serializer(many=True)


class ActionV1ResultSerializer(Body):
    """One action or follow-up."""

    action = ActionV1Serializer()
