"""The browsable API: any endpoint as a page for a signed-in person, in the look of the house."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import orjson
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request

from accounts.callers import Caller

WRITES = ("post", "put", "patch")
TOKEN = re.compile(
    r'(?P<key>"(?:\\.|[^"\\])*")(?=:)|(?P<text>"(?:\\.|[^"\\])*")|(?P<word>-?\d[\d.eE+-]*|true|false|null)'
)


class Page(BrowsableAPIRenderer):
    """What a program would get, and forms for whatever else may be done here."""

    template = "api/page.html"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> str:
        """The page; an empty answer is a page too, so its status becomes 200."""
        response = context["response"]
        page = self.get_context(data, media_type, context)
        if response.status_code == HTTPStatus.NO_CONTENT:
            response.status_code = HTTPStatus.OK
        html: str = loader.get_template(self.template).render(page, request=as_person(context["request"]))
        return html

    def get_context(self, data: Any, media_type: str | None, context: Any) -> dict[str, Any]:
        """All that the template shows."""
        view, request, response = context["view"], context["request"], context["response"]
        name = operation_name(view, request.method)
        return {
            "docs": f"{view.dialect.app}:docs",
            "title": operation_title(view, name),
            "description": (getattr(view, name, None) or view).__doc__ or "",
            "crumbs": crumbs(request._request),
            "method": request.method,
            # Nothing in an address ends the quotes of the call that is to be pasted.
            "url": request.build_absolute_uri().replace("'", "%27"),
            "status": response.status_code,
            "phrase": HTTPStatus(response.status_code).phrase,
            "headers": sorted(response.items()),
            "body": highlighted(readable(data)) if data is not None else "",
            "filters": filter_fields(view, request) if name == "list" else [],
            "forms": body_forms(view, request, data),
            "may_delete": may(view, "delete"),
        }


def as_person(request: Request) -> HttpRequest:
    """The request with the login in it again, which DRF replaced by the caller."""
    raw = request._request
    raw.user = get_user(raw)
    return raw


def operation_name(view: Any, method: str) -> str:
    """The name a viewset gives what a method does; elsewhere the method's own."""
    return str(getattr(view, "action_map", {}).get(method.lower()) or method.lower())


def operation_title(view: Any, name: str) -> str:
    """As the vendor calls it, `Actions V3#List`, in words."""
    operation = getattr(view, "wire", {}).get(name, {})
    return str(operation.get("id", "")).replace("#", ": ") or "No such endpoint"


def readable(data: Any) -> str:
    """JSON with a line for each value."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
    return orjson.dumps(data, default=str, option=options).decode()


def highlighted(text: str) -> SafeString:
    """JSON with its keys, strings and other values marked."""
    pieces, end = [], 0
    for match in TOKEN.finditer(text):
        pieces.append(escape(text[end : match.start()]))
        pieces.append(format_html('<span class="{}">{}</span>', match.lastgroup, match.group()))
        end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308


def crumbs(request: HttpRequest) -> list[tuple[str, str]]:
    """The way here, as far as its steps are endpoints themselves."""
    steps = request.path.strip("/").split("/")
    found = []
    for number, step in enumerate(steps, start=1):
        path = "/" + "/".join(steps[:number])
        found.append((step, path if is_endpoint(path) else ""))
    return found


def is_endpoint(path: str) -> bool:
    """Whether something other than the catch-all answers there."""
    try:
        view = getattr(resolve(path).func, "cls", None)
    except Resolver404:
        return False
    return view is not None and bool(getattr(view, "wire", {}))


def may(view: Any, method: str) -> bool:
    """Whether the method is there and the caller's scopes allow it."""
    name = getattr(view, "action_map", {}).get(method)
    caller = view.request.user
    if name is None or not isinstance(caller, Caller):
        return False
    scope = view.scopes.get(name)
    return scope is None or caller.allows(scope)


def body_forms(view: Any, request: Any, data: Any) -> list[dict[str, Any]]:
    """A text of JSON to edit and send, for each method that takes a body."""
    return [
        {"method": method.upper(), "title": operation_title(view, view.action_map[method]), "body": body}
        for method in WRITES
        if may(view, method) and (body := draft(view, request, method, data)) is not None
    ]


def draft(view: Any, request: Any, method: str, data: Any) -> str | None:
    """What was just sent; or the fields of a row as it is now; or those that a new one needs."""
    reads = view.wire.get(view.action_map[method], {}).get("reads")
    if reads is None:
        return None
    if request.method.lower() == method:
        return str(request.raw_body.decode("utf-8", "replace"))
    if isinstance(reads, dict):
        return readable(view.draft(method, data))
    row = data.get(view.noun, {}) if isinstance(data, dict) else {}
    return readable({name: held(row, name) for name, field in reads().fields.items() if field.required or row})


def held(row: dict[str, Any], name: str) -> Any:
    """What a row holds under a name; of a related row its id, null when there is none."""
    if not name.endswith("_id") or name in row:
        return row.get(name, "")
    return (row.get(name.removesuffix("_id")) or {}).get("id") if row else ""


def filter_fields(view: Any, request: Any) -> list[dict[str, Any]]:
    """An input for every parameter of a list, with what was asked in it."""
    filters = getattr(view, "filterset_class", None)
    found = []
    for chosen in filters.filters.values() if filters else ():
        if not chosen.in_forms:
            continue
        for operator in chosen.operators:
            name = f"{chosen.name}[{operator}]" if operator else chosen.name
            value = request.query_params.get(name, "")
            found.append({"name": name, "value": value, "choices": chosen.schema.get("enum", [])})
    return found
