"""A server that dies in the middle of its work: what it acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.houses import House
from tests.incidents import storm
from tests.servers import Server, inside, serving

ENOUGH = 100


class Caller:
    """A client of one server, with one key."""

    def __init__(self, server: Server, token: str) -> None:
        self.port, self.headers = server.port, {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call on a connection of its own, and its whole answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"/incidents{path}", json.dumps(body) if body else None, self.headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        assert response.status == 200, answer
        return answer

    def complete(self, action: str) -> bool:
        """Whether the server acknowledged that an action is completed."""
        try:
            body = {"description": "Done", "status": "completed"}
            return bool(self.call("PUT", f"/v3/actions/{action}", body)["action"]["completed_at"])
        except (OSError, HTTPException):
            return False

    def completed(self) -> set[str]:
        """The actions that are completed."""
        actions = self.call("GET", "/v2/actions")["actions"]
        return {action["id"] for action in actions if action["status"] == "completed" and action["completed_at"]}


def complete_until_it_dies(server: Server, world: dict[str, Any]) -> set[str]:
    """Complete every action at once, kill the server on the way, and tell which it had acknowledged."""
    caller, acknowledged, enough = Caller(server, world["token"]), set(), threading.Event()
    start = threading.Barrier(storm.ACTIONS)

    def complete(action: str) -> None:
        start.wait()
        if caller.complete(action):
            acknowledged.add(action)
        if len(acknowledged) >= ENOUGH:
            enough.set()

    with ThreadPoolExecutor(storm.ACTIONS) as pool:
        calls = [pool.submit(complete, action) for action in world["actions"]]
        enough.wait(60)
        server.kill()
    for call in calls:
        call.result()
    return acknowledged


def test_what_was_acknowledged_outlives_the_server(house: House) -> None:
    world = inside(house, "tests.incidents.storm:make")
    with serving(house) as server:
        acknowledged = complete_until_it_dies(server, world)
    assert ENOUGH <= len(acknowledged) < storm.ACTIONS
    with serving(house) as server:
        caller = Caller(server, world["token"])
        completed, told = caller.completed(), inside(house, "tests.incidents.storm:completions")
        assert acknowledged <= completed
        assert sorted(told) == sorted(completed)
        house.run("checkledger")
        # Clients repeat what was not acknowledged, and some of it had been done.
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(caller.complete, set(world["actions"]) - acknowledged))
        assert caller.completed() == set(world["actions"])
    assert sorted(inside(house, "tests.incidents.storm:completions")) == sorted(world["actions"])
