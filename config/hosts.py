"""What the Host header decides: which door a request came through, and whether anybody answers at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import include, path

logger = logging.getLogger(__name__)

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
# Inline styles are Swagger's; no page of ours, of Django or of DRF needs an inline script.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Door:
    """How a request came in: by an app's own host, perhaps a workspace's there, or by the base host."""

    app: str = ""
    workspace: str = ""

    def root(self, app: str) -> str:
        """The path of an app's API root behind this door."""
        return "" if app == self.app else f"/{app}"


class AppURLs:
    """The URL table behind an app's own host: its API at the root, and its own word for all else."""

    def __init__(self, app: str) -> None:
        api = import_module(f"{app}.api.urls")
        self.urlpatterns: list[Any] = [path("", include(api)), *getattr(api, "everything_else", [])]


@cache
def app_urls(app: str) -> AppURLs:
    """One table per app, as Django caches resolvers by it."""
    return AppURLs(app)


BASE = Door()


@cache
def named_doors(domain: str) -> dict[str, Door]:
    """The apps' hosts under a base domain."""
    return {f"{app}.{domain}": Door(app) for app in settings.ACTA_APPS}


def door_of(host: str) -> Door:
    """The door a host names; one it does not know is the base host."""
    doors = named_doors(settings.ACTA_BASE_DOMAIN)
    if host in doors:
        return doors[host]
    workspace, _, rest = host.partition(".")
    door = doors.get(rest, BASE)
    return Door("actions", workspace) if door.app == "actions" else BASE


def is_trusted(address: str) -> bool:
    """Whether an address is one of our proxies."""
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in network for network in settings.ACTA_TRUSTED_PROXIES)


def believe_proxies(meta: dict[str, Any]) -> None:
    """Let REMOTE_ADDR be the client: the last address that no proxy of ours has, and none a stranger wrote."""
    if not is_trusted(meta.get("REMOTE_ADDR", "")):
        for name in FORWARDED:
            meta.pop(name, None)
        return
    for address in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not address.strip():
            break
        meta["REMOTE_ADDR"] = address.strip()
        if not is_trusted(address.strip()):
            break


def refusal(request: HttpRequest) -> HttpResponse:
    """The answer to a host nobody named, with the sentence that fixes it."""
    host = split_domain_port(request.META.get("HTTP_HOST", ""))[0]
    logger.warning("Refused a request for host %r; ACTA_HOSTS names the hosts to answer to.", host)
    text = f"Acta does not answer to this host. If it should, add {host or 'the host'} to the setting ACTA_HOSTS.\n"
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


class HostDoor:
    """Set `request.door`; behind an app's host set its URLs and drop cookies, as those doors are for keys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.ACTA_TRUSTED_PROXIES:
            believe_proxies(request.META)
        try:
            host = request.get_host()
        except DisallowedHost:
            return refusal(request)
        self.open(request, door_of(split_domain_port(host.lower())[0]))
        return self.with_policy(self.get_response(request))

    def open(self, request: HttpRequest, door: Door) -> None:
        """Lead a request to what is behind its door."""
        request.door = door  # type: ignore[attr-defined]
        if door.app:
            request.urlconf = app_urls(door.app)  # type: ignore[assignment]
            request.META.pop("HTTP_COOKIE", None)

    def with_policy(self, response: HttpResponse) -> HttpResponse:
        """Pages run only scripts from here."""
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response
