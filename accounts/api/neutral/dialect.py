"""How the house itself talks: a bearer key of any app, one error at a time."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts.addressbook import address_rooms
from accounts.api.authentication import LONGEST_TOKEN, bearer_token, caller_for, keyring
from accounts.api.buckets import Allowance
from accounts.api.dialect import Dialect
from accounts.api.refusals import Refusal
from accounts.api.renderers import JSON
from accounts.callers import Caller
from accounts.models import Key, Member

CLOCK = "clock"


def administers(key: Key) -> bool:
    """Whether a key may change what a workspace is set up with: by its words, and as its member where it has one."""
    room = address_rooms()[key.app]
    if room.PERSONAL or key.member:
        role = key.member.role if key.member else ""
        if role not in (Member.Role.OWNER, Member.Role.ADMIN):
            return False
    return any(words <= set(key.words) for words in room.SETTINGS)


class AnyKey(BaseAuthentication):
    """`Authorization: Bearer <token>` against the keys of all apps."""

    def authenticate(self, request: Request) -> tuple[Caller, Key] | None:
        """The caller a token stands for."""
        token = bearer_token(request._request)
        if token is None:
            return None
        key = keyring.find(None, token) if 0 < len(token) <= LONGEST_TOKEN else None
        if key is None:
            raise AuthenticationFailed("The access token is invalid.", code="access_token_invalid")
        scopes = frozenset({CLOCK}) if administers(key) else frozenset()
        facts = {"workspace": key.workspace, "member": key.member, "key": key}
        return caller_for(request, app=key.app, roles=frozenset(key.words), scopes=scopes, **facts), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class NeutralDialect(Dialect):
    """Ours."""

    app = "accounts"
    authentication_classes: ClassVar[list[type[BaseAuthentication]]] = [AnyKey]
    renderer_classes: ClassVar[list[type[BaseRenderer]]] = [JSON]

    def roles_of(self, member: Member) -> frozenset[str]:
        """None: nobody comes here by a session."""
        return frozenset()

    def scopes_of(self, words: frozenset[str]) -> frozenset[str]:
        """None by words alone, as each app has its own; `AnyKey` says what a key opens."""
        return frozenset()

    def envelope(self, refusal: Refusal, request: Request) -> dict[str, Any]:
        """The first fault, with the field it lies in."""
        fault = refusal.faults[0]
        where = {"field": fault.path[0]} if fault.path else {}
        return {"error": {"code": fault.code, "message": fault.message, **where}}

    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        """None: nobody needs to count here."""
        return {}
