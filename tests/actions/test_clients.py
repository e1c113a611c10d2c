"""Popular clients of JSON:API: list, filter, page, include, fetch, create, cancel, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.actions.clients import JsonApiClient

ORDER: dict[str, Any] = {"actionType": "transaction", "title": "Order"}
NOBODY = "00000000-0000-4000-8000-000000000000"
# The things of the world are of the first week of March 2026; what tests record is of today.
THEN = {"takenAtLessEqual": "2026-03-09 00:00:00"}


def deeds(live: SimpleNamespace, *numbers: int) -> list[str]:
    """Ids of Alice's things."""
    return [live.deeds[number] for number in numbers]


def test_a_list_is_whole_and_newest_first(jsonapi: JsonApiClient, live: SimpleNamespace):
    found = jsonapi("every", "actions", filter=THEN)
    assert {live.paid, *live.deeds} == {one["id"] for one in found}
    assert [one["id"] for one in found if one["id"] != live.paid] == deeds(live, 3, 2, 1, 0)
    sold = next(one for one in found if one["id"] == live.deeds[2])
    assert (sold["type"], sold["attributes"]["title"]) == ("action", "Deed 2")
    assert (sold["attributes"]["actionType"], sold["attributes"]["params"]) == ("transaction", {"value": 3})
    assert (sold["attributes"]["cancelled"], sold["attributes"]["externalId"]) == (False, "order-2")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"cancelled": 1}, (3,)),
        ({"cancelled": "false", "paramsValueGreaterEqual": 2}, (2,)),
        ({"type": "event"}, (1,)),
        ({"type": "event,transaction", "source": "shop"}, (2,)),
        ({"performerEmail": "bea@y.example"}, (2, 1)),
        ({"externalId": "order-1,order-3"}, (3, 1)),
        ({"takenAtGreaterEqual": "2026-03-04 00:00:00"}, (3, 2)),
        ({"takenAtGreaterEqual": "2026-03-03T12:00:00Z", "takenAtLessEqual": "2026-03-04T13:00:00+01:00"}, (2, 1)),
        ({"title": "deed 1"}, (1,)),
    ],
)
def test_filters_narrow(jsonapi: JsonApiClient, live: SimpleNamespace, filters: dict[str, Any], found: Any):
    assert jsonapi.ids("actions", filter=THEN | filters) == deeds(live, *found)


def test_pages_are_followed_to_the_end(jsonapi: JsonApiClient, live: SimpleNamespace):
    asked = {"filter": THEN, "query": ["page[size]=2", "sort=takenAt,title"]}
    said = jsonapi.ask("every", "actions", **asked)
    assert len(said["asked"]) == 3
    assert [one["attributes"]["title"] for one in said["found"]] == ["Deed 0", "Deed 0", "Deed 1", "Deed 2", "Deed 3"]
    assert jsonapi.ids("actions", filter={"id": NOBODY}) == []


def test_what_is_included_is_not_asked_for_again(jsonapi: JsonApiClient, live: SimpleNamespace):
    told: dict[str, Any] = {"filter": THEN, "follow": ["performer", "referrer", "team"]}
    said = jsonapi.ask("every", "actions", include=["performer", "referrer", "team"], **told)
    assert len(said["asked"]) == 1
    first, second = (next(one for one in said["found"] if one["id"] == id) for id in deeds(live, 0, 1))
    assert (first["performer"]["id"], first["referrer"]["id"], first["team"]) == (live.ada, live.bea, None)
    assert (second["performer"]["attributes"]["email"], second["referrer"]) == ("bea@y.example", None)
    assert second["team"]["attributes"]["name"] == live.team


def test_what_is_not_included_is_found_where_the_client_looks(jsonapi: JsonApiClient, live: SimpleNamespace):
    said = jsonapi.ask("one", "actions", id=live.deeds[1], follow=["performer"])
    assert len(said["asked"]) == 2
    assert said["found"]["performer"] == jsonapi("one", "users", id=live.bea)


def test_one_is_fetched_by_plural_and_by_type(jsonapi: JsonApiClient, live: SimpleNamespace):
    shown = jsonapi("one", "actions", id=live.deeds[0])
    assert (shown["id"], shown["attributes"]["title"]) == (live.deeds[0], "Deed 0")
    user = jsonapi("one", "users", id=live.bea)
    assert (user["type"], user["id"], user["attributes"]["email"]) == ("user", live.bea, "bea@y.example")
    wallet = jsonapi("one", "users/wallets", id=live.bea, follow=["user"])
    assert (wallet["id"], wallet["user"]) == (live.bea, user)


def test_an_action_is_recorded_and_cancelled(jsonapi: JsonApiClient, live: SimpleNamespace):
    made = jsonapi.create("action", "actions", **ORDER, params={"value": 12.5}, performer=live.ada, referrer=live.bea)
    facts = made["attributes"]
    assert (facts["title"], facts["params"], facts["cancelled"]) == ("Order", {"value": 12.5}, False)
    shown = jsonapi("one", "actions", id=made["id"], follow=["performer", "referrer"])
    assert (shown["performer"]["id"], shown["referrer"]["id"]) == (live.ada, live.bea)
    done = jsonapi("change", "actions", id=made["id"], fields={"cancelled": True})
    assert (done["id"], done["attributes"]["cancelled"]) == (made["id"], True)
    assert jsonapi("one", "actions", id=made["id"])["attributes"]["cancelled"]


def test_a_user_and_a_transaction_are_made(jsonapi: JsonApiClient, live: SimpleNamespace):
    email = f"{jsonapi.name}@y.example"
    user = jsonapi.create("user", "users", email=email, country="PL", active=True)
    assert (user["attributes"]["email"], user["attributes"]["active"]) == (email, True)
    where = "users/wallets/transactions"
    paid = jsonapi.create("transaction", where, kind="add", amount=7, realized=False, user=user["id"])
    assert (paid["attributes"]["amount"], paid["attributes"]["realized"]) == (7, False)
    assert jsonapi("change", where, id=paid["id"], fields={"realized": True})["attributes"]["realized"] is True
    assert jsonapi("one", "users/wallets", id=user["id"])["attributes"]["balanceCurrent"] == 7
    assert jsonapi.ids(where, filter={"user": user["id"]}) == [paid["id"]]


def test_refusals_are_understood(jsonapi: JsonApiClient, live: SimpleNamespace):
    assert jsonapi.refused("every", "actions", filter={"colour": "red"}) == (400, ["invalid_filter"])
    assert jsonapi.refused("every", "actions", include=["boss"]) == (400, ["invalid_include"])
    assert jsonapi.refused("one", "actions", id=NOBODY) == (404, ["not_found"])
    assert jsonapi.using(live.stranger).refused("one", "actions", id=live.deeds[0]) == (404, ["not_found"])
    assert jsonapi.using(live.reader).refused("one", "users", id=live.ada) == (403, ["missing_scope"])
    for token in (None, "act_nonsense"):
        assert jsonapi.using(token).refused("every", "actions") == (401, ["not_authenticated"])
    renamed = jsonapi.refused("change", "actions", id=live.deeds[0], fields={"title": "Another"})
    assert renamed == (403, ["immutable_attribute"])


def test_asyncio_reads_the_same(jsonapi_async: JsonApiClient, live: SimpleNamespace):
    asked: dict[str, Any] = {"filter": THEN, "query": ["page[size]=2"]}
    assert jsonapi_async("at_once", "actions", **asked) == jsonapi_async("every", "actions", **asked)
