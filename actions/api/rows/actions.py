"""Actions as clients see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from accounts.callers import Caller
from accounts.pages import ADMINISTRATORS
from actions.amounts import given
from actions.api.documents.numbers import number
from actions.api.documents.writing import Kind, Resource, Row, Voice
from actions.api.rows.common import dashed, key_of_uuid, read, read_json, to_one, visible
from actions.api.rows.transactions import of_actions
from actions.models import Action

# There are no facts that take back others: a fact is cancelled where it stands.
NOBODY: Resource = {"data": None}


def reads_private(caller: Caller) -> bool:
    """Keys are given out by those who run the workspace; of people in a browser only they themselves."""
    return caller.key is not None or (caller.member is not None and caller.member.role in ADMINISTRATORS)


class Actions(Kind):
    """What somebody did."""

    type, path, noun, scope = "action", "actions", "action", "actions:read"
    attributes = (
        "actionType",
        "title",
        "takenAt",
        "createdAt",
        "cancelled",
        "cancelledAt",
        "cancelReason",
        "params",
        "externalId",
        "source",
        "sourceId",
        "points",
    )
    aliases = ("id", "type")
    relationships = (
        "performer",
        "referrer",
        "actionType",
        "team",
        "transactions",
        "reverses",
        "reversedBy",
    )
    many = {"transactions": of_actions}

    def rows(self, caller: Caller) -> Any:
        """Facts whose performer is known; what its source calls private, for those who may read it."""
        rows = visible(caller, Action).assigned()
        return rows if reads_private(caller) else rows.filter(detail__meta__private__isnull=True)

    def by_ids(self, caller: Caller, ids: list[str]) -> list[Row]:
        """By UUID."""
        return read(self.rows(caller), [key for id in ids if (key := key_of_uuid(id))])

    def id_of(self, row: Row) -> str:
        """The UUID."""
        return dashed(row[0])

    def writer(self, voice: Voice) -> Callable[[Row], Resource]:
        """The function that writes its rows."""
        base, igni, typed = f"{voice.base}/actions/", voice.igni, "actionType" in voice.tree

        def write(row: Row) -> Resource:
            (digits, slug, type_id, title, taken, created, cancelled, reason, params, external) = row[:10]
            (source, source_id, performer, referrer, team, points) = row[10:]
            id = dashed(digits)
            own = base + id
            attributes: dict[str, Any] = {"id": id, "type": slug} if igni else {}
            if not typed:
                # A relationship of the same name has taken its place, as no field may be both.
                attributes["actionType"] = slug
            attributes |= {
                "title": title,
                "takenAt": taken,
                "createdAt": created,
                "cancelled": cancelled is not None,
                "cancelledAt": cancelled,
                "cancelReason": reason or None,
                "params": params_of(read_json(params)),
                "externalId": external,
                "source": source,
                "sourceId": None if source_id in (external, id, digits) else source_id,
                "points": number(points),
            }
            related = {
                "performer": to_one("user", performer, own, "performer"),
                "referrer": to_one("user", referrer, own, "referrer"),
                "team": to_one("team", team, own, "team"),
                "transactions": {
                    "links": {"self": f"{own}/relationships/transactions", "related": f"{own}/transactions"}
                },
                "reverses": NOBODY,
                "reversedBy": NOBODY,
            }
            if typed:
                related["actionType"] = to_one("actionType", type_id, own, "actionType")
            return {
                "type": "action",
                "id": id,
                "attributes": attributes,
                "relationships": related,
                "links": {"self": own},
            }

        return write


def params_of(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters with their amounts as numbers."""
    return {
        name: number(value) if name in ("value", "points") and isinstance(value, int) else given(value, orjson.Fragment)
        for name, value in params.items()
    }
