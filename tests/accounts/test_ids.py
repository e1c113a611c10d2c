"""ULIDs: written, read, minted in the order of time, and kept in columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField
from hypothesis import given
from hypothesis import strategies as st

from accounts.clock import MICROSECOND
from accounts.columns import repeated_ulid, ulid_of_hex
from accounts.ids import ALPHABET, first_ulid, last_ulid, new_oid, new_ulid, parse_ulid, ulid_text
from accounts.models import Member
from incidents.models import Severity
from tests.factories import NOON, make_member
from tests.threads import at_once, unhurried

EXAMPLE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
numbers = st.integers(0, 2**128 - 1)
times = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def by_division(number: int) -> str:
    """Crockford's base 32 the slow and obvious way."""
    letters = ""
    for _ in range(26):
        number, rest = divmod(number, 32)
        letters = ALPHABET[rest] + letters
    return letters


@given(numbers)
def test_every_ulid_is_read_as_it_was_written(number: int) -> None:
    assert parse_ulid(ulid_text(UUID(int=number))) == UUID(int=number)


@given(numbers)
def test_a_ulid_is_crockfords_base_32(number: int) -> None:
    assert ulid_text(UUID(int=number)) == by_division(number)


@given(numbers)
def test_a_ulid_is_the_same_from_the_hex_of_its_column(number: int) -> None:
    assert ulid_of_hex(UUID(int=number).hex) == repeated_ulid(UUID(int=number).hex) == by_division(number)


@given(numbers, numbers)
def test_texts_sort_as_their_numbers(one: int, other: int) -> None:
    assert (ulid_text(UUID(int=one)) < ulid_text(UUID(int=other))) == (one < other)


def test_the_first_ten_letters_are_the_milliseconds_as_every_ulid_library_reads_them() -> None:
    at = datetime(2016, 7, 30, 22, 36, 16, 385_000, tzinfo=UTC)
    assert ulid_text(new_ulid(at))[:10] == "01ARYZ6S41"


@given(times, times)
def test_ulids_sort_by_their_time_to_the_microsecond(one: datetime, other: datetime) -> None:
    if one != other:
        assert (new_ulid(one) < new_ulid(other)) == (one < other)


@given(times)
def test_a_microsecond_later_sorts_later(at: datetime) -> None:
    assert new_ulid(at) < new_ulid(at + MICROSECOND)


@given(times)
def test_the_same_time_again_sorts_later(at: datetime) -> None:
    made = [new_ulid(at) for _ in range(20)]
    assert sorted(set(made)) == made


def test_threads_that_begin_a_new_time_together_never_mint_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.ids.secrets.randbits", unhurried(lambda bits: 7))
    at = NOON + timedelta(seconds=1)
    assert len(set(at_once(8, lambda number: new_ulid(at)))) == 8


def test_threads_never_mint_the_same_one() -> None:
    made = at_once(8, lambda number: [new_ulid(NOON) for _ in range(500)])
    assert len({ulid for some in made for ulid in some}) == 4000
    assert all(some == sorted(some) for some in made)


@given(times)
def test_the_first_and_the_last_of_a_time_bound_it_exactly(at: datetime) -> None:
    first, last = first_ulid(at), last_ulid(at)
    assert first <= new_ulid(at) <= last
    assert last.int - first.int == 2**70 - 1
    assert last_ulid(at - MICROSECOND) < first or at == datetime(1970, 1, 1, tzinfo=UTC)
    assert last < first_ulid(at + MICROSECOND)


@pytest.mark.parametrize("at", [datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), datetime.min.replace(tzinfo=UTC)])
def test_before_1970_bounds_are_the_smallest_of_all(at: datetime) -> None:
    assert first_ulid(at) == last_ulid(at) == UUID(int=0)


def test_the_last_day_of_the_calendar_still_fits() -> None:
    end = datetime.max.replace(tzinfo=UTC)
    assert parse_ulid(ulid_text(last_ulid(end))) == last_ulid(end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        EXAMPLE.lower(),
        EXAMPLE[:-1],
        EXAMPLE + "A",
        f" {EXAMPLE[1:]}",
        f"{EXAMPLE}\n",
        "8" + EXAMPLE[1:],
        "Z" + EXAMPLE[1:],
        *(EXAMPLE[:-1] + letter for letter in "ILOUil-_ \x00é٣"),
        "٠" + EXAMPLE[1:],
        "$" + EXAMPLE[1:],
        str(UUID(int=5)),
        None,
        5,
        True,
        EXAMPLE.encode(),
        [EXAMPLE],
        list(EXAMPLE),
        tuple(EXAMPLE),
        UUID(int=5),
    ],
)
def test_what_is_not_a_ulid_as_we_write_it_is_none(text: Any) -> None:
    assert parse_ulid(text) is None


@pytest.mark.parametrize("text", ["0" * 26, "7" + "Z" * 25, EXAMPLE])
def test_the_smallest_and_the_largest_are_ulids(text: str) -> None:
    assert ulid_text(parse_ulid(text) or UUID(int=1)) == text


def test_an_object_id_is_24_hexadecimal_digits_and_never_twice_the_same() -> None:
    made = {new_oid() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(oid) == 24 and int(oid, 16) >= 0 for oid in made)


def test_a_row_is_found_by_the_text_the_uuid_and_the_hex(alice: Member) -> None:
    for spelling in (alice.ulid, alice.uid, alice.uid.hex, str(alice.uid)):
        assert Member.objects.get(uid=spelling) == alice
        assert list(Member.objects.filter(uid__in=[spelling])) == [alice]


@pytest.mark.parametrize("text", ["01arz3ndektsv4rrffq69g5fav", "8" * 26, "nonsense", ""])
def test_a_query_for_what_is_no_id_is_refused_not_guessed(db: None, text: str) -> None:
    with pytest.raises(ValidationError):
        Member.objects.filter(uid=text).exists()


def test_a_form_field_takes_the_ulid_of_a_row(alice: Member) -> None:
    minor = Severity.objects.of(alice.workspace).get(name="Minor")
    field = ModelChoiceField(Severity.objects.all())
    assert field.clean(minor.ulid) == minor
    assert field.clean(str(minor.pk)) == minor


@pytest.mark.parametrize("value", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense", "\x00", "8" * 26])
def test_a_form_field_refuses_an_id_of_nothing(db: None, value: str) -> None:
    with pytest.raises(ValidationError):
        ModelChoiceField(Severity.objects.all()).clean(value)


def test_a_row_written_out_by_django_comes_back_with_its_id(alice: Member) -> None:
    written = serializers.serialize("json", [alice])
    assert alice.ulid in written
    [read] = serializers.deserialize("json", written)
    assert read.object == alice
    assert getattr(read.object, "uid", None) == alice.uid


def test_the_database_sorts_ids_as_their_text(alice: Member) -> None:
    days = [-1, 40000, 0, 1, 5000, -19000]
    for day in days:
        make_member(alice.workspace, at=NOON + timedelta(days=day))
    found = [member.ulid for member in Member.objects.order_by("uid")]
    assert len(found) == 7
    assert found == sorted(found)
