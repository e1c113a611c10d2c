"""Query parameters: every spelling is understood or refused, and none is silently left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.api.filters import (
    ChoiceFilter,
    FilterSet,
    Misunderstood,
    SizeParameter,
    TimeFilter,
    UlidFilter,
    UlidParameter,
    read_time,
)
from accounts.api.refusals import QueryFault
from accounts.clock import MICROSECOND, Period
from accounts.ids import parse_ulid
from accounts.models import Member
from tests.clients_of import Api
from tests.incidents.factories import make_action, make_incident

ULID = "01FCNDV6P870EA6S7TK1DSYDG0"
OTHER = "01FCNDV6P870EA6S7TK1DSYDG1"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


class Filters(FilterSet):
    """One parameter of each kind."""

    page_size = SizeParameter(most=250)
    after = UlidParameter()
    incident_id = UlidFilter("of_incident")
    mode = ChoiceFilter(["standard", "test"], "in_mode", absent="real")
    created_at = TimeFilter()


class Rows:
    """A queryset that only remembers what it was asked."""

    def __init__(self, *asked: Any) -> None:
        self.asked = asked

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: Rows(*self.asked, (name, *arguments))


def read(query: str) -> Filters:
    """A query string, understood or not."""
    return Filters(QueryDict(query))


def values(query: str) -> dict[str, Any]:
    """What was understood, all of it."""
    filters = read(query)
    assert filters.faults == []
    return filters.values


def refused(query: str) -> list[str]:
    """The parameters that were refused."""
    faults = read(query).faults
    assert all(fault.query and fault.message for fault in faults)
    return [fault.path[0] for fault in faults]


def at(*parts: int) -> datetime:
    """A time in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


# Names and brackets


@pytest.mark.parametrize("query", ["", "utm=x", "pagesize=3", "INCIDENT_ID=x", "=x", "&&", "a.b=c", "created_at_gte=x"])
def test_what_is_no_parameter_is_ignored(query: str) -> None:
    assert values(query) == {}


@pytest.mark.parametrize(
    "key",
    [
        "created_at",
        "created_at[]",
        "created_at[gt]",
        "created_at[GTE]",
        "created_at[gte ]",
        "created_at[gte][lte]",
        "created_at[gte][]",
        "created_at[gte",
        "created_at[",
        "created_at[gte]x",
        "created_at[gte]]",
        "created_at[[gte]]",
        "[created_at][gte]",
        "[gte]",
        "incident_id[one_of]",
        "incident_id[]",
        "incident_id[0]",
        "page_size[gte]",
        "status[one_of]",
        "nothing[x]",
    ],
)
@pytest.mark.parametrize("value", ["2026-03-01", ""])
def test_brackets_that_mean_nothing_here_are_refused(key: str, value: str) -> None:
    assert refused(f"{quote(key)}={value}") == [key]


@pytest.mark.parametrize("key", ["created_at[gte]", "created_at%5Bgte%5D", "created_at%5bgte%5d", "created%5Fat[gte]"])
def test_brackets_may_be_encoded(key: str) -> None:
    assert values(f"{key}=2026-03-01") == {"created_at": Period(since=MARCH)}


def test_every_fault_is_told_at_once() -> None:
    assert refused("page_size=0&mode=x&created_at[gt]=1&created_at[gte]=x&status[is]=y&after=z") == [
        "page_size",
        "mode",
        "created_at[gt]",
        "created_at[gte]",
        "status[is]",
    ]


def test_a_fault_keeps_the_list_from_being_read() -> None:
    with pytest.raises(QueryFault) as fault:
        read("page_size=0").apply(Rows())  # type: ignore[arg-type]
    assert [fault.path for fault in fault.value.faults] == [("page_size",)]


# Values


@pytest.mark.parametrize("query", ["incident_id=", "mode=", "created_at[gte]=", "page_size=", "after=", "mode=&mode="])
def test_an_empty_value_is_no_value(query: str) -> None:
    assert values(query) == {}


@pytest.mark.parametrize(
    "query",
    [
        f"incident_id={ULID}&incident_id={OTHER}",
        "mode=standard&mode=test",
        "page_size=1&page_size=2",
        f"after={ULID}&after={OTHER}",
        "created_at[gte]=2026-03-01&created_at[gte]=2026-03-02",
        "created_at[date_range]=2026-03-01~2026-03-02&created_at[date_range]=2026-03-01~2026-03-03",
    ],
)
def test_two_values_where_one_fits_are_refused(query: str) -> None:
    assert len(refused(query)) == 1


def test_the_same_value_twice_is_one() -> None:
    assert values("mode=test&mode=test&mode=") == {"mode": "test"}


def test_an_id_is_read() -> None:
    assert values(f"incident_id={ULID}") == {"incident_id": parse_ulid(ULID)}


