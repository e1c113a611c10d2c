"""Every address the house answers, by every door, flat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

from accounts.api.views import DialectView, UnknownPath
from config.hosts import app_urls
from tests.contracts import METHODS

NAMED = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One pattern of the URL table behind one door."""

    host: str
    path: str
    view: Any

    def __str__(self) -> str:
        return f"{self.host}{self.path}"

    @cached_property
    def parameters(self) -> list[str]:
        """What the path leaves open."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def name(self) -> str:
        """The view, as its module knows it."""
        view = getattr(self.view, "view_class", self.view)
        return f"{view.__module__}.{view.__qualname__}"

    @property
    def api(self) -> Any:
        """The class of an API's view; None for anything else."""
        found = getattr(self.view, "cls", None)
        return found if found and issubclass(found, DialectView) and not issubclass(found, UnknownPath) else None

    @property
    def methods(self) -> dict[str, str]:
        """From method to action of an API's view; methods without actions are their own."""
        actions = getattr(self.view, "actions", None) or {name: name for name in METHODS if hasattr(self.api, name)}
        return {name: action for name, action in actions.items() if name in METHODS}

    @property
    def noun(self) -> type[Model] | None:
        """Whose rows a page of the admin is about."""
        found = re.match(r"/admin/(\w+)/(\w+)/", self.path)
        return apps.get_model(found[1], found[2]) if found and found[1] in apps.app_configs else None

    def at(self, values: dict[str, Any]) -> str:
        """The path with its parameters filled in."""
        return self.path.format(**values)


def text_of(pattern: Any) -> str:
    """A pattern as a path; of an expression that takes many, one that it takes."""
    if not isinstance(pattern, RegexPattern):
        return NAMED.sub(r"{\1}", str(pattern))
    words = re.search(r"\(\?:(\w+)", str(pattern))
    if words and not pattern.regex.groupindex:
        return f"{words[1]}/nowhere"
    return re.sub(r"\(\?P<(\w+)>[^()]*\)", r"{\1}", str(pattern)).strip("^$")


def flat(patterns: list[Any], before: str) -> Iterator[tuple[str, URLPattern]]:
    """Patterns with those they include."""
    for pattern in patterns:
        path = before + text_of(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from flat(pattern.url_patterns, path)
        else:
            yield path, pattern


def routes() -> list[Route]:
    """Every route, by the base host and by each app's own."""
    tables = [("", get_resolver().url_patterns)]
    tables += [(f"{app}.localhost", app_urls(app).urlpatterns) for app in settings.ACTA_APPS]
    return [Route(host, path, found.callback) for host, table in tables for path, found in flat(table, "/")]


def house_rooms() -> list[Any]:
    """The module `house` of each app's tests: what is special about its rows, routes, parameters and verbs."""
    names = [f"tests.{app}.house" for app in ("accounts", *settings.ACTA_APPS)]
    return [import_module(name) for name in names if find_spec(name.rpartition(".")[0]) and find_spec(name)]
