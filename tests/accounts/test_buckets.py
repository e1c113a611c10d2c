"""Token buckets: a burst, a steady refill without edges, alike in this process and in Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.api import buckets as module
from accounts.api.buckets import Allowance, MemoryBuckets, RedisBuckets, buckets
from accounts.models import Key, Member
from incidents.api import dialect
from incidents.models import Action, Incident
from incidents.roles import NAMES
from tests.clients_of import Api
from tests.factories import make_key
from tests.incidents.factories import make_action, make_incident
from tests.threads import at_once, unhurried

# So slow that nothing comes back during a test.
NEVER = 1e-6


class Place:
    """Where buckets are kept, with time that is passed by hand."""

    def __init__(self, kept: Any, wait: Callable[[str, float], None]) -> None:
        self.kept, self.wait, self.name = kept, wait, token_hex(6)

    def take(self, capacity: int = 5, refill: float = NEVER, name: str = "") -> Allowance:
        """Take one token."""
        allowance: Allowance = self.kept.take(name or self.name, capacity, refill)
        return allowance

    def drain(self, capacity: int = 5, refill: float = NEVER) -> None:
        """Take every token."""
        while self.take(capacity, refill).allowed:
            pass

    def pass_time(self, seconds: float) -> None:
        """Let the bucket refill."""
        self.wait(self.name, seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The seconds that buckets of this process count."""
    made = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def place(request: pytest.FixtureRequest) -> Place:
    """Both places."""
    made: Place = request.getfixturevalue(f"in_{request.param}")
    return made


@pytest.fixture
def in_memory(clock: SimpleNamespace) -> Place:
    """Buckets of this process."""

    def wait(name: str, seconds: float) -> None:
        clock.now += seconds

    return Place(MemoryBuckets(), wait)


@pytest.fixture
def in_redis(redis_url: str) -> Iterator[Place]:
    """Buckets of Redis, whose clock nobody stops: time passes as the bucket gets older."""
    kept = RedisBuckets(redis_url)
    with kept._take.registered_client as client:
        yield Place(kept, lambda name, seconds: client.hincrbyfloat(f"acta:bucket:{name}", "at", -seconds))


def test_a_burst_is_let_through_and_not_one_more(place: Place) -> None:
    assert [place.take().allowed for _ in range(7)] == [True] * 5 + [False] * 2


def test_what_is_left_is_told_after_every_request(place: Place) -> None:
    assert [place.take().remaining for _ in range(7)] == [4, 3, 2, 1, 0, 0, 0]


def test_tokens_come_back_steadily_and_not_at_the_edge_of_a_window(place: Place) -> None:
    place.drain(refill=2)
    for _ in range(4):
        place.pass_time(0.55)
        assert place.take(refill=2).allowed
        assert not place.take(refill=2).allowed


def test_half_a_token_lets_nobody_through_but_is_kept(place: Place) -> None:
    place.drain(refill=1)
    place.pass_time(0.5)
    assert not place.take(refill=1).allowed
    place.pass_time(0.6)
    assert place.take(refill=1).allowed


def test_a_bucket_never_holds_more_than_its_capacity(place: Place) -> None:
    place.drain(refill=1)
    place.pass_time(1000)
    assert place.take(refill=1).remaining == 4


def test_a_refused_request_takes_nothing(place: Place) -> None:
    place.drain(refill=1)
    place.pass_time(0.5)
    for _ in range(10):
        place.take(refill=1)
    place.pass_time(0.6)
    assert place.take(refill=1).allowed


def test_the_wait_is_long_enough_and_not_much_longer(place: Place) -> None:
    place.drain(refill=0.5)
    wait = place.take(refill=0.5).wait
    assert wait == pytest.approx(2, abs=0.2)
    place.pass_time(wait + 0.001)
    assert place.take(refill=0.5).allowed


def test_a_bucket_says_when_it_is_full_again(place: Place) -> None:
    assert place.take(refill=0.5).full_in == pytest.approx(2, abs=0.2)
    assert place.take(refill=0.5).full_in == pytest.approx(4, abs=0.2)


def test_there_is_nothing_to_wait_for_while_tokens_are_left(place: Place) -> None:
    assert place.take().wait == 0


def test_every_name_has_a_bucket_of_its_own(place: Place) -> None:
    place.drain()
    assert place.take(name=token_hex(6)).remaining == 4


def test_a_lowered_limit_counts_at_once(place: Place) -> None:
    place.take(capacity=100)
    assert place.take(capacity=3).remaining == 2


