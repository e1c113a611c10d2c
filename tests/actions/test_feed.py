"""The feed: what was done, newest first by when it happened, narrowed, paged both ways, and news of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from actions.models import Action
from actions.rules.deeds import assign_action
from actions.views import paging
from incidents.rules import complete_action
from tests.actions.factories import SOLD, make_fact, make_performer, pay, take_back
from tests.factories import NOON, make_member
from tests.incidents.factories import make_action, make_incident
from tests.visitors import shown, signed_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def page(bob: Member) -> Client:
    """Bob, a plain member, signed in."""
    return signed_in(bob)


@transaction.atomic
def record(actor: Member, number: int = 1, *, at: datetime = NOON, **facts: Any) -> Action:
    """One of many facts, told apart by number."""
    facts.setdefault("title", f"Case {number:03}")
    return make_fact(actor, occurrence=number, at=at, **facts)


def titles(text: str) -> list[str]:
    """The titles of the lines, as they stand."""
    return re.findall(r'<a href="/actions/\w{26}/">(.*?)</a>', text)


def link(text: str, word: str) -> str:
    """Where a link leads."""
    found = re.search(rf'<a href="(\?[^"]*)">{word}</a>', text)
    assert found, f"There is no link {word}."
    return "/" + found[1].replace("&amp;", "&")


def news(client: Client, text: str) -> dict[str, Any]:
    """What a page that was loaded would be told now."""
    [where] = re.findall(r'data-news="([^"]*)"', text)
    [seq] = re.findall(r'data-seq="(\d+)"', text)
    response = client.get(f"{where.replace('&amp;', '&')}&seq={seq}")
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def test_what_happened_last_stands_first_whenever_it_was_told(page: Client, alice: Member):
    for number, taken in enumerate([2, 3, 1], start=1):
        record(alice, number, taken_at=NOON + taken * MINUTE)
    assert titles(shown(page.get("/"))) == ["Case 002", "Case 001", "Case 003"]


def test_facts_of_one_moment_stand_by_id(page: Client, alice: Member):
    made = [record(alice, number, taken_at=NOON) for number in range(1, 4)]
    newest = sorted(made, key=lambda fact: fact.pk, reverse=True)
    found = re.findall(r'id="fact-(\w{26})"', shown(page.get("/")))
    assert found == [fact.ulid for fact in newest]


def test_a_line_says_who_when_and_for_how_many_points(page: Client, alice: Member):
    alice.workspace.time_zone = "Europe/Zurich"
    alice.workspace.save(update_fields=["time_zone"])
    fact = record(alice)
    with transaction.atomic():
        pay(alice, 5, alice, action=fact)
    text = shown(page.get("/"))
    assert f'<a href="/actions/performers/{make_performer(alice).pk}/">Alice</a>' in text
    assert "2 Mar 2026, 13:00" in text
    assert '<span class="points">+5</span>' in text


def test_what_was_taken_back_stays_and_says_so(page: Client, alice: Member):
    record(alice)
    with transaction.atomic():
        take_back(alice)
    text = shown(page.get("/"))
    assert titles(text) == ["Case 001"]
    assert "taken back" in text


def test_what_nobody_did_yet_is_there_without_a_name(page: Client, alice: Member):
    record(alice, performer=None)
    assert "nobody yet" in shown(page.get("/"))


def test_pages_lead_both_ways_and_miss_nothing(page: Client, alice: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(paging, "SIZE", 3)
    # Some at the same moment, across the edge of a page.
    for number in range(1, 11):
        record(alice, number, taken_at=NOON + (number // 4) * MINUTE)
    down, seen, texts = "/", [], []
    while True:
        texts.append(shown(page.get(down)))
        seen += titles(texts[-1])
        if ">Older</a>" not in texts[-1]:
            break
        down = link(texts[-1], "Older")
    everything = Action.objects.newest().values_list("detail__title", flat=True)
    assert seen == list(everything)
    up = texts[-1]
    for earlier in reversed(texts[1:-1]):
        up = shown(page.get(link(up, "Newer")))
        assert titles(up) == titles(earlier)
    first = shown(page.get(link(up, "Newer")))
    assert titles(first) == titles(texts[0])
    assert ">Newer</a>" not in first


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source=incidents", ["Mop up"]),
        ("source=tests", ["sold Bob", "Case 001"]),
        ("verb=tests.member.sold", ["sold Bob"]),
        ("who=Bob", ["sold Bob"]),
        ("who=ALICE@wonderland.example", ["Mop up", "Case 001"]),
        ("since=2026-03-03", ["sold Bob"]),
        ("until=2026-03-02", ["Mop up", "Case 001"]),
        ("since=2026-03-02&until=2026-03-02&source=tests", ["Case 001"]),
        ("source=&verb=&who=&since=&until=", ["sold Bob", "Mop up", "Case 001"]),
    ],
)
def test_it_is_narrowed(page: Client, alice: Member, bob: Member, query: str, expected: list[str]):
    record(alice)
    complete_action(make_action(alice, description="Mop up"), actor=alice, at=NOON + MINUTE)
    with transaction.atomic():
        make_fact(bob, verb=SOLD, at=NOON + timedelta(hours=12))
    text = shown(page.get(f"/?{query}"))
    assert titles(text) == expected
    told = news(page, text.replace('data-seq="3"', 'data-seq="0"'))
    assert sorted(titles("".join(line["html"] for line in told["lines"]))) == sorted(expected)


@pytest.mark.parametrize(
    "query",
    ["who=Nobody", "source=nonsense", "verb=%00", "since=yesterday", "until=9999-99-99", "who=%00", "who=" + "9" * 40],
)
def test_what_cannot_be_asked_is_said_at_the_field(page: Client, alice: Member, query: str):
    record(alice)
    response = page.get(f"/?{query}")
    assert response.status_code == 400
    assert "errorlist" in response.content.decode()
    assert titles(response.content.decode()) == []


@pytest.mark.parametrize("last", ["9999-12-31", "0001-01-01"])
def test_the_ends_of_the_calendar_are_days_too(page: Client, alice: Member, last: str):
    alice.workspace.time_zone = "Pacific/Kiritimati"
    alice.workspace.save(update_fields=["time_zone"])
    assert page.get(f"/?since={last}&until={last}").status_code in (200, 400)


@pytest.mark.parametrize("place", ["nonsense", "%00", "9" * 18 + "-01FCNDV6P870EA6S7TK1DSYDG0", "1-2", "٣" * 18 + "-x"])
def test_a_place_that_is_none_is_the_beginning(page: Client, alice: Member, place: str):
    record(alice)
    assert titles(shown(page.get(f"/?before={place}"))) == ["Case 001"]


def test_words_that_are_used_are_offered_and_no_others(page: Client, alice: Member, charlie: Member):
    record(alice)
    complete_action(make_action(charlie), actor=charlie, at=NOON)
    text = shown(page.get("/"))
    assert re.findall(r'<option value="([^"]+)"', text) == ["tests", "tests.member.greeted"]


def test_another_workspace_has_its_own(page: Client, alice: Member, charlie: Member):
    record(charlie, title="Elsewhere")
    record(alice)
    assert titles(shown(page.get("/"))) == ["Case 001"]
    assert page.get(f"/?who={make_performer(charlie).pk}").status_code == 400


def test_titles_are_text_and_never_markup(page: Client, alice: Member):
    record(alice, title="<script>a</script>")
    text = shown(page.get("/"))
    assert "<script>a" not in text
    told = news(page, text.replace('data-seq="1"', 'data-seq="0"'))
    assert "<script>" not in told["lines"][0]["html"]


def test_what_is_private_is_read_by_those_who_run_the_workspace(page: Client, alice: Member):
    hidden = make_incident(alice, name="Hush", visibility="private")
    complete_action(make_action(alice, hidden, description="Tell nobody"), actor=alice, at=NOON)
    text = shown(page.get("/"))
    assert titles(text) == ["Something private"]
    told = news(page, text.replace('data-seq="1"', 'data-seq="0"'))
    assert "Tell nobody" not in told["lines"][0]["html"]
    assert titles(shown(signed_in(alice).get("/"))) == ["Tell nobody"]


def test_nor_does_the_api_show_it_to_her_in_a_browser(page: Client, alice: Member):
    hidden = make_incident(alice, name="Hush", visibility="private")
    record(alice)
    complete_action(make_action(alice, hidden, description="Tell nobody"), actor=alice, at=NOON)
    where, html = "/actions/api/v1/actions", {"accept": "text/html"}
    assert "Tell nobody" not in shown(page.get(where, headers=html))
    assert "Case 001" in shown(page.get(where, headers=html))
    assert "Tell nobody" in shown(signed_in(alice).get(where, headers=html))


def test_so_is_what_an_app_has_told_that_she_does_not_use(alice: Member):
    nora = signed_in(make_member(alice.workspace, "Nora", uses_incidents=False))
    complete_action(make_action(alice), actor=alice, at=NOON)
    assert titles(shown(nora.get("/"))) == ["Something private"]


# News


def test_what_is_recorded_and_taken_back_later_is_news(page: Client, alice: Member):
    record(alice, 1)
    text = shown(page.get("/"))
    assert news(page, text)["lines"] == []
    record(alice, 2, taken_at=NOON - MINUTE)
    with transaction.atomic():
        take_back(alice)
    told = news(page, text)
    lines = sorted(told["lines"], key=lambda line: line["place"], reverse=True)
    assert titles("".join(line["html"] for line in lines)) == ["Case 001", "Case 002"]
    assert "taken back" in lines[0]["html"]
    assert told["seq"] == 3
    assert told["more"] is False


def test_what_is_assigned_is_news_too(page: Client, alice: Member):
    fact = record(alice, performer=None)
    text = shown(page.get("/"))
    assign_action(fact, make_performer(alice), actor=alice, at=NOON)
    [line] = news(page, text)["lines"]
    assert "Alice" in line["html"]
    assert "nobody yet" not in line["html"]


def test_who_slept_long_is_told_in_pieces(page: Client, alice: Member, monkeypatch: pytest.MonkeyPatch):
    text = shown(page.get("/"))
    for number in range(1, 6):
        record(alice, number)
    monkeypatch.setattr(import_module("actions.views.feed"), "LOOKED_AT", 2)
    heard = []
    for _ in range(3):
        told = news(page, text)
        heard += titles("".join(line["html"] for line in told["lines"]))
        text = re.sub(r'data-seq="\d+"', f'data-seq="{told["seq"]}"', text)
    assert sorted(heard) == [f"Case {number:03}" for number in range(1, 6)]
    assert news(page, text)["more"] is False


@pytest.mark.parametrize(
    "query", ["", "in=wonderland", "in=wonderland&seq=-1", "in=wonderland&seq=x", "in=elsewhere&seq=1"]
)
def test_news_are_asked_by_a_number_of_this_workspace(page: Client, alice: Member, query: str):
    assert page.get(f"/actions/news?{query}").status_code == 400


def test_only_the_newest_page_follows(page: Client, alice: Member):
    fact = record(alice)
    assert "data-news" in shown(page.get("/"))
    place = re.findall(r'data-place="([^"]+)"', shown(page.get("/")))[0]
    assert "data-news" not in shown(page.get(f"/?before={place}"))
    assert fact.ulid not in shown(page.get(f"/?before={place}"))


# Whose page it is


def test_strangers_keep_the_front_door(client: Client, alice: Member):
    record(alice)
    text = shown(client.get("/"))
    assert "Case 001" not in text
    assert "Sign in" in text
    assert client.get("/actions/")["Location"] == "/login/?next=/actions/"


def test_whoever_does_not_use_the_ledger_finds_the_doors(alice: Member):
    record(alice)
    nora = signed_in(make_member(alice.workspace, "Nora", uses_actions=False))
    assert "Case 001" not in shown(nora.get("/"))
    assert nora.get("/actions/").status_code == 403
    assert nora.get("/actions/news?in=wonderland&seq=0").status_code == 403


def test_the_pages_take_no_post(page: Client):
    assert page.post("/").status_code == 405
    assert page.post("/actions/news").status_code == 405


def count(client: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        shown(client.get(path))
    return len(queries)


def test_queries_do_not_grow_with_the_list(page: Client, alice: Member):
    record(alice)
    # session, login, workspace of the session, membership; sources and verbs for the filters; last number; the rows
    assert count(page, "/") == 8
    # the same four; what was recorded, assigned, taken back; the rows
    assert count(page, "/actions/news?in=wonderland&seq=0") == 8
    # without news, the rows are not asked for
    assert count(page, "/actions/news?in=wonderland&seq=1") == 7
    for number in range(2, 30):
        record(alice, number)
    assert (count(page, "/"), count(page, "/actions/news?in=wonderland&seq=0")) == (8, 8)
