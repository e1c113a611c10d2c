"""What an action points to: the resources themselves, and only their names; both can be read and not changed."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from actions.api.documents.asking import Asked, Fieldless
from actions.api.documents.parameters import Fields, Include
from actions.api.documents.problems import refuse
from actions.api.documents.writing import Resource, Voice, document
from actions.api.filters import OneUser, TransactionsOfAction
from actions.api.rows import KINDS
from actions.api.rows.actions import Actions
from actions.api.rows.common import key_of_uuid
from actions.api.rows.transactions import Transactions
from actions.api.views.base import LEADS_TO, DocumentViewSet
from actions.api.views.lists import ListViewSet, Resources, Rows

READ_ONLY = "What an action points to is fixed once it is recorded."


class OneType(Asked):
    """A single action type."""

    of_type = Fields("actionType")


class OneTeam(Asked):
    """A single team."""

    of_team = Fields("team")


PARAMETERS: dict[str, type[Asked]] = {"user": OneUser, "actionType": OneType, "team": OneTeam}


class Relationship(DocumentViewSet):
    """A relationship of an action."""

    kind = Actions()
    noun = "action"
    relation: ClassVar[str] = ""
    # Where it is, behind the action's address.
    step: ClassVar[str] = ""

    def address(self) -> str:
        """Behind the action's."""
        return f"{super().address()}/{self.step}{self.relation}"

    def relationship(self, pk: str) -> Resource:
        """As the action would show it."""
        voice = Voice(self.base, tree={self.relation: {}})
        [action] = self.kind.written(self.caller, [self.found(pk)], voice)
        found: Resource = action["relationships"][self.relation]
        return found

    def refused(self, request: Request, pk: str) -> Response:
        """Refused, whatever is sent."""
        self.found(pk)
        raise refuse("unsupported_operation", READ_ONLY, pointer="")


class RelatedViewSet(Relationship):
    """One resource an action points to, or none."""

    def retrieve(self, request: Request, pk: str) -> Response:
        """The resource."""
        kind = KINDS[LEADS_TO[self.relation]]
        asked = self.asked(PARAMETERS[kind.type])
        named = self.relationship(pk)["data"]
        rows = kind.by_ids(self.caller, [named["id"]]) if named else []
        return Response(self.answer_one(kind, rows, asked))


class LinkageViewSet(Relationship):
    """The name of the one resource an action points to, or none."""

    step = "relationships/"

    def retrieve(self, request: Request, pk: str) -> Response:
        """The name."""
        self.asked(Fieldless)
        found = self.relationship(pk)
        return Response(document(found["data"], self.link(), links={"related": found["links"]["related"]}))


class MovesViewSet(ListViewSet, Relationship):
    """The transactions of an action, a page at a time."""

    filterset_class = TransactionsOfAction
    relation = "transactions"
    moves = Transactions()

    def list(self, request: Request, **kwargs: Any) -> Response:
        """A page."""
        pk = self.kwargs["pk"]
        self.found(pk)
        asked = self.asked(self.filterset_class)
        rows = self.moves.rows(self.caller).filter(action=key_of_uuid(pk))
        return self.paged(self.source(rows, asked), asked)

    def resources(self, rows: Rows, voice: Voice) -> Resources:
        """Movements."""
        return self.moves.written(self.caller, rows, voice)


class MovesLinkageViewSet(MovesViewSet):
    """The names of an action's transactions."""

    step = "relationships/"

    def resources(self, rows: Rows, voice: Voice) -> Resources:
        """Names."""
        return [{"type": self.moves.type, "id": self.moves.id_of(row)} for row in rows]

    def listed(self, rows: Rows, asked: Asked, links: dict[str, Any], meta: dict[str, Any]) -> Response:
        """With the way to the transactions themselves."""
        links = {"related": f"{self.base}/actions/{self.kwargs['pk']}/transactions"} | links
        return Response(document(self.resources(rows, self.voice(asked)), self.link(), links=links, meta=meta))


__all__ = ["Include", "LinkageViewSet", "MovesLinkageViewSet", "MovesViewSet", "RelatedViewSet"]