@pytest.mark.parametrize("text", [ULID.lower(), "nonsense", "%00", "%FF", "1", f"{ULID}%20"])
def test_an_id_of_nothing_finds_nothing(text: str) -> None:
    assert values(f"incident_id={text}") == {"incident_id": None}
    applied: Any = read(f"incident_id={text}&mode=test").apply(Rows())  # type: ignore[arg-type]
    assert applied.asked == (("none",), ("in_mode", "test"))


@pytest.mark.parametrize("word", ["Standard", "standard ", " test", "real", "*", "%00", "standard,test"])
def test_a_word_outside_the_list_is_refused(word: str) -> None:
    assert refused(f"mode={word}") == ["mode"]


@pytest.mark.parametrize(("text", "size"), [("1", 1), ("250", 250), ("007", 7)])
def test_a_size_in_range_is_read(text: str, size: int) -> None:
    assert read(f"page_size={text}").size() == size


@pytest.mark.parametrize(
    "text", ["0", "251", "-1", "%2B1", "1.0", "1e1", "0x1", "٣", "１", "²", "9" * 5000, "1%20", "1_0"]
)
def test_a_size_out_of_range_is_refused(text: str) -> None:
    assert refused(f"page_size={text}") == ["page_size"]


def test_without_a_size_a_page_has_25() -> None:
    assert read("").size() == 25


def test_parameters_narrow_in_the_declared_order_and_an_absent_one_has_its_default() -> None:
    query = f"created_at[gte]=2026-03-01&incident_id={ULID}&page_size=3&after={OTHER}"
    applied: Any = read(query).apply(Rows())  # type: ignore[arg-type]
    assert applied.asked == (
        ("of_incident", parse_ulid(ULID)),
        ("real",),
        ("created_at", Period(since=MARCH)),
    )


def test_a_parameter_of_a_parent_set_counts_too() -> None:
    class More(Filters):
        colour = ChoiceFilter(["red"])

    assert list(More.filters) == ["page_size", "after", "incident_id", "mode", "created_at", "colour"]
    assert "colour" not in Filters.filters


# Times


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-02", at(2026, 3, 2)),
        ("2024-02-29", at(2024, 2, 29)),
        ("2000-02-29", at(2000, 2, 29)),
        ("0001-01-01", at(1, 1, 1)),
        ("9999-12-31", at(9999, 12, 31)),
        ("1969-12-31T23:59:59Z", at(1969, 12, 31, 23, 59, 59)),
        ("2026-03-02T10:11:12Z", at(2026, 3, 2, 10, 11, 12)),
        ("2026-03-02t10:11:12z", at(2026, 3, 2, 10, 11, 12)),
        ("2026-03-02T10:11:12.5Z", at(2026, 3, 2, 10, 11, 12, 500_000)),
        ("2026-03-02T10:11:12.123456Z", at(2026, 3, 2, 10, 11, 12, 123_456)),
        ("2026-03-02T10:11:12.1234569Z", at(2026, 3, 2, 10, 11, 12, 123_456)),
        ("2026-03-02T10:11:12.000000999999999999Z", at(2026, 3, 2, 10, 11, 12)),
        ("2026-03-02T00:30:00+01:00", at(2026, 3, 1, 23, 30)),
        ("2026-03-02T00:30:00 01:00", at(2026, 3, 1, 23, 30)),
        ("2026-03-02T23:30:00-05:30", at(2026, 3, 3, 5, 0)),
        ("2026-03-02T10:00:00-00:00", at(2026, 3, 2, 10)),
        ("2026-03-02T10:00:00+14:00", at(2026, 3, 1, 20)),
        ("2026-03-02T10:00:00+23:59", at(2026, 3, 1, 10, 1)),
    ],
)
def test_a_time_is_read_in_utc(text: str, time: datetime) -> None:
    assert read_time(text) == (time, len(text) == 10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026",
        "2026-03",
        "2026-3-2",
        "20260302",
        "2026-03-02T",
        "2026-03-02T10:00",
        "2026-03-02T10:00:00",
        "2026-03-02 10:00:00Z",
        "2026-03-02T10:00:00.Z",
        "2026-03-02T10:00:00,5Z",
        "2026-03-02T10:00:00+0100",
        "2026-03-02T10:00:00+01",
        "2026-03-02T10:00:00 +01:00",
        "2026-03-02T10:00:00Europe/Zurich",
        "2026-03-02Z",
        "2026-02-29",
        "1900-02-29",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-01-32",
        "0000-01-01",
        "10000-01-01",
        "-001-01-01",
        "2026-03-02T24:00:01Z",
        "2026-03-02T25:00:00Z",
        "2026-03-02T10:60:00Z",
        "2026-03-02T10:00:61Z",
        "2026-03-02T10:00:00+24:00",
        "2026-03-02T10:00:00+01:60",
        "2026-03-02T10:00:00+99:99",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢٠٢٦-٠٣-٠٢",
        "2026-03-02\n",
        " 2026-03-02",
        "2026-W10-1",
        "1772409600",
        "2026-03-02T10:00:00Z" + "0" * 5000,
        "now",
        "\x00",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Misunderstood):
        read_time(text)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)), st.integers(-1439, 1439))  # noqa: DTZ001