def test_a_raised_limit_is_filled_as_time_passes(place: Place) -> None:
    place.drain(capacity=2)
    assert not place.take(capacity=100, refill=1).allowed
    place.pass_time(60)
    assert place.take(capacity=100, refill=1).remaining == pytest.approx(59, abs=1)


def test_threads_never_overdraw(place: Place) -> None:
    taken = at_once(8, lambda number: sum(place.take(capacity=100).allowed for _ in range(20)))
    assert sum(taken) == 100


def test_threads_of_one_process_take_turns(clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "min", unhurried(min), raising=False)
    kept = MemoryBuckets()
    taken = at_once(8, lambda number: kept.take("x", 3, NEVER).allowed)
    assert sum(taken) == 3


@pytest.mark.redis
def test_a_server_whose_clock_is_put_back_takes_nothing_away(redis_url: str) -> None:
    import redis

    kept = RedisBuckets(redis_url)
    kept.take("x", 5, NEVER)
    with redis.Redis.from_url(redis_url) as client:
        client.hincrbyfloat("acta:bucket:x", "at", 3600)
    assert kept.take("x", 5, 1).remaining == 3


@pytest.mark.redis
def test_redis_forgets_a_bucket_once_it_would_be_full(redis_url: str) -> None:
    import redis

    RedisBuckets(redis_url).take("x", 60, 2.0)
    with redis.Redis.from_url(redis_url) as client:
        assert 30_000 < client.pttl("acta:bucket:x") <= 31_000


@pytest.mark.redis
def test_processes_share_the_buckets_of_redis(redis_url: str) -> None:
    one, other = RedisBuckets(redis_url), RedisBuckets(redis_url)
    assert [kept.take("x", 3, NEVER).allowed for kept in (one, other, one, other)] == [True, True, True, False]


@pytest.mark.redis
def test_the_setting_chooses_redis(redis_url: str, settings: Any) -> None:
    settings.REDIS_URL = redis_url
    buckets.cache_clear()
    try:
        assert isinstance(buckets(), RedisBuckets)
    finally:
        buckets.cache_clear()


def test_memory_keeps_the_buckets_that_are_in_use(clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryBuckets, "MOST", 3)
    kept = MemoryBuckets()
    for number in range(10):
        kept.take("busy", 100, NEVER)
        kept.take(f"idle {number}", 100, NEVER)
        assert len(kept._levels) <= 3
    assert kept.take("busy", 100, NEVER).remaining == 89


# Over HTTP


