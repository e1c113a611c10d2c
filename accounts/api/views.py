"""The base of every view: one caller, one dialect, one workspace, and no way around them."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from django.contrib.auth.middleware import get_user
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import HttpRequest
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.authentication import require_caller
from accounts.api.bodies import BoundedRequest
from accounts.api.buckets import Allowance
from accounts.api.dialect import Dialect
from accounts.api.refusals import Fault, Refusal, refusal_of
from accounts.api.renderers import Negotiation, accepted
from accounts.api.schema import DialectSchema
from accounts.callers import Caller
from accounts.clock import real_now
from accounts.rules.audit import note_change

logger = logging.getLogger("acta.api")

VARY = "Accept, Cookie, Authorization, x-api-token"


class DialectView(APIView):
    """A view that speaks a vendor's dialect from the first header to the last error."""

    dialect: ClassVar[Dialect]
    public: ClassVar[bool] = False
    schema = DialectSchema()
    content_negotiation_class = Negotiation
    parser_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes: Any = ()
    # When the vendor switches these endpoints off, as an HTTP date; here they stay.
    sunset: ClassVar[str] = ""
    # The vendor's scope each action needs; None needs only a valid credential.
    scopes: ClassVar[dict[str, str | None]] = {}
    # What each action is called, reads and answers, for OpenAPI and for reading bodies.
    wire: ClassVar[dict[str, dict[str, Any]]] = {}
    allowance: Allowance | None = None

    @property
    def caller(self) -> Caller:
        """Who is calling."""
        return self.request.user  # type: ignore[return-value]

    def get_authenticators(self) -> list[Any]:
        return [authenticator() for authenticator in self.dialect.authentication_classes]

    def get_renderers(self) -> list[Any]:
        return [renderer() for renderer in self.dialect.renderer_classes]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        bounded = BoundedRequest(
            request,
            authenticators=self.get_authenticators(),
            negotiator=self.get_content_negotiator(),
            parser_context=self.get_parser_context(request),
        )
        bounded.body_limit, bounded.parse_body = self.dialect.body_limit, self.parse_body
        return bounded

    def parse_body(self, raw: bytes) -> Any:
        """What a body says."""
        return self.dialect.parse_body(raw)

    def wants_page(self, request: Request) -> bool:
        """Whether a person asks for a page: signed in, no credential, on the prefix door, takes HTML."""
        raw = request._request
        if "HTTP_AUTHORIZATION" in raw.META or "HTTP_X_API_TOKEN" in raw.META or raw.door.app:  # type: ignore[attr-defined]
            return False
        # Not `raw.user`: DRF puts the caller there, and nobody once she was refused.
        return "text/html" in accepted(raw) and get_user(raw).is_authenticated

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Caller, rate, media type, right: in this order, so that every refusal is the most helpful one."""
        self.format_kwarg = None
        if not self.public:
            self.charge(require_caller(request))
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        if not self.public:
            self.check_scope(request)

    def charge(self, caller: Caller) -> None:
        """Take one request from the caller's bucket."""
        self.allowance = self.dialect.take(caller)
        if self.allowance and not self.allowance.allowed:
            raise Throttled(wait=self.allowance.wait)

    def check_scope(self, request: Request) -> None:
        """Refuse a caller whose roles do not grant what the action needs."""
        scope = self.scopes.get(getattr(self, "action", None) or "")
        if scope and not self.caller.allows(scope):
            raise PermissionDenied(f"This needs the scope {scope}.")

    def handle_exception(self, exc: Exception) -> Response:
        """Every error in the vendor's envelope, ours included."""
        refusal = refusal_of(exc)
        if refusal is None:
            refusal = self.our_fault()
        refusal = self.in_wire_names(refusal)
        headers = {"WWW-Authenticate": self.dialect.challenge} if refusal.status == 401 else {}
        response = Response(
            self.dialect.envelope(refusal, self.request), refusal.status, headers=refusal.headers | headers
        )
        response.exception = True
        # Our log has said what there is to say; Django's line would come after the request, without its id.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    def our_fault(self) -> Refusal:
        """A 500, logged with its traceback and told to whoever listens."""
        request = self.request._request
        logger.exception("Internal error: %s %s", request.method, request.path)
        got_request_exception.send(sender=type(self), request=request)
        return Refusal(500, [Fault("internal_error", "Something went wrong on our side.")])

    def in_wire_names(self, refusal: Refusal) -> Refusal:
        """Domain names in a rule's faults become the names the client wrote."""
        names = self.wire_names()
        faults = [
            Fault(f.code, f.message, (*names.get(f.path[0], f.path[:1]), *f.path[1:]), f.query)
            if f.path and not f.query
            else f
            for f in refusal.faults
        ]
        return Refusal(refusal.status, faults, refusal.headers)

    def wire_names(self) -> dict[str, tuple[str, ...]]:
        """From a rule's word for a field to the path of the vendor's."""
        return {}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        self.write_down(request, response)
        response["Vary"] = VARY
        response["Cache-Control"] = "no-store"
        if self.sunset:
            response["Deprecation"], response["Sunset"] = "true", self.sunset
        if self.allowance:
            for name, value in self.dialect.rate_headers(self.allowance).items():
                response[name] = value
        return response

    def write_down(self, request: Request, response: Response) -> None:
        """What a person changes here by hand is in the audit as what she changes elsewhere."""
        if self.public or request.method in SAFE_METHODS or response.status_code >= 400:
            return
        caller = request.user
        if isinstance(caller, Caller) and caller.key is None and caller.member is not None:
            note_change(
                caller.workspace,
                f"{self.dialect.app}.api",
                request.path,
                f"called {request.method}",
                login=caller.member.user.email if caller.member.user else caller.member.name,
                member=caller.member,
                at=real_now(),
                address=caller.ip,
            )

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What may be done here, and nothing about how."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})


class WorkspaceViewSet(GenericViewSet[Any], DialectView):
    """A viewset that knows only the rows its caller may see."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.visible_to(self.caller)

    def get_serializer_class(self) -> Any:
        return self.wire.get(self.action or "", {}).get("reads", Serializer)

    def doing(self) -> dict[str, Any]:
        """Who does what a rule does, and when."""
        return {"actor": self.caller.actor, "at": self.caller.workspace.tick()}

    def body(self) -> dict[str, Any]:
        """What the client sent, understood, or every fault at once."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def wire_names(self) -> dict[str, tuple[str, ...]]:
        fields = self.get_serializer_class()._declared_fields
        return {field.source: (name,) for name, field in fields.items() if field.source}


class UnknownPath(DialectView):
    """The catch-all: even a path that does not exist is refused in the vendor's dialect."""

    public = True
    schema = None  # type: ignore[assignment]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse."""
        raise NotFound("There is no such endpoint.")
