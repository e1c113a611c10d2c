"""Action types, and the points that each pays by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.callers import Caller
from actions.api.documents.numbers import number
from actions.api.documents.writing import Kind, Resource, Row, Voice
from actions.api.rows.common import numbered, read_json, visible
from actions.models import ActionType, RuleVersion


class ActionTypes(Kind):
    """Kinds of action."""

    type, path, noun, scope = "actionType", "action-types", "action type", "actions:read"
    attributes = ("slug", "name", "active", "parameters", "defaultPoints")

    def rows(self, caller: Caller) -> Any:
        """All types."""
        return visible(caller, ActionType)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By number."""
        return numbered(caller, ActionType, ids)

    def completed(self, caller: Caller, rows: list[Row]) -> list[Row]:
        """With the points that rules in force pay for each by itself."""
        paid: dict[int | None, int] = {}
        versions = RuleVersion.objects.visible_to(caller).in_force().flat() if rows else RuleVersion.objects.none()
        for key, amount in versions.values_list("type", "amount"):
            paid[key] = paid.get(key, 0) + amount
        return [(*row, paid.get(row[0], 0) + paid.get(None, 0)) for row in rows]

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""

        def write(row: Row) -> Resource:
            key, slug, name, active, params, points = row
            return {
                "type": "actionType",
                "id": str(key),
                "attributes": {
                    "slug": slug,
                    "name": name,
                    "active": bool(active),
                    "parameters": read_json(params),
                    "defaultPoints": number(points),
                },
                "links": {"self": f"{voice.base}/action-types/{key}"},
            }

        return write
