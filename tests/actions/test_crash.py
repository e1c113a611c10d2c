"""A server that dies among a thousand posts: what it acknowledged is there, and nothing was paid twice."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.actions import deaths
from tests.actions.api.caller import resource
from tests.actions.api.judge import MEDIA_TYPE
from tests.houses import House
from tests.servers import Server, inside, serving

# At once; the others follow as soon as one is answered.
CALLERS, ENOUGH = 200, 250
UNIT = 1_000_000


class Poster:
    """A client of one server, with one key."""

    def __init__(self, server: Server, world: dict[str, Any]) -> None:
        self.port, self.performers = server.port, world["performers"]
        self.headers = {"Authorization": f"Bearer {world['token']}", "Content-Type": MEDIA_TYPE}

    def post(self, number: int) -> int | None:
        """Post an award on a connection of its own; the status of the answer, or nothing if none came whole."""
        facts = {"actionType": "award", "title": f"Award {number}", "externalId": f"post {number}"}
        who = {"id": self.performers[number % 2]}
        body = resource("action", **facts, performer=who, params={"points": deaths.POINTS})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/actions/api/v1/actions", json.dumps(body), self.headers)
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()
        return response.status


def post_until_it_dies(server: Server, world: dict[str, Any]) -> set[str]:
    """Post a thousand, kill the server on the way, and tell which it had acknowledged."""
    poster, acknowledged, enough = Poster(server, world), set(), threading.Event()

    def post(number: int) -> None:
        status = poster.post(number)
        assert status in (None, 201), status
        if status:
            acknowledged.add(f"post {number}")
        if len(acknowledged) >= ENOUGH:
            enough.set()

    with ThreadPoolExecutor(CALLERS) as pool:
        calls = [pool.submit(post, number) for number in range(deaths.POSTS)]
        assert enough.wait(120)
        server.kill()
    for call in calls:
        call.result()
    return acknowledged


def expected(posts: list[str]) -> list[list[Any]]:
    """An award for each, and a share of those of the second, whom the first enrolled."""
    awards = [[post, "award", 1] for post in posts]
    return sorted(awards + [[post, "share", 1] for post in posts if int(post.split()[1]) % 2])


def test_what_was_acknowledged_is_there_and_nothing_is_paid_twice(house: House) -> None:
    world = inside(house, "tests.actions.deaths:make")
    with serving(house) as server:
        acknowledged = post_until_it_dies(server, world)
    assert ENOUGH <= len(acknowledged) < deaths.POSTS
    with serving(house) as server:
        found = inside(house, "tests.actions.deaths:known")
        assert acknowledged <= set(found["posts"])
        assert found["paid"] == expected(found["posts"])
        house.run("checkledger")
        # Whoever got no answer posts again, and some of it had been done.
        missed = [number for number in range(deaths.POSTS) if f"post {number}" not in acknowledged]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(Poster(server, world).post, missed))
    assert answers == [409 if f"post {number}" in found["posts"] else 201 for number in missed]
    found = inside(house, "tests.actions.deaths:known")
    assert found["posts"] == sorted(f"post {number}" for number in range(deaths.POSTS))
    assert found["paid"] == expected(found["posts"])
    half, points = deaths.POSTS // 2, deaths.POINTS * UNIT
    assert found["balances"] == [half * (points + deaths.SHARE), half * points]
    house.run("checkledger")
