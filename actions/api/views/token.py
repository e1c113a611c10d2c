"""Tokens for OAuth clients: a form in, plain JSON out."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from django.http import QueryDict
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.refusals import Refusal
from accounts.api.renderers import JSON
from accounts.api.views import DialectView
from accounts.clock import real_now
from accounts.models import Key
from accounts.rules.keys import TOKEN_LASTS, create_token, find_key
from actions.api import schemas
from actions.api.dialect import IgniDialect
from actions.api.documents.negotiation import parsed
from actions.api.schema import DocumentSchema

FORM = "application/x-www-form-urlencoded"
FIELDS = ("grant_type", "client_id", "client_secret")
GRANT = "client_credentials"


class Denied(APIException):
    """No token."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message, code=error)
        self.status_code = status


def invalid_client() -> Denied:
    """Whatever is wrong with who asks, it is said in one way."""
    return Denied("invalid_client", "Client authentication failed", 401)


class TokenDialect(IgniDialect):
    """OAuth's words for what goes wrong."""

    authentication_classes: ClassVar[list[type[BaseAuthentication]]] = []
    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [JSON]
    idempotency_header = ""
    body_limit = 1 << 16

    def parse_body(self, raw: bytes) -> Any:
        """A form."""
        try:
            return QueryDict(raw.decode("ascii"))
        except ValueError as error:
            raise Denied("invalid_request", "The body is a form.") from error

    def envelope(self, refusal: Refusal, request: Request) -> dict[str, Any]:
        """A code and a sentence."""
        fault = refusal.faults[0]
        known = refusal.status == 401 or fault.code in ("unsupported_grant_type", "invalid_scope")
        return {"error": fault.code if known else "invalid_request", "message": fault.message}


class TokenView(DialectView):
    """`POST /oauth2/token`."""

    dialect = TokenDialect()
    schema = DocumentSchema()
    public = True
    wire = {
        "post": {
            "id": "issueToken",
            "reads": schemas.ref("TokenRequest"),
            "media": FORM,
            "answers": schemas.ref("Token"),
            "plain": schemas.ref("TokenError"),
            "refused": (400, 401),
        }
    }

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """JSON, whatever a client says it takes."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type

    def wants_page(self, request: Request) -> bool:
        """Never: a session fetches no tokens."""
        return False

    def post(self, request: Request) -> Response:
        """A token for a client that proves who it is."""
        said = self.said(request)
        if said["grant_type"] != GRANT:
            raise Denied("unsupported_grant_type", f"Only {GRANT} is granted here.")
        client = self.client(said)
        words = self.words(client, said.get("scope", ""))
        _, token = create_token(client, at=real_now(), words=words)
        lasts = int(TOKEN_LASTS.total_seconds())
        return Response({"token_type": "Bearer", "expires_in": lasts, "access_token": token})

    def said(self, request: Request) -> dict[str, str]:
        """The form, with the client from either place it may be named."""
        sent = parsed(request._request.META.get("CONTENT_TYPE") or FORM).media_type
        if sent != FORM:
            raise Denied("invalid_request", f"A token is asked for with {FORM}.")
        form: Any = request.data or QueryDict()
        if any(len(form.getlist(name)) > 1 for name in form):
            raise Denied("invalid_request", "A field is given twice.")
        said = {name: form[name] for name in form} | self.basic(request, form)
        if missing := [name for name in FIELDS if not said.get(name)]:
            raise Denied("invalid_request", f"{', '.join(missing)} is missing.")
        return said

    def basic(self, request: Request, form: Any) -> dict[str, str]:
        """A client named in the header, as OAuth's own libraries do."""
        scheme, _, digits = request._request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":
            return {}
        if "client_secret" in form:
            raise Denied("invalid_request", "The client is named twice.")
        try:
            name, _, secret = base64.b64decode(digits.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError) as error:
            raise invalid_client() from error
        return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}

    def client(self, said: dict[str, str]) -> Key:
        """The client whose secret it is, on a host where it belongs."""
        client = find_key(self.dialect.app, said["client_secret"], at=real_now())
        door: Any = self.request._request.door  # type: ignore[attr-defined]
        if client is None or client.kind != Key.Kind.CLIENT or client.ulid != said["client_id"]:
            raise invalid_client()
        if door.workspace and client.workspace.slug != door.workspace:
            raise invalid_client()
        return client

    def words(self, client: Key, scope: str) -> list[str]:
        """The client's scopes, or those of them that are asked for."""
        wanted = scope.split()
        if set(wanted) - set(client.words):
            raise Denied("invalid_scope", "The client has no such scope.")
        return wanted or list(client.words)