@pytest.fixture
def stopped(clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The bucket's clock and the time of day, moved together by `clock.now`."""
    start = datetime(2026, 7, 27, 12, 0, 0, 250_000, tzinfo=UTC)
    monkeypatch.setattr(dialect, "real_now", lambda: start + timedelta(seconds=clock.now - 1000))
    return clock


START = int(datetime(2026, 7, 27, 12, tzinfo=UTC).timestamp())


def limits(response: Any) -> dict[str, str]:
    """What an answer says of limits."""
    return {name: value for name, value in response.headers.items() if "Rate" in name or name == "Retry-After"}


@pytest.fixture
def slow(alice: Member) -> Api:
    """A key that may ask three times a minute."""
    return Api("incidents", make_key(alice.workspace, "incidents", *NAMES, name="Slow", limit=3)[1])


def test_the_headers_of_the_documented_limit(api: Api, stopped: SimpleNamespace) -> None:
    assert limits(api.get("/v1/identity")) == {
        "X-RateLimit-Limit": "1200, 1200;window=60",
        "X-RateLimit-Remaining": "1199",
        "X-RateLimit-Used": "1",
        "X-RateLimit-Reset": str(START + 1),  # 0.05 s after a quarter past the second.
    }
    for _ in range(21):
        response = api.get("/v1/identity")
    assert limits(response)["X-RateLimit-Reset"] == str(START + 2)


def test_the_headers_of_a_keys_own_limit(slow: Api, stopped: SimpleNamespace) -> None:
    assert limits(slow.get("/v1/identity")) == {
        "X-RateLimit-Limit": "3, 3;window=60",
        "X-RateLimit-Remaining": "2",
        "X-RateLimit-Used": "1",
        "X-RateLimit-Reset": str(START + 21),
    }


def test_too_many_requests_are_answered_as_documented(slow: Api, stopped: SimpleNamespace) -> None:
    for _ in range(3):
        assert slow.get("/v1/identity").status_code == 200
    response = slow.get("/v1/identity")
    assert response.status_code == 429
    assert limits(response) == {
        "X-RateLimit-Limit": "3, 3;window=60",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Used": "3",
        "X-RateLimit-Reset": str(START + 61),
        "Retry-After": "20",
    }
    body = response.json()
    assert body.keys() == {"type", "status", "request_id", "errors", "rate_limit"}
    assert (body["type"], body["status"]) == ("too_many_requests", 429)
    assert [error["code"] for error in body["errors"]] == ["too_many_requests"]
    assert body["rate_limit"] == {
        "name": "Slow",
        "limit": 3,
        "remaining": 0,
        "retry_after": "2026-07-27T12:00:20Z",
    }


def test_whoever_waits_as_long_as_told_is_let_in(slow: Api, stopped: SimpleNamespace) -> None:
    for _ in range(3):
        slow.get("/v1/identity")
    stopped.now += 7.3
    response = slow.get("/v1/identity")
    assert response["Retry-After"] == "13"
    assert response.json()["rate_limit"]["retry_after"] == "2026-07-27T12:00:20Z"
    stopped.now += 13
    assert slow.get("/v1/identity").status_code == 200


def test_a_retry_is_never_told_to_come_at_once(slow: Api, stopped: SimpleNamespace) -> None:
    for _ in range(3):
        slow.get("/v1/identity")
    stopped.now += 19.999
    assert slow.get("/v1/identity")["Retry-After"] == "1"


def test_a_refused_request_changes_nothing(slow: Api, alice: Member, stopped: SimpleNamespace) -> None:
    incident, action = make_incident(alice), make_action(alice)
    before = [*Action.objects.values(), *Incident.objects.values()]
    for _ in range(3):
        slow.get("/v1/identity")
    body = {"incident_id": incident.ulid, "description": "More", "status": "completed"}
    answers = [
        slow.post("/v3/actions", body),
        slow.put(f"/v3/actions/{action.ulid}", body),
        slow.delete(f"/v3/actions/{action.ulid}"),
    ]
    assert [answer.status_code for answer in answers] == [429] * 3
    assert [*Action.objects.values(), *Incident.objects.values()] == before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/v3/actions", 200),
        ("head", "/v3/actions", 200),
        ("options", "/v3/actions", 204),
        ("get", "/v3/actions/nothing", 404),
        ("get", "/v3/actions?page_size=0", 422),
        ("patch", "/v3/actions", 405),
        ("post", "/v3/actions", 400),
    ],
)
def test_every_answer_to_a_key_costs_one_and_says_so(
    slow: Api, stopped: SimpleNamespace, method: str, path: str, status: int
) -> None:
    response = getattr(slow.client, method)(f"/incidents{path}")
    assert response.status_code == status
    assert response["X-RateLimit-Used"] == "1"


@pytest.mark.parametrize("path", ["/v1/identity", "/v3/actions", "/v3/nothing"])
def test_a_stranger_pays_for_nobody(slow: Api, stopped: SimpleNamespace, path: str) -> None:
    assert "X-RateLimit-Used" not in Api("incidents", "inc_nobody").get(path)
    assert slow.get("/v1/identity")["X-RateLimit-Used"] == "1"


def test_every_key_has_a_bucket_of_its_own(slow: Api, api: Api, stopped: SimpleNamespace) -> None:
    for _ in range(4):
        slow.get("/v1/identity")
    assert api.get("/v1/identity")["X-RateLimit-Used"] == "1"


def test_both_doors_and_all_versions_draw_from_one_bucket(alice: Member, stopped: SimpleNamespace) -> None:
    _key, token = make_key(alice.workspace, "incidents", *NAMES)
    by_prefix, by_host = Api("incidents", token), Api("incidents", token, host="incidents.localhost")
    used = [
        api.get(path)["X-RateLimit-Used"] for api in (by_prefix, by_host) for path in ("/v2/actions", "/v3/actions")
    ]
    assert used == ["1", "2", "3", "4"]


def test_a_limit_that_is_changed_counts_from_the_next_request(
    slow: Api, alice: Member, stopped: SimpleNamespace
) -> None:
    slow.get("/v1/identity")
    key = Key.objects.get(name="Slow")
    key.limit = None
    key.save()
    assert slow.get("/v1/identity")["X-RateLimit-Limit"] == "1200, 1200;window=60"


def test_nobody_is_turned_away_while_redis_cannot_be_asked() -> None:
    unreachable = RedisBuckets("redis://127.0.0.1:1/0")
    allowance = unreachable.take("x", 10, 1)
    assert (allowance.allowed, allowance.remaining) == (True, 10)
