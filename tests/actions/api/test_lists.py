"""Lists: pages and cursors, counts, orders; and that rows and statements stay as many as they are."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.api.documents.parameters import Cursor, Sorts
from actions.api.filters import (
    ActionPages,
    CompetitionPages,
    TeamPages,
    TransactionPages,
    TypePages,
    UserPages,
    WalletPages,
)
from actions.api.rows.wallets import Book, order_of
from actions.api.views import lists
from actions.rules.people import create_performer
from actions.rules.transactions import create_transaction
from tests.actions.api.caller import Igni, refusals
from tests.actions.api.world import make_things
from tests.factories import NOON

LISTS = {
    "/actions": ActionPages,
    "/users": UserPages,
    "/users/wallets": WalletPages,
    "/users/wallets/transactions": TransactionPages,
    "/action-types": TypePages,
    "/teams": TeamPages,
    "/competitions": CompetitionPages,
}
SORTS = [
    (path, f"{sign}{word}")
    for path, asked in LISTS.items()
    for one in asked.filters.values()
    if isinstance(one, Sorts)
    for word, sign in product(one.keys, ("", "-"))
]


@pytest.fixture
def things(alice: Member) -> SimpleNamespace:
    """Rows of every kind."""
    return make_things(alice)


def follow(api: Igni, response: Any, rel: str) -> Any:
    """Another page, by its link."""
    url = urlsplit(response.json()["links"][rel])
    return api.get(url.path.removeprefix("/actions/api/v1"), dict(parse_qsl(url.query)))


def ids(response: Any) -> list[str]:
    """The ids of a page."""
    return [one["id"] for one in response.json()["data"]]


@pytest.mark.parametrize(("path", "sort"), SORTS)
def test_every_order_is_whole_whichever_way_its_pages_are_read(api: Igni, things: Any, path: str, sort: str):
    query = {"sort": sort, "page[size]": "2"}
    everything = api.ids(path, {"sort": sort, "page[size]": "100"})
    assert len(everything) == len(set(everything)) > 1
    opposite = sort[1:] if sort.startswith("-") else f"-{sort}"
    assert api.ids(path, {"sort": opposite, "page[size]": "100"}) == everything[::-1]
    page, by_number = api.get(path, query), []
    while True:
        by_number += ids(page)
        if page.json()["links"]["next"] is None:
            break
        page = follow(api, page, "next")
    assert by_number == everything
    if not any(isinstance(one, Cursor) for one in LISTS[path].filters.values()):
        return
    page = api.get(path, query | {"page[after]": everything[0]})
    found = [everything[0], *ids(page)]
    while page.json()["links"]["next"]:
        page = follow(api, page, "next")
        found += ids(page)
    assert found == everything
    back = ids(page)
    while page.json()["links"]["prev"]:
        page = follow(api, page, "prev")
        back = [*ids(page), *back]
    assert back == everything


def test_pages_are_clamped_counted_and_empty_past_the_end(api: Igni, things: Any):
    body = api.get("/actions", {"page[size]": "1000", "filter[cancelled]": "0"}).json()
    assert body["meta"]["pagination"] == {"page": 1, "pages": 1, "count": 4, "size": 100}
    assert "filter%5Bcancelled%5D=0" in body["links"]["first"]
    far = api.get("/actions", {"page[number]": "9" * 30, "page[size]": "2"}).json()
    assert (far["data"], far["links"]["next"], far["meta"]["pagination"]["count"]) == ([], None, 5)
    assert "page%5Bnumber%5D=3" in far["links"]["prev"]


def test_what_nobody_counted_to_the_end_says_at_least(api: Igni, things: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    first = api.get("/actions", {"page[size]": "2"}).json()
    assert first["meta"]["pagination"] == {"page": 1, "pages": 2, "count": 3, "size": 2, "atLeast": True}
    assert "last" not in first["links"]
    second = api.get("/actions", {"page[size]": "2", "page[number]": "2"}).json()
    assert second["meta"]["pagination"]["pages"] == 3
    last = api.get("/actions", {"page[size]": "2", "page[number]": "3"}).json()
    assert last["meta"]["pagination"] == {"page": 3, "pages": 3, "count": 5, "size": 2}
    assert last["links"]["next"] is None


@pytest.mark.parametrize("cursor", ["x", "0", "00000000-0000-0000-0000-000000000000", "9" * 40])
@pytest.mark.parametrize("path", ["/actions", "/users", "/teams"])
def test_a_cursor_that_names_nothing_is_refused(api: Igni, things: Any, path: str, cursor: str):
    assert refusals(api.get(path, {"page[after]": cursor}), 400) == {("invalid_page", "page[after]")}
    both = {"page[after]": cursor, "page[number]": "1"}
    assert refusals(api.get(path, both), 400) == {("invalid_page", "page[after]")}


def test_filters_of_one_name_are_alternatives_and_of_several_are_all_needed(api: Igni, things: Any):
    zero, one = str(things.deeds[0].pk), str(things.deeds[1].pk)
    assert set(api.ids("/actions", {"filter[id]": f"{zero},{one}"})) == {zero, one}
    assert api.ids("/actions", {"filter[id]": f"{zero},{one}", "filter[type]": "event"}) == [one]
    assert api.ids(f"/actions?filter%5Bid%5D={one}") == api.ids(f"/actions?filter[id]={one}") == [one]
    assert len(api.ids("/actions?")) == 5


def test_times_are_where_the_workspace_is_unless_they_say_otherwise(api: Igni, alice: Member, things: Any):
    alice.workspace.time_zone = "Europe/Warsaw"
    alice.workspace.save()
    at_noon = {"2026-03-02 13:00:00", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00+01:00"}
    for text in at_noon:
        query = {"filter[takenAtGreaterEqual]": text, "filter[takenAtLessEqual]": text}
        assert len(api.ids("/actions", query)) == 2


@pytest.mark.parametrize(
    "bad",
    [
        "takenAtLessEqual=2026-02-30 00:00:00",
        "takenAtLessEqual=2026-03-02",
        "cancelled=yes",
        "performer=x",
        "performer=-1",
        "id=x",
        "paramsValueLessEqual=1.0000001",
        "paramsValueLessEqual=1e5",
        "title=",
        "type=a,,b",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(api: Igni, bad: str):
    name, _, value = bad.partition("=")
    assert refusals(api.get("/actions", {f"filter[{name}]": value}), 400) == {("invalid_filter", f"filter[{name}]")}


def test_strangers_see_nothing_of_it(stranger: Igni, things: Any):
    for path in LISTS:
        assert [one["id"] for one in stranger.data(path)] == [] or path == "/action-types"


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ({}, 1),
        ({"page[size]": "1"}, 2),
        ({"include": "performer,referrer,actionType,team,transactions,performer.team"}, 7),
    ],
)
def test_a_list_of_actions_costs_the_same_however_long(api: Igni, things: Any, query: dict[str, str], most: int):
    api.get("/actions", query)
    with CaptureQueriesContext(connection) as told:
        api.get("/actions", query)
    # The rows; a count where there are more; and one for each kind of what is included, action types two.
    assert len(told) <= most, [one["sql"][:100] for one in told]


def test_a_page_of_wallets_costs_the_same_however_many_users_there_are(alice: Member, sqlite: None):
    def steps(order: str) -> int:
        counted: list[None] = []
        connection.connection.set_progress_handler(lambda: counted.append(None), 1)
        found = Book(alice.workspace_id).page(3, order, 2)
        connection.connection.set_progress_handler(None, 0)
        assert len(found) == 3
        return len(counted)

    def come(number: int) -> None:
        who = create_performer(alice.workspace, email=f"{number}@y.example", country="PL", actor=alice, at=NOON)
        for currency in ("PTS", "EUR", "XP.knowledge"):
            create_transaction(who, "add", 1, currency=currency, realized=True, actor=alice, at=NOON)

    orders = [order_of("id", False), order_of("id", True)]
    for number in range(5):
        come(number)
    few = [steps(order) for order in orders]
    for number in range(5, 60):
        come(number)
    assert [steps(order) for order in orders] == pytest.approx(few, rel=0.1)
