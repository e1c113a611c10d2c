"""Who is calling: a key in a header, or a person who is signed in and asks for a page."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.request import Request

from accounts.callers import Caller
from accounts.clock import real_now
from accounts.models import Key, Member, Workspace
from accounts.rules import find_key, note_use
from accounts.sessions import current_membership

logger = logging.getLogger("acta.api")

REMEMBERED_FOR = 3.0
NOTED_EVERY = 60.0
LONGEST_TOKEN = 512


@dataclass
class Remembered:
    """A key found a moment ago."""

    key: Key
    until: float
    noted: float


class KeyRing:
    """Keys found in the last seconds, by the hash of their token; another process' revocation waits that long."""

    MOST = 10_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str | None, bytes], Remembered] = {}

    def find(self, app: str | None, token: str) -> Key | None:
        """The key a token opens now, noted as used; of any app where none is named."""
        place = app, hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now, real = time.monotonic(), real_now()
        known = self._found.get(place)
        if known is None or known.until < now or not known.key.is_usable(real):
            key = find_key(app, token, at=real)
            if key is None:
                return None
            known = self._remember(place, key, now, known)
        if now - known.noted > NOTED_EVERY:
            known.noted = now
            self._note(known.key, real)
        return known.key

    def _note(self, key: Key, at: datetime) -> None:
        try:
            note_use(key, at=at)
        except OperationalError as error:
            # A busy database is no reason to turn a reader away.
            logger.warning("The use of key %s was not noted: %s", key.pk, error)

    def _remember(self, place: tuple[str | None, bytes], key: Key, now: float, before: Remembered | None) -> Remembered:
        noted = before.noted if before else float("-inf")
        known = Remembered(key, now + REMEMBERED_FOR, noted)
        with self._lock:
            if len(self._found) >= self.MOST:
                self._found.clear()
            self._found[place] = known
        return known

    def forget(self) -> None:
        """Look every key up again."""
        with self._lock:
            self._found.clear()


keyring = KeyRing()


@receiver([post_save, post_delete], sender=Key)
@receiver([post_save, post_delete], sender=Member)
@receiver([post_save, post_delete], sender=Workspace)
def forget_keys(**kwargs: Any) -> None:
    """A change made in this process is seen by its next request; until it is committed, others read the old row."""
    keyring.forget()
    transaction.on_commit(keyring.forget)


def bearer_token(request: HttpRequest) -> str | None:
    """The token of an `Authorization: Bearer` header, `""` when the header holds none, None without a header."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def caller_for(request: Request, **facts: Any) -> Caller:
    """A caller as this request brings her."""
    django_request = request._request
    return Caller(
        request_id=getattr(django_request, "request_id", ""),
        ip=django_request.META.get("REMOTE_ADDR", ""),
        **facts,
    )


class BearerKey(BaseAuthentication):
    """`Authorization: Bearer <token>` against the keys of the dialect's app."""

    def authenticate(self, request: Request) -> tuple[Caller, Key] | None:
        """The caller a token stands for; None without a header, so that a session may answer."""
        token = bearer_token(request._request)
        if token is None:
            return None
        dialect = request.parser_context["view"].dialect
        key = keyring.find(dialect.app, token) if 0 < len(token) <= LONGEST_TOKEN else None
        if key is None:
            raise AuthenticationFailed("The access token is invalid.", code="access_token_invalid")
        words = frozenset(key.words)
        caller = caller_for(
            request,
            workspace=key.workspace,
            app=key.app,
            member=key.member,
            key=key,
            roles=words,
            scopes=dialect.scopes_of(words),
        )
        return caller, key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class PageSession(BaseAuthentication):
    """A signed-in person who looks at the browsable API; never a program, never without CSRF check."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        """The member of the session's workspace, only where a page was asked for."""
        view = request.parser_context["view"]
        if not view.wants_page(request):
            return None
        workspace, member = current_membership(request._request)
        if workspace is None or member is None or not member.uses(view.dialect.app):
            raise PermissionDenied("You are no member of a workspace that uses this.", code="missing_permissions")
        self._enforce_csrf(request)
        roles = view.dialect.roles_of(member)
        caller = caller_for(
            request,
            workspace=workspace,
            app=view.dialect.app,
            member=member,
            roles=roles,
            scopes=view.dialect.scopes_of(roles),
        )
        return caller, None

    def _enforce_csrf(self, request: Request) -> None:
        check = CSRFCheck(lambda request: None)  # type: ignore[arg-type]
        check.process_request(request._request)
        reason = check.process_view(request._request, None, (), {})  # type: ignore[arg-type]
        if reason:
            raise PermissionDenied(f"CSRF failed: {reason}", code="missing_permissions")


def require_caller(request: Request) -> Caller:
    """The caller, or the refusal of a request that brings no credential."""
    if not isinstance(request.user, Caller):
        raise NotAuthenticated("No authorization material provided in request", code="missing_authorization_material")
    return request.user


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a bearer key is written in OpenAPI."""

    target_class = BearerKey
    name = "BearerAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer"}


class PageScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Sessions are for people; programs are not told of them."""

    target_class = PageSession
    name: list[str] = []

    def get_security_requirement(self, auto_schema: Any) -> list[Any]:
        """None."""
        return []

    def get_security_definition(self, auto_schema: Any) -> list[Any]:
        """None."""
        return []