@example(datetime(1969, 12, 31, 23, 59, 59, 999_999), 0)  # noqa: DTZ001
def test_any_offset_names_the_same_moment(local: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    text = f"{local:%H:%M:%S}.{local.microsecond:06}{sign}{hours:02}:{rest:02}"
    moment = local.replace(tzinfo=UTC) - timedelta(minutes=minutes)
    assert read_time(f"{local.date().isoformat()}T{text}") == (moment, False)


@given(st.text(max_size=40))
def test_any_text_at_all_is_a_time_or_misunderstood(text: str) -> None:
    try:
        found, _bare = read_time(text)
    except Misunderstood:
        return
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("[gte]=2026-03-01", MARCH, None),
        ("[lte]=2026-03-01", None, MARCH),
        ("[gte]=2026-03-01T01:00:00+01:00", MARCH, None),
        ("[gte]=2026-03-01T01:00:00%2B01:00", MARCH, None),
        ("[date_range]=2026-03-01~2026-03-01", MARCH, MARCH + timedelta(days=1) - MICROSECOND),
        ("[date_range]=2026-03-01~2026-03-01T00:00:00Z", MARCH, MARCH),
        ("[date_range]=2026-03-01%7E2026-03-02", MARCH, MARCH + timedelta(days=2) - MICROSECOND),
        ("[date_range]=0001-01-01~9999-12-31", datetime.min.replace(tzinfo=UTC), END),
        ("[date_range]=2026-03-02~2026-03-01T00:00:00Z", MARCH + timedelta(days=1), MARCH),
    ],
)
def test_a_range_includes_its_ends(query: str, since: datetime | None, until: datetime | None) -> None:
    assert values(f"created_at{query}") == {"created_at": Period(since, until)}


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "2026-03-01~", "~2026-03-01", "~", "2026-03-01~2026-03-02~2026-03-03", "2026-03-01..2026-03-02"],
)
def test_half_a_range_is_refused(text: str) -> None:
    assert refused(f"created_at[date_range]={text}") == ["created_at[date_range]"]


def test_operators_of_one_parameter_narrow_together() -> None:
    query = "created_at[gte]=2026-03-01&created_at[lte]=2026-03-09&created_at[date_range]=2026-03-05~2026-03-31"
    assert values(query) == {"created_at": Period(at(2026, 3, 5), at(2026, 3, 9))}


# Over HTTP


def ids(response: Any) -> list[str]:
    """The ids of a page."""
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["actions"]]


def test_a_raw_plus_in_an_offset_is_understood(api: Api, alice: Member, noon: datetime) -> None:
    action = make_action(alice, at=noon)
    for offset, found in [("+01:00", [action.ulid]), ("%2B01:00", [action.ulid]), ("-01:00", [])]:
        assert ids(api.get(f"/v3/actions?created_at[gte]=2026-03-02T12:30:00{offset}")) == found


def test_every_faulty_parameter_is_named_in_one_answer(api: Api) -> None:
    response = api.get("/v3/actions?page_size=0&created_at%5Bgt%5D=2026-03-01&incident_mode=x")
    assert response.status_code == 422
    assert [(error["code"], error["source"]) for error in response.json()["errors"]] == [
        ("invalid_value", {"field": "page_size", "pointer": "/page_size"}),
        ("invalid_value", {"field": "created_at[gt]", "pointer": "/created_at[gt]"}),
        ("invalid_value", {"field": "incident_mode", "pointer": "/incident_mode"}),
    ]


@pytest.mark.parametrize("query", ["%", "%zz=1", "%ff=%ff", "a=%00", "&=&", "?" * 50, "a" * 8000, "%5B%5D%5B"])
def test_no_query_is_our_fault(api: Api, query: str) -> None:
    for version in ("v2", "v3"):
        assert api.get(f"/{version}/actions?{query}").status_code in (200, 422)


def test_more_parameters_than_anybody_needs_are_refused(api: Api) -> None:
    response = api.get("/v3/actions?" + "&".join(f"a{number}=1" for number in range(1001)))
    assert (response.status_code, response.json()["type"]) == (400, "invalid_request_error")


def test_the_end_of_the_calendar_is_a_border_like_any_other(api: Api, alice: Member) -> None:
    action = make_action(alice, make_incident(alice))
    for field in ("created_at", "updated_at"):
        assert ids(api.get(f"/v3/actions?{field}[date_range]=0001-01-01~9999-12-31")) == [action.ulid]
    assert UUID(int=0) < action.pk
