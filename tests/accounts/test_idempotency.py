"""Idempotency keys in a header: one row, one answer, however often and from wherever the request comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.clock import real_now
from accounts.errors import Conflict
from accounts.models import Counter, IdempotencyRecord, Key, Member
from accounts.rules import idempotency
from accounts.rules.idempotency import LEASE
from accounts.rules.retention import ANSWERS_KEPT, forget_answers
from tests.factories import make_key
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.tallies")]

DONE = IdempotencyRecord.State.DONE


def caller(member: Member) -> Client:
    """A program with a key of its own."""
    token = make_key(member.workspace, "incidents")[1]
    return Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)


@pytest.fixture
def client(alice: Member) -> Client:
    """A program of Alice's."""
    return caller(alice)


def post(client: Client, key: str | None = "k1", body: Any = None, path: str = "/tally") -> Any:
    """One request, as a program sends it, again and again if it must."""
    headers = {} if key is None else {"idempotency-key": key}
    return client.post(path, body or {}, content_type="application/json", headers=headers)


def tally() -> int:
    """How often the work was done and kept."""
    return sum(Counter.objects.filter(name="tally").values_list("value", flat=True))


def test_a_repeated_request_is_done_once_and_answered_alike(client: Client):
    first, second = post(client), post(client)
    assert (first.status_code, first.json()) == (201, {"number": 1})
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert second["Location"] == first["Location"] == "/tally/1"
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    assert (first["X-Other"], second.get("X-Other")) == ("not kept", None)
    assert second["Cache-Control"] == "no-store"
    assert tally() == 1


def test_without_a_key_each_request_is_its_own(client: Client):
    assert [post(client, None).json()["number"] for _ in range(2)] == [1, 2]
    assert not IdempotencyRecord.objects.exists()


def test_another_key_is_another_request(client: Client):
    assert [post(client, key).json()["number"] for key in ("a", "b", "a", "A")] == [1, 2, 1, 3]


def test_a_key_belongs_to_its_credential(client: Client, alice: Member, charlie: Member):
    assert post(client).json() == {"number": 1}
    assert post(caller(alice)).json() == {"number": 2}
    assert post(caller(charlie)).json() == {"number": 1}


@pytest.mark.parametrize("change", [{"body": {"x": 1}}, {"path": "/other"}, {"path": "/tally?x=1"}])
def test_the_same_key_with_another_request_is_refused(client: Client, change: dict[str, Any]):
    post(client)
    response = post(client, **change)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "idempotency_key_reused"
    assert tally() == 1


def test_the_bytes_count_and_not_what_they_mean(client: Client):
    def send(raw: str) -> int:
        headers = {"idempotency-key": "k1"}
        return client.post("/tally", raw, content_type="application/json", headers=headers).status_code

    assert [send('{"a": 1}'), send('{"a": 1}'), send('{"a":1}')] == [201, 201, 422]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_a_length(client: Client, key: str):
    response = post(client, key)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "idempotency_key_invalid"
    assert tally() == 0


def test_the_longest_key_is_kept(client: Client):
    assert [post(client, "é" * 255).json() for _ in range(2)] == [{"number": 1}] * 2


def test_looking_claims_nothing(client: Client):
    for _ in range(2):
        client.get("/tally", headers={"idempotency-key": "k1"})
    assert tally() == 2
    assert not IdempotencyRecord.objects.exists()


def test_who_is_refused_at_the_door_claims_nothing(client: Client):
    assert post(Client()).status_code == 401
    garbage = client.post("/tally", "{", content_type="application/json", headers={"idempotency-key": "k1"})
    assert garbage.status_code == 400
    assert not IdempotencyRecord.objects.exists()


# What is kept


@pytest.mark.parametrize("body", [{"raises": "conflict"}, {"status": 404}, {"status": 200}])
def test_a_refusal_is_an_answer_too(client: Client, body: dict[str, Any]):
    first, second = post(client, body=body), post(client, body=body)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"raises": "error"}, 500), ({"raises": "too many"}, 429), ({"status": 503}, 503), ({"status": 429}, 429)],
)
def test_what_may_succeed_later_is_tried_again(client: Client, body: dict[str, Any], status: int):
    for _ in range(2):
        response = post(client, body=body)
        assert (response.status_code, response.get("Idempotent-Replayed")) == (status, None)
    assert tally() == 0
    assert post(client).status_code == 201


def test_what_is_refused_leaves_nothing_behind(client: Client):
    post(client, body={"raises": "conflict"})
    assert tally() == 0
    assert IdempotencyRecord.objects.get().status == 409


# Two at once


def credential() -> Key:
    """The key of the only program."""
    return Key.objects.get()


def claimed(client: Client) -> IdempotencyRecord:
    """What a request of this very kind has claimed and not answered yet."""
    post(client)
    row = IdempotencyRecord.objects.get()
    row.delete()
    Counter.objects.all().delete()
    return idempotency.claim(credential(), "k1", row.fingerprint, now=real_now())


def test_while_the_first_is_at_work_the_second_is_told_to_wait(client: Client):
    claimed(client)
    response = post(client)
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "idempotency_in_progress"
    assert tally() == 0


def test_what_a_dead_process_claimed_is_taken_over(client: Client):
    row = claimed(client)
    IdempotencyRecord.objects.update(lease_until=real_now())
    assert post(client).json() == {"number": 1}
    # The first was only slow: its turn is over.
    with pytest.raises(Conflict):
        idempotency.hold(row)
    idempotency.keep(row, status=500, headers={}, body=b"late")
    idempotency.release(row)
    assert IdempotencyRecord.objects.get().status == 201


def test_a_lease_holds_as_long_as_it_says(client: Client):
    row = claimed(client)
    with pytest.raises(Conflict):
        idempotency.claim(credential(), "k1", row.fingerprint, now=row.lease_until - timedelta(microseconds=1))
    taken = idempotency.claim(credential(), "k1", row.fingerprint, now=row.lease_until)
    assert (taken.pk, taken.lease_until) == (row.pk, row.lease_until + LEASE)
    assert taken.token != row.token


def insist(client: Client) -> Any:
    """As a good client does: the same request until it is answered."""
    while (response := post(client)).status_code == 409:
        pass
    return response


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_row_and_get_one_answer(alice: Member):
    programs = [caller(alice)] * 8
    answers = at_once(8, lambda number: insist(programs[number]))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, b'{"number":1}')}
    assert [answer.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert tally() == 1
    assert IdempotencyRecord.objects.get().state == DONE


@pytest.mark.django_db(transaction=True)
def test_eight_who_take_over_at_once_make_one_row_and_get_one_answer(alice: Member):
    program = caller(alice)
    claimed(program)
    IdempotencyRecord.objects.update(lease_until=real_now())
    answers = at_once(8, lambda number: insist(program))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, b'{"number":1}')}
    assert tally() == 1


# Housekeeping


def test_answers_are_kept_a_day(client: Client):
    post(client)
    made = IdempotencyRecord.objects.get().created_at
    assert forget_answers(now=made + ANSWERS_KEPT) == 0
    assert forget_answers(now=made + ANSWERS_KEPT + timedelta(seconds=1)) == 1
    assert post(client).json() == {"number": 2}
