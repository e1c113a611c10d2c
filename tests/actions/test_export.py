"""The ledger as files: the same filters, all of it, nothing private, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Member
from actions.models import Action, Entry
from actions.views.exports import records
from incidents.rules import complete_action
from tests.actions.factories import SOLD, make_fact, pay, take_back
from tests.factories import NOON
from tests.incidents.factories import make_action, make_incident
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(bob: Member) -> Client:
    """Bob, a plain member, signed in."""
    return signed_in(bob)


@transaction.atomic
def sell(alice: Member, number: int = 1, **facts: Any) -> Action:
    """Alice sold something for five points."""
    facts.setdefault("params", {"value": 12_500_000})
    made = make_fact(alice, occurrence=number, **facts)
    pay(alice, 5, alice, action=made, reason=facts.get("title", ""))
    return made


def body(response: Any) -> bytes:
    """All of a file."""
    return b"".join(response.streaming_content)


def table(client: Client, path: str) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet reads it."""
    response = client.get(path)
    assert response.status_code == 200
    text = body(response).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def lines(client: Client, path: str) -> list[dict[str, Any]]:
    """A file of JSON lines."""
    text = body(client.get(path)).decode()
    return [json.loads(line, parse_float=str) for line in text.splitlines()]


def test_a_fact_is_a_row_with_all_its_columns(page: Client, alice: Member):
    fact = sell(alice)
    [row] = table(page, "/actions/facts.csv")
    assert row["id"] == fact.ulid
    assert (row["title"], row["performer"], row["value"], row["points"]) == ("greeted Alice", "Alice", "12.5", "5")
    assert (row["taken_at"], row["number"], row["source"]) == ("2026-03-02T12:00:00.000000Z", "1", "tests")
    [told] = lines(page, "/actions/facts.ndjson")
    assert told["params"] == {"value": "12.5"}
    assert told["points"] == 5
    assert list(told) == list(row)


def test_an_entry_is_a_row_too(page: Client, alice: Member):
    fact = sell(alice)
    with transaction.atomic():
        take_back(alice)
    rows = table(page, "/actions/entries.csv")
    assert [(row["amount"], row["currency"], row["status"]) for row in rows] == [
        ("5", "PTS", "posted"),
        ("-5", "PTS", "posted"),
    ]
    assert {row["action_id"] for row in rows} == {fact.ulid}
    assert rows[1]["reverses_id"] == rows[0]["id"]
    assert [line["amount"] for line in lines(page, "/actions/entries.ndjson")] == [5, -5]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@A1", "\t=1", "＝1"])
def test_no_cell_is_a_formula(page: Client, alice: Member, start: str):
    sell(alice, title=f"{start}|cmd")
    [row] = table(page, "/actions/facts.csv")
    assert row["title"] == f"'{start}|cmd"
    [entry] = table(page, "/actions/entries.csv")
    assert entry["reason"] == f"'{start}|cmd"
    assert lines(page, "/actions/facts.ndjson")[0]["title"] == f"{start}|cmd"


def test_quotes_commas_lines_and_other_scripts_come_through(page: Client, alice: Member):
    title = 'a "b", c\nÉlan 救援'
    sell(alice, title=title)
    assert table(page, "/actions/facts.csv")[0]["title"] == title


def test_files_of_many_chunks_miss_nothing(page: Client, alice: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(records, "CHUNK", 3)
    # All at one moment, so that the id alone parts the chunks.
    made = [sell(alice, number) for number in range(1, 10)]
    found = [row["id"] for row in table(page, "/actions/facts.csv")]
    assert found == sorted(fact.ulid for fact in made)
    assert [line["id"] for line in lines(page, "/actions/facts.ndjson")] == found
    assert len(table(page, "/actions/entries.csv")) == 9


def test_the_filters_of_the_feed_are_those_of_the_files(page: Client, alice: Member, bob: Member):
    sell(alice)
    sell(bob, verb=SOLD)
    for query, who in (("who=Bob", "Bob"), ("verb=tests.member.greeted", "Alice")):
        assert [row["performer"] for row in table(page, f"/actions/facts.csv?{query}")] == [who]
        assert [row["performer"] for row in table(page, f"/actions/entries.csv?{query}")] == [who]
    assert table(page, "/actions/facts.csv?since=2026-03-03") == []
    assert table(page, "/actions/entries.csv?until=2026-03-01") == []
    response = page.get("/actions/facts.csv?since=nonsense")
    assert response.status_code == 400
    assert "since" in response.content.decode()


def test_what_is_private_keeps_its_words_in_files_too(page: Client, alice: Member):
    hidden = make_action(alice, make_incident(alice, visibility="private"), description="Tell nobody")
    complete_action(hidden, actor=alice, at=NOON)
    with transaction.atomic():
        pay(alice, 5, alice, action=Action.objects.get(), reason="for Tell nobody")
    for kind in ("facts", "entries"):
        for form in ("csv", "ndjson"):
            path = f"/actions/{kind}.{form}"
            assert b"Tell nobody" not in body(page.get(path))
            assert hidden.ulid.encode() not in body(page.get(path))
    owner = signed_in(alice)
    assert table(owner, "/actions/facts.csv")[0]["title"] == "Tell nobody"


def test_addresses_are_for_those_who_run_the_workspace(page: Client, alice: Member):
    sell(alice)
    assert table(page, "/actions/facts.csv")[0]["performer_email"] == ""
    assert table(signed_in(alice), "/actions/facts.csv")[0]["performer_email"] == "alice@wonderland.example"


def test_another_workspace_has_its_own_files(page: Client, alice: Member, charlie: Member):
    sell(charlie)
    assert Entry.objects.exists()
    assert table(page, "/actions/facts.csv") == table(page, "/actions/entries.csv") == []


def test_a_file_has_a_name_and_is_saved(page: Client, alice: Member):
    alice.workspace.clock_stopped_at = NOON
    alice.workspace.save(update_fields=["clock_stopped_at"])
    response = page.get("/actions/entries.ndjson")
    assert response["Content-Disposition"] == 'attachment; filename="wonderland-entries-2026-03-02.ndjson"'
    assert response.streaming


def test_strangers_sign_in_first(client: Client, alice: Member):
    assert client.get("/actions/facts.csv")["Location"] == "/login/?next=/actions/facts.csv"
