"""The front door: what this installation is, which doors it has, and calls to paste."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from accounts.api.unbuilt import unbuilt
from accounts.pages import visitor_of
from accounts.rules.installation import is_empty

SPEAKS = {
    "incidents": ("incident.io v1, v2, v3", "a thing to do while an incident is open"),
    "cadences": ("Salesloft v2", "the next touch a seller owes a prospect"),
    "analytics": ("PostHog", "a saved question asked of captured events"),
    "gamification": ("Nudj integration v2", "something a member can do for points and rewards"),
    "actions": ("Igni v1", "something somebody did, recorded for ever"),
}


@dataclass(frozen=True)
class AppDoor:
    """One app as the front page shows it."""

    app: str
    speaks: str
    action: str
    root: str
    host: str
    answers: bool
    pages: str
    docs: str


@cache
def answers(app: str) -> bool:
    """Whether an app's API is there, or only says that it is not built yet."""
    try:
        routes = import_module(f"{app}.api.urls").urlpatterns
    except ModuleNotFoundError:
        return False
    return all(getattr(route, "callback", None) is not unbuilt for route in routes)


def page_or_none(name: str) -> str:
    """The address of a page; empty where there is none yet."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def own_host(request: HttpRequest, app: str) -> str:
    """The address of an app's own host, on the port this request came to."""
    port = request.get_host().rpartition(":")[2]
    port = f":{port}" if port.isdecimal() else ""
    return f"{request.scheme}://{app}.{settings.ACTA_BASE_DOMAIN}{port}"


def doors(request: HttpRequest) -> list[AppDoor]:
    """The five apps."""
    return [
        AppDoor(
            app=app,
            speaks=speaks,
            action=action,
            root=request.build_absolute_uri(f"/{app}"),
            host=own_host(request, app),
            answers=answers(app),
            pages=page_or_none(f"{app}:home"),
            docs=page_or_none(f"{app}:docs"),
        )
        for app, (speaks, action) in SPEAKS.items()
    ]


def home(request: HttpRequest) -> HttpResponse:
    """For everybody; an empty installation leads to its set-up."""
    if not request.user.is_authenticated and is_empty():
        return redirect("set_up")
    context = {
        "doors": doors(request),
        "base": request.build_absolute_uri("/").rstrip("/"),
        "visitor": visitor_of(request),
    }
    return render(request, "accounts/home.html", context)
