"""
The feed as a signed-in person loads it, on its newest page and ten thousand pages down at a million facts.

The floor is one statement of the driver, and the same lines written by the same function and the same template; what
a page has around its lines, and finding out who asks, is what it may cost more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import get_template

from accounts.models import Member
from accounts.pages import Visitor
from accounts.rules import create_login
from accounts.views.setup import BACKEND
from actions.views.lines import line
from actions.views.paging import SIZE, Place
from benchmarks import facts
from benchmarks.asking import ask, environ
from benchmarks.floors import Floor
from benchmarks.races import Race
from benchmarks.rows import action_id, created_at
from benchmarks.worlds import World

HOST = "127.0.0.1"
LINE = re.compile(rb'id="fact-(\w{26})"')
SELECT = """
SELECT a.id, a.seq, a.taken_at, a.verb, a.source, t.name, a.cancelled_at, a.value, p.id, p.name, p.email, p.erased_at,
    y.points, d.title, d.meta
FROM actions_action a JOIN actions_actiontype t ON t.id = a.type_id
LEFT JOIN actions_performer p ON p.id = a.performer_id
LEFT JOIN actions_tally y ON y.action_id = a.id LEFT JOIN actions_detail d ON d.action_id = a.id
WHERE a.workspace_id = ? {where} ORDER BY a.taken_at DESC, a.id DESC LIMIT {limit}
"""


def races(world: World, floor: Floor) -> Iterator[Race]:
    """Both pages."""
    ledger = facts.new_ledger(world.tenant)
    facts.fill(ledger, world.size)
    visitor, cookie = sign_in(world)
    yield paged("feed: page 1", visitor, cookie, floor, None)
    half = Place(created_at(world.size // 2), action_id(world.tenant, world.size // 2))
    yield paged("feed: half way down, by key", visitor, cookie, floor, half)


def sign_in(world: World) -> tuple[Visitor, str]:
    """A plain member in a browser."""
    member = Member.objects.select_related("workspace").get(pk=world.tenant.members[1])
    user = member.user or create_login(member, password=None)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return Visitor(user, member.workspace, member), f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def browsing(path: str, cookie: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a WSGI server makes of a request of her browser."""
    asked = environ("", path, query) | {"HTTP_COOKIE": cookie, "HTTP_HOST": HOST, "HTTP_ACCEPT": "text/html"}
    del asked["HTTP_AUTHORIZATION"]
    return asked


def paged(name: str, visitor: Visitor, cookie: str, floor: Floor, place: Place | None) -> Race:
    """A page, and its lines alone."""
    where = "AND (a.taken_at, a.id) < (?, ?)" if place else ""
    sql = SELECT.format(where=where, limit=SIZE + 1)
    values = [floor.value(value) for value in (visitor.workspace.pk, *(place or ()))]
    asked = browsing("/", cookie, {"before": str(place)} if place else None)
    floor.prepare(sql, values)
    return Race(
        name,
        lambda: ask(asked),
        lambda: b"".join(by_hand(row, visitor) for row in floor.select(sql, values)[:SIZE]),
        seen=LINE.findall,
        in_budget=False,
    )


def by_hand(row: tuple[Any, ...], visitor: Visitor) -> bytes:
    """A row of the driver as the template writes it."""
    *known, meta = row
    known[0], known[2] = UUID(str(known[0])), at(known[2])
    private = (json.loads(meta) if isinstance(meta, str) else meta or {}).get("private")
    shown = line(visitor, *known, private)  # type: ignore[call-arg]
    return get_template("actions/line.html").render({"line": shown, "zone": visitor.workspace.zone}).encode()


def at(value: Any) -> datetime:
    """A time of either driver."""
    moment: datetime = datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
    return moment
