"""
`GET /actions` of Igni's API: one type, newest first, with their performers; then the same far down, by cursor.

The floor is three statements of the driver, which knows the key of the type: rows, how many there are up to the most
that are counted, and the performers; written by the functions that write the answer. The two agree on every resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from accounts.models import Workspace
from accounts.rules import create_key
from actions.api.documents.negotiation import MEDIA_TYPE
from actions.api.documents.writing import JSONAPI, Voice, tree_of
from actions.api.rows.actions import Actions
from actions.api.rows.common import dashed
from actions.api.rows.people import Users
from actions.api.views.lists import MOST_COUNTED
from benchmarks import facts
from benchmarks.asking import ask, environ
from benchmarks.floors import Floor
from benchmarks.races import Race
from benchmarks.rows import action_id, created_at
from benchmarks.worlds import BEFORE, UNLIMITED, World

HOST, ROOT = "localhost", "/actions/api/v1"
PAGE = 100
WORDS = ("actions:read", "users:read")
QUERY = {
    "filter[type]": "incident-action-completed",
    "include": "performer",
    "sort": "-createdAt",
    "page[size]": PAGE,
}
ROWS = """
SELECT {id}, t.slug, a.type_id, d.title, {taken}, {created}, {cancelled}, a.cancelled_reason, a.params, a.external_id,
    a.source, a.source_id, a.performer_id, a.referrer_id, y.team_id, y.points
FROM actions_action a JOIN actions_actiontype t ON t.id = a.type_id
LEFT JOIN actions_detail d ON d.action_id = a.id LEFT JOIN actions_tally y ON y.action_id = a.id
WHERE a.workspace_id = ? AND a.performer_id IS NOT NULL AND a.type_id = ? {where}
ORDER BY a.created_at DESC, a.id DESC LIMIT {limit}
"""
COUNT = """
SELECT COUNT(*) FROM (
    SELECT 1 FROM actions_action WHERE workspace_id = ? AND performer_id IS NOT NULL AND type_id = ? LIMIT {limit}
) few
"""
PEOPLE = """
SELECT p.id, p.email, COALESCE(NULLIF(p.name, ''), p.email, ''), p.referral_code, p.country, {created}, {activated},
    {banned}, p.enroller_id, (
        SELECT m.team_id FROM actions_teammembership m
        WHERE m.workspace_id = p.workspace_id AND m.performer_id = p.id AND m.until IS NULL LIMIT 1
    )
FROM actions_performer p WHERE p.workspace_id = ? AND p.id IN ({marks})
"""


def races(world: World, floor: Floor) -> Iterator[Race]:
    """Both pages."""
    ledger = facts.new_ledger(world.tenant)
    facts.fill(ledger, world.size)
    workspace = Workspace.objects.get(pk=ledger.workspace)
    made: dict[str, Any] = {"name": "documents", "at": BEFORE, "words": WORDS, "limit": UNLIMITED}
    token = create_key(workspace, "actions", **made)[1]
    seen = world.size // 5
    after = action_id(world.tenant, seen)
    yield paged("documents: type, performers, newest", ledger, token, floor, {}, "", [])
    where = "AND (a.created_at, a.id) < (?, ?)"
    query = {"page[after]": dashed(after.hex)}
    yield paged("documents: after four fifths", ledger, token, floor, query, where, [created_at(seen), after])


def paged(
    name: str, ledger: facts.Ledger, token: str, floor: Floor, query: dict[str, Any], where: str, beyond: list[Any]
) -> Race:
    """A page, and the statements it cannot do without."""
    asked = environ(token, f"{ROOT}/actions", QUERY | query) | {"HTTP_HOST": HOST, "HTTP_ACCEPT": MEDIA_TYPE}
    least = Least(floor, ledger, where, beyond)
    return Race(name, lambda: ask(asked), least.page, seen=resources)


def resources(answer: bytes) -> Any:
    """The actions, and who did them: in any order, and without times, which SQLite keeps short where it can."""
    document = orjson.loads(answer)
    people = [(one["id"], one["attributes"]["nameDisplay"], one["relationships"]) for one in document["included"]]
    return document["data"], sorted(people, key=lambda one: int(one[0]))


class Least:
    """A page by hand."""

    def __init__(self, floor: Floor, ledger: facts.Ledger, where: str, beyond: list[Any]) -> None:
        self.floor, self.ledger = floor, ledger
        columns = ("taken", "created", "cancelled")
        times = {name: floor.at.format(f"a.{name}_at") for name in columns}
        self.rows = ROWS.format(id=floor.hex.format("a.id"), where=where, limit=PAGE + 1, **times)
        self.count = COUNT.format(limit=MOST_COUNTED + 1)
        self.its = [ledger.workspace, ledger.type]
        self.values = [*self.its, *(floor.value(value) for value in beyond)]
        voice = Voice(f"http://{HOST}{ROOT}", tree=tree_of(["performer"]))
        self.action, self.user = Actions().writer(voice), Users().writer(voice)
        floor.prepare(self.rows, self.values)

    def page(self) -> bytes:
        """The answer, less its links."""
        found = self.floor.select(self.rows, self.values)[:PAGE]
        [[count]] = self.floor.select(self.count, self.its)
        people = list(dict.fromkeys(row[12] for row in found))
        columns = ("created", "activated", "banned")
        times = {name: self.floor.at.format(f"p.{name}_at") for name in columns}
        sql = PEOPLE.format(marks=", ".join("?" * len(people)), **times)
        users = {row[0]: row for row in self.floor.select(sql, [self.ledger.workspace, *people])}
        return orjson.dumps(
            {
                "jsonapi": JSONAPI,
                "data": [self.action(row) for row in found],
                "included": [self.user(users[key]) for key in people],
                "meta": {"pagination": {"count": count, "size": PAGE}},
            }
        )
