"""The base of every endpoint: one document in, one document out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework.exceptions import NotAcceptable, NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from accounts.api.idempotency import IdempotentView
from accounts.api.refusals import Fault, Refusal
from accounts.api.renderers import Negotiation
from accounts.api.views import UnknownPath
from actions.api.dialect import OWN, IgniDialect
from actions.api.documents.asking import Asked, One
from actions.api.documents.negotiation import MEDIA_TYPE, accepts, why_unsupported
from actions.api.documents.problems import Problem, Refused, overall, problem, refuse
from actions.api.documents.writing import Compound, Kind, Resource, Row, Voice, document, sparse, tree_of
from actions.api.rows import KINDS
from actions.api.schema import DocumentSchema

BODIES = ("POST", "PUT", "PATCH")
# The type behind each relationship, whose scope an include needs.
LEADS_TO = {
    "performer": "user",
    "referrer": "user",
    "enroller": "user",
    "user": "user",
    "subject": "user",
    "team": "team",
    "actionType": "actionType",
    "action": "action",
    "transactions": "transaction",
    "wallets": "wallet",
}


class DocumentNegotiation(Negotiation):
    """A page for a person who asks for one, a document for whoever takes one."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The renderer and its media type."""
        view = request.parser_context["view"]
        if view.wants_page(request):
            return super().select_renderer(request, renderers, format_suffix)
        if not accepts(request._request.META.get("HTTP_ACCEPT")):
            raise NotAcceptable(f"This API answers {MEDIA_TYPE}, without parameters but ext and profile.")
        return renderers[0], renderers[0].media_type


class DocumentView(IdempotentView):
    """An endpoint that speaks JSON:API."""

    dialect = IgniDialect()
    schema = DocumentSchema()
    content_negotiation_class = DocumentNegotiation
    noun = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Then also what a body says it is."""
        super().initial(request, *args, **kwargs)
        has_body = request.method in BODIES
        if why := why_unsupported(request._request.META.get("CONTENT_TYPE"), body=has_body):
            raise refuse("unsupported_media_type", why, header="Content-Type")

    def in_wire_names(self, refusal: Refusal) -> Refusal:
        """One status for all faults together."""
        statuses = [self._status(fault, refusal.status) for fault in refusal.faults]
        return Refusal(overall(statuses), refusal.faults, refusal.headers)

    def _status(self, fault: Fault, status: int) -> int:
        if isinstance(fault, Problem):
            return fault.status
        return OWN[fault.code][0] if fault.code in OWN else status

    def doing(self) -> dict[str, Any]:
        """Who does what a rule does, and when."""
        return {"actor": self.caller.actor, "at": self.caller.workspace.tick()}

    def draft(self, method: str, data: Any) -> dict[str, Any]:
        """A document for a person to fill in."""
        return {"data": None}

    # Where things are

    @property
    def base(self) -> str:
        """The API root, by the door the request came through."""
        raw = self.request._request
        return raw.build_absolute_uri(f"{raw.door.root('actions')}/api/v1")  # type: ignore[attr-defined]

    def address(self) -> str:
        """This endpoint, by its canonical name."""
        raw = self.request._request
        return raw.build_absolute_uri(raw.path.rstrip("/"))

    def link(self, params: QueryDict | None = None) -> str:
        """This endpoint with parameters; those of the request unless others are given."""
        query = (self.params() if params is None else params).urlencode()
        return f"{self.address()}?{query}" if query else self.address()

    # What is asked

    def params(self) -> QueryDict:
        """The query; of a form that a person sent, what she filled in."""
        params: QueryDict = self.request.query_params
        if not self.wants_page(self.request):
            return params
        filled = QueryDict(mutable=True)
        for name, values in params.lists():
            if some := [value for value in values if value]:
                filled.setlist(name, some)
        return filled

    def asked(self, parameters: type[Asked]) -> Any:
        """The query, understood, and allowed as far as it reaches."""
        igni = self.dialect.speaks_igni(self.caller)
        fields = {type_: kind.fields(igni=igni) for type_, kind in KINDS.items()}
        found = parameters(self.params(), zone=self.caller.workspace.zone, fields=fields)
        self.check_include(found)
        return found

    def check_include(self, asked: Asked) -> None:
        """What is included needs the scope that reading it by itself would."""
        steps = {step for path in asked.include for step in path.split(".")}
        scopes = {KINDS[LEADS_TO[step]].scope for step in steps}
        if missing := sorted(scope for scope in scopes if not self.caller.allows(scope)):
            text = f"To include this needs the scope {', '.join(missing)}."
            raise Refused([problem("missing_scope", text, parameter="include")])

    def voice(self, asked: Asked, **more: Any) -> Voice:
        """How to answer."""
        igni = self.dialect.speaks_igni(self.caller)
        return Voice(self.base, igni, asked.fields, more.get("tree", tree_of(asked.include)))

    # What is answered

    def compound(self, asked: Asked, resources: list[Resource], voice: Voice) -> list[Resource] | None:
        """What is included, if anything was asked for; only the fields that were asked for are left."""
        included = Compound(KINDS, self.caller, voice).included(resources) if asked.include else None
        sparse([*resources, *(included or ())], asked.fields)
        return included

    def answer_one(self, kind: Kind, rows: list[Row], asked: Asked) -> dict[str, Any]:
        """A document with one resource, or with none."""
        voice = self.voice(asked)
        resources = kind.written(self.caller, rows, voice)
        included = self.compound(asked, resources, voice)
        return document(resources[0] if resources else None, self.link(), included=included)


class DocumentViewSet(ViewSetMixin, DocumentView):
    """Endpoints of one type of resource."""

    kind: ClassVar[Kind]
    one_class: ClassVar[type[Asked]] = One

    def found(self, pk: str) -> Row:
        """The row of an address, if the caller may see it."""
        rows = self.kind.by_ids(self.caller, [pk])
        if not rows:
            raise NotFound(f"There is no such {self.kind.noun}.")
        return rows[0]

    def address(self) -> str:
        """By the plural path, whichever was asked."""
        place = f"{self.base}/{self.kind.path}"
        return f"{place}/{self.kwargs['pk']}" if "pk" in self.kwargs else place

    def retrieve(self, request: Request, pk: str) -> Response:
        """One."""
        asked = self.asked(self.one_class)
        return Response(self.answer_one(self.kind, [self.found(pk)], asked))

    def written(self, pk: str, asked: Asked, *, status: int = 200) -> Response:
        """What a write came to."""
        body = self.answer_one(self.kind, [self.found(pk)], asked)
        own = body["data"]["links"]["self"]
        body["links"]["self"] = own
        return Response(body, status, headers={"Location": own} if status == 201 else {})


class Unknown(UnknownPath):
    """An unknown path, refused as Igni refuses."""

    dialect = IgniDialect()
    content_negotiation_class = DocumentNegotiation
