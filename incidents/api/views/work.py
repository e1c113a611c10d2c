"""Actions and follow-ups, in every version."""

from __future__ import annotations

from heapq import merge
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.lists import AfterPageMixin, StreamMixin
from accounts.api.views import WorkspaceViewSet
from accounts.ids import parse_ulid
from accounts.sketches import page, sketch
from incidents import rules
from incidents.api.dialect import IncidentDialect
from incidents.api.filters import (
    ActionFilterV1,
    ActionFilterV2,
    ActionFilterV3,
    FollowUpFilterV2,
    FollowUpFilterV3,
)
from incidents.api.rows import work as rows
from incidents.api.serializers import work as wire
from incidents.api.views.base import NounViewSet, described
from incidents.models import Action, FollowUp

SUNSET = "Thu, 31 Dec 2026 00:00:00 GMT"


class ActionViewSet(NounViewSet):
    """Actions, the same rows in every version."""

    queryset = Action.objects.all()
    noun, collection = "action", "actions"
    write_row = staticmethod(rows.action)
    scopes = {
        "list": "actions.view",
        "retrieve": "actions.view",
        "create": "actions.create",
        "update": "actions.update",
        "destroy": "actions.destroy",
    }

    def make(self, **facts: Any) -> Action:
        """Note something to do."""
        return rules.create_action(**facts, **self.doing())

    def change(self, row: Action, **facts: Any) -> None:
        """Describe, assign, complete, reopen or decline."""
        rules.update_action(row, **facts, **self.doing())

    def remove(self, row: Action) -> None:
        """Leave only a tombstone."""
        rules.delete_action(row, **self.doing())


def actions_of(version: str, listing: Any) -> dict[str, dict[str, Any]]:
    """What OpenAPI says of a version of actions."""
    return described(
        f"Actions {version}",
        listing=listing,
        result=wire.ActionResultSerializer,
        create=wire.CreateActionSerializer,
        update=wire.UpdateActionSerializer,
    )


class ActionV2ViewSet(StreamMixin, ActionViewSet):
    """Actions V2: everything at once; upstream switches it off on 31 December 2026, here it stays."""

    filterset_class = ActionFilterV2
    sunset = SUNSET
    wire = actions_of("V2", wire.ActionListSerializer)


class ActionV3ViewSet(AfterPageMixin, ActionViewSet):
    """Actions V3: pages and time ranges."""

    filterset_class = ActionFilterV3
    wire = actions_of("V3", wire.ActionPageSerializer)


class FollowUpViewSet(NounViewSet):
    """Follow-ups, the same rows in every version."""

    queryset = FollowUp.objects.all()
    noun, collection = "follow_up", "follow_ups"
    write_row = staticmethod(rows.follow_up)
    scopes = {
        "list": "actions.view",
        "retrieve": "actions.view",
        "create": "follow_ups.create",
        "update": "follow_ups.update",
        "destroy": "follow_ups.destroy",
    }

    def make(self, **facts: Any) -> FollowUp:
        """Note what is to be done afterwards."""
        return rules.create_follow_up(**facts, **self.doing())

    def change(self, row: FollowUp, **facts: Any) -> None:
        """Describe, assign, complete, reopen or decline."""
        rules.update_follow_up(row, **facts, **self.doing())

    def remove(self, row: FollowUp) -> None:
        """Leave only a tombstone."""
        rules.delete_follow_up(row, **self.doing())


def follow_ups_of(version: str, listing: Any, result: Any) -> dict[str, dict[str, Any]]:
    """What OpenAPI says of a version of follow-ups."""
    return described(
        f"Follow-ups {version}",
        listing=listing,
        result=result,
        create=wire.CreateFollowUpSerializer,
        update=wire.UpdateFollowUpSerializer,
    )


class FollowUpV2ViewSet(StreamMixin, FollowUpViewSet):
    """Follow-ups V2: everything at once."""

    filterset_class = FollowUpFilterV2
    sunset = SUNSET
    wire = follow_ups_of("V2", wire.FollowUpListSerializer, wire.FollowUpResultSerializer)


class FollowUpV3ViewSet(AfterPageMixin, FollowUpViewSet):
    """Follow-ups V3: pages and time ranges."""

    filterset_class = FollowUpFilterV3
    wire = follow_ups_of("V3", wire.FollowUpPageSerializer, wire.FollowUpV3ResultSerializer)


class ActionV1ViewSet(WorkspaceViewSet):
    """Actions V1: actions and follow-ups in one list, to read."""

    dialect = IncidentDialect()
    filterset_class = ActionFilterV1
    scopes = {"list": "actions.view", "retrieve": "actions.view"}
    wire = described("Actions V1", listing=wire.ActionV1ListSerializer, result=wire.ActionV1ResultSerializer)
    sunset = SUNSET
    KINDS = ((Action, False, rows.action_v1), (FollowUp, True, rows.follow_up_v1))

    def list(self, request: Request) -> Response:
        """Everything, oldest first."""
        filters = ActionFilterV1(request.query_params)
        filters.refuse()
        asked = filters.values.get("is_follow_up")
        lists = [self.all_of(model, write, filters) for model, flag, write in self.KINDS if asked in (None, flag)]
        return Response({"actions": [*merge(*lists, key=lambda item: str(item["id"]))]})

    def all_of(self, model: Any, write: Any, filters: ActionFilterV1) -> Any:
        """One of the two tables, as V1 shows it."""
        visible: Any = filters.apply(sketch(model.objects.all()).visible_to(self.caller))
        return (write(row) for row in visible.order_by("pk").rows().iterator())

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of either."""
        uid = parse_ulid(pk)
        for model, _flag, write in self.KINDS if uid else ():
            found = page(sketch(model.objects.all()).visible_to(self.caller).filter(pk=uid), 1)
            if found:
                return Response({"action": write(found[0])})
        raise NotFound("There is no such action.")
