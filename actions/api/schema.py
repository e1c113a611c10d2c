"""OpenAPI of documents, from the declarations that serve them."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from accounts.api.schema import DialectSchema
from actions.api import schemas
from actions.api.documents.negotiation import MEDIA_TYPE
from actions.api.documents.parameters import Parameter

ROOT = "/api/v1"
READ_REFUSED = (400, 401, 403, 404, 406, 429)
WRITE_REFUSED = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429)
WRITES = ("POST", "PUT", "PATCH")
# What parts of paths are called.
NAMES = {"/users/wallets/transactions/": "transactionId", "/users/wallets/": "walletId"}
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    type={"type": "string", "minLength": 1, "maxLength": 255},
    location=OpenApiParameter.HEADER,
)


class DocumentSchema(DialectSchema):
    """Describes a `DocumentView`."""

    def is_excluded(self) -> bool:
        """Of what is always refused one method is enough."""
        return bool(self._operation().get("method", self.method) != self.method)

    def map_parsers(self) -> list[Any]:
        """Documents, but of tokens, which are asked for with a form."""
        return [self._operation().get("media", MEDIA_TYPE)]

    def get_request_serializer(self) -> Any:
        """The body it reads."""
        reads = self._operation().get("reads")
        return None if reads is None else {self.map_parsers()[0]: reads}

    def get_response_serializers(self) -> Any:
        """What it answers, and how it refuses."""
        self._register()
        operation = self._operation()
        media = "application/json" if "plain" in operation else MEDIA_TYPE
        refused = operation.get("refused") or (WRITE_REFUSED if self.method in WRITES else READ_REFUSED)
        bad = operation.get("plain") or schemas.ref("ErrorDocument")
        found: dict[Any, Any] = {(str(status), media): OpenApiResponse(bad, "Refused.") for status in refused}
        if "answers" in operation and operation["answers"] is not operation.get("reads"):
            good = OpenApiResponse(operation["answers"], "Done.")
            found = {(str(operation.get("status", 200)), media): good, **found}
        return found

    def _register(self) -> None:
        for name, schema in schemas.COMPONENTS.items():
            component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name)  # type: ignore[no-untyped-call]
            self.registry.register_on_missing(component)

    def get_override_parameters(self) -> list[Any]:
        """Parameters of a list, and of what is one resource."""
        operation = self._operation()
        name = getattr(self.view, "action", None)
        found: list[Any] = [IDEMPOTENCY] if name == "create" else []
        asked = {"list": "filterset_class", "retrieve": "one_class"}.get(name or "")
        if asked and operation.get("parameters", True):
            found += [parameter_of(one) for one in getattr(self.view, asked).filters.values()]
        return found

    def get_auth(self) -> Any:
        """A bearer token, where there is a caller at all."""
        return [] if self.view.public else [{"bearer": []}]


def parameter_of(one: Parameter) -> OpenApiParameter:
    """A parameter as OpenAPI has it."""
    style = {} if one.exploded is None else {"style": "form", "explode": one.exploded}
    return OpenApiParameter(one.name, type=dict(one.schema), location=OpenApiParameter.QUERY, **style)  # type: ignore[arg-type]


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The document with paths behind its root, and the parts of paths called as the contract calls them."""
    paths = {named(path.removeprefix(ROOT)): methods for path, methods in document["paths"].items()}
    for path, methods in paths.items():
        asked = [part_of(path, name) for name in re.findall(r"{(\w+)}", path)]
        for operation in methods.values():
            rest = [one for one in operation.get("parameters", ()) if one["in"] != "path"]
            operation["parameters"] = rest
            if not rest:
                del operation["parameters"]
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
        if asked:
            methods["parameters"] = asked
    components = document["components"] | {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}
    return document | {"paths": paths, "components": components, "servers": [{"url": f"/actions{ROOT}"}]}


def named(path: str) -> str:
    """A path with its last parameter named."""
    name = next((name for start, name in NAMES.items() if path.startswith(start)), "id")
    return re.sub(r"{(?:pk|id)}", f"{{{name}}}", path)


def part_of(path: str, name: str) -> dict[str, Any]:
    """A part of a path."""
    schema = schemas.TEXT
    if name == "id":
        schema = schemas.UUID if path.startswith("/actions/") else schemas.NUMBERED
    return {"name": name, "in": "path", "required": True, "schema": schema}
