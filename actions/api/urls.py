"""Igni's paths; works under any prefix or host."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from accounts.api.urls import ANYTHING, route, unknown
from actions.api import schemas
from actions.api.schema import ROOT, described
from actions.api.views.actions import ActionViewSet
from actions.api.views.base import Unknown
from actions.api.views.people import TeamViewSet, UserViewSet
from actions.api.views.related import LinkageViewSet, MovesLinkageViewSet, MovesViewSet, RelatedViewSet
from actions.api.views.settings import (
    ActionTypeViewSet,
    CompetitionStandingViewSet,
    CompetitionViewSet,
    StandingViewSet,
)
from actions.api.views.token import TokenView
from actions.api.views.wallets import TransactionViewSet, WalletViewSet

__all__ = ["ROOT", "described", "everything_else", "urlpatterns"]

LIST = {"get": "list"}
SHOW = {"get": "retrieve"}
WRITE = {"get": "list", "post": "create"}
MOVE = {"get": "retrieve", "put": "update", "patch": "partial_update"}
# Relationships are read and not written, in whichever way.
FIXED = {"post": "refused", "patch": "refused", "delete": "refused"}
ALIAS: dict[str, Any] = {"schema": None}
READS_OF = {"performer": "users:read", "referrer": "users:read", "team": "users:read", "actionType": "actions:read"}
DOCUMENTS = {"performer": "MaybeUser", "referrer": "MaybeUser", "team": "MaybeTeam", "actionType": "ActionType"}


def relationship(name: str) -> list[URLPattern]:
    """One resource that actions point to: itself, and its name."""
    title = f"getAction{name[0].upper()}{name[1:]}"
    related = {"retrieve": {"id": title, "answers": schemas.ref(f"{DOCUMENTS[name]}Document"), "parameters": False}}
    facts: dict[str, Any] = {"relation": name, "scopes": {"retrieve": READS_OF[name], "refused": "actions:write"}}
    where = "api/v1/actions/<str:pk>"
    return [
        *route(f"{where}/{name}", RelatedViewSet, SHOW, wire=related, **facts),
        *route(f"{where}/relationships/{name}", LinkageViewSet, SHOW | FIXED, wire=linkage(title), **reading(facts)),
    ]


def reading(facts: dict[str, Any]) -> dict[str, Any]:
    """A name alone tells no more than the action does."""
    return facts | {"scopes": {"retrieve": "actions:read", "list": "actions:read", "refused": "actions:write"}}


def linkage(title: str) -> dict[str, dict[str, Any]]:
    """What is said of a relationship's endpoint."""
    answers = schemas.ref("RelationshipDocument")
    read = {"id": f"{title}Linkage", "answers": answers, "parameters": False}
    return {
        "retrieve": read,
        "list": read,
        "refused": {
            "id": f"patch{title.removeprefix('get')}Linkage",
            "reads": answers,
            "method": "PATCH",
            "refused": (401, 403, 404, 415),
        },
    }


MOVES = {"list": {"id": "getActionTransactions", "answers": schemas.ref("TransactionCollection"), "parameters": False}}

urlpatterns = [
    *route("api/v1/oauth2/token", TokenView),
    *route("api/v1/actions", ActionViewSet, WRITE),
    *route("api/v1/action", ActionViewSet, WRITE, **ALIAS),
    *route("api/v1/actions/<str:pk>", ActionViewSet, MOVE | {"delete": "destroy"}),
    *route("api/v1/action/<str:pk>", ActionViewSet, MOVE, **ALIAS),
    *(one for name in DOCUMENTS for one in relationship(name)),
    *route("api/v1/actions/<str:pk>/transactions", MovesViewSet, LIST, wire=MOVES, scopes={"list": "wallets:read"}),
    *route(
        "api/v1/actions/<str:pk>/relationships/transactions",
        MovesLinkageViewSet,
        LIST | FIXED,
        wire=linkage("getActionTransactions"),
        **reading({}),
    ),
    *route("api/v1/users/wallets/transactions", TransactionViewSet, WRITE),
    *route("api/v1/transaction", TransactionViewSet, WRITE, **ALIAS),
    *route("api/v1/users/wallets/transactions/<str:pk>", TransactionViewSet, MOVE),
    *route("api/v1/transaction/<str:pk>", TransactionViewSet, MOVE, **ALIAS),
    *route("api/v1/users/wallets", WalletViewSet, LIST),
    *route("api/v1/wallet", WalletViewSet, LIST, **ALIAS),
    *route("api/v1/users/wallets/<str:pk>", WalletViewSet, SHOW),
    *route("api/v1/wallet/<str:pk>", WalletViewSet, SHOW, **ALIAS),
    *route("api/v1/users", UserViewSet, WRITE),
    *route("api/v1/user", UserViewSet, WRITE, **ALIAS),
    *route("api/v1/users/<str:pk>", UserViewSet, SHOW),
    *route("api/v1/user/<str:pk>", UserViewSet, SHOW, **ALIAS),
    *route("api/v1/users/<str:pk>/enroller", UserViewSet, {"get": "enroller"}),
    *route("api/v1/action-types", ActionTypeViewSet, LIST),
    *route("api/v1/action-types/<str:pk>", ActionTypeViewSet, SHOW),
    *route("api/v1/teams", TeamViewSet, LIST),
    *route("api/v1/teams/<str:pk>", TeamViewSet, SHOW),
    *route("api/v1/competitions", CompetitionViewSet, LIST),
    *route("api/v1/competitions/<str:pk>", CompetitionViewSet, SHOW),
    *route("api/v1/competitions/<str:pk>/standings", CompetitionStandingViewSet, LIST),
    *route("api/v1/leaderboards/<str:slug>/standings", StandingViewSet, LIST),
    unknown(Unknown, "api"),
]
# Behind a host of its own the API answers whatever is asked.
everything_else = [unknown(Unknown, ANYTHING)]
