"""Whatever is opened, moved, edited, told, done and undone, in whatever order, everything says what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import due
from accounts.callers import System
from accounts.columns import rfc3339
from accounts.models import Member, Message
from accounts.rules import forward_clock, stop_clock
from actions.models import Action as Fact
from incidents.models import IncidentRole, IncidentStatus, IncidentTimestamp, Severity
from tests.accounts.factories import make_endpoint
from tests.clients_of import Api
from tests.factories import NOON
from tests.incidents.stories import CATEGORIES, Chronicle, Facts

numbers, keys = st.integers(0, 3), st.sampled_from("abcd")
statuses = st.sampled_from([*CATEGORIES])
severities = st.sampled_from(["Minor", "Major", "Critical"])
people = st.none() | st.sampled_from(["alice", "bob"])
moments = st.sampled_from(["Reported at", "Accepted at", "Resolved at", "Closed at", "Fixed at"])
hours = st.none() | st.integers(-2, 2).map(lambda hour: NOON + timedelta(hours=hour))
told = st.fixed_dictionaries({}, optional={"status": statuses, "severity": severities})
edited = st.fixed_dictionaries(
    {},
    optional={
        "status": statuses,
        "severity": severities,
        "name": st.sampled_from(["Fire", "Flood"]),
        "summary": st.sampled_from(["", "It burns."]),
        "lead": people,
    },
)
worked = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["Something", "Else"]),
        "status": st.sampled_from(["completed", "completed", "outstanding", "not_doing", "deleted"]),
    },
    optional={"assignee": people},
)
steps = st.one_of(
    st.tuples(
        st.just("open"),
        keys,
        st.sampled_from(["standard", "standard", "retrospective", "test"]),
        st.booleans(),
        st.none() | statuses,
        st.none() | severities,
    ),
    st.tuples(st.just("edit"), numbers, edited, st.dictionaries(moments, hours, max_size=3)),
    st.tuples(st.just("edit"), numbers, st.just({"name": "Ice", "reporter": "bob"}), st.just({})),
    st.tuples(st.just("tell"), numbers, keys, st.sampled_from(["", " ", "Soon over."]), told),
    st.tuples(st.just("note"), st.sampled_from(["action", "follow_up"]), numbers, people),
    st.tuples(st.just("change"), numbers, worked),
    st.tuples(st.just("change"), numbers, worked),
    st.tuples(st.just("delete"), numbers),
    st.tuples(st.just("forward"), st.integers(0, 9)),
)


class Play:
    """A story told over HTTP and to the chronicle alike."""

    def __init__(self, alice: Member, bob: Member, api: Api, viewer: Api) -> None:
        self.workspace, self.api, self.viewer = alice.workspace, api, viewer
        self.people = {"alice": alice, "bob": bob}
        self.chronicle = Chronicle()
        self.cases: list[str] = []
        self.tasks: list[str] = []
        nouns: tuple[Any, ...] = (IncidentStatus, Severity, IncidentTimestamp)
        self.ids = {row.name: row.ulid for noun in nouns for row in noun.objects.of(self.workspace)}
        self.roles = {row.role_type: row.ulid for row in IncidentRole.objects.of(self.workspace)}

    def begin(self) -> None:
        """An incident that everybody may see and one that not, and something to do about each."""
        self.open("a", "standard", False, "Triage", None)
        self.open("b", "standard", True, None, "Minor")
        self.note("action", 0, None)
        self.note("follow_up", 1, "alice")

    def compare(self, response: Any, deed: Callable[..., int], *facts: Any) -> Any:
        """An answer is the chronicle's; a write is dated by the clock it left standing."""
        expected = deed(self.workspace.now(), *facts)
        assert response.status_code == expected, f"{deed.__name__}{facts}: {response.content!r}"
        return response

    def open(self, key: str, mode: str, private: bool, status: str | None, severity: str | None) -> None:
        """An incident, perhaps by a key that was used before."""
        body: Facts = {"idempotency_key": key, "mode": mode, "visibility": "private" if private else "public"}
        named = {"incident_status_id": status, "severity_id": severity}
        body |= {name: self.ids[value] for name, value in named.items() if value}
        response = self.api.post("/v2/incidents", body)
        self.compare(response, self.chronicle.open, key, mode, private, status, severity)
        if response.status_code == 200:
            found = response.json()["incident"]["id"]
            self.cases += [found] if len(self.cases) < len(self.chronicle.cases) else []
            assert self.cases[self.chronicle.opened[key]] == found

    def edit(self, number: int, facts: Facts, times: dict[str, datetime | None]) -> None:
        """Some of what an edit can change."""
        number %= len(self.cases)
        body = {name: facts[name] for name in ("name", "summary") if name in facts} | self.moving(facts, "")
        if roles := [self.assigning(name, facts[name]) for name in ("lead", "reporter") if name in facts]:
            body["incident_role_assignments"] = roles
        body["incident_timestamp_values"] = [
            {"incident_timestamp_id": self.ids[name]} | ({"value": rfc3339(value)} if value else {})
            for name, value in times.items()
        ]
        path = f"/v2/incidents/{self.cases[number]}/actions/edit"
        response = self.api.post(path, {"incident": body, "notify_incident_channel": False})
        self.compare(response, self.chronicle.edit, number, facts, times)

    def moving(self, facts: Facts, to: str) -> Facts:
        """A status and a severity as bodies name them."""
        names = {"status": f"{to}incident_status_id", "severity": f"{to}severity_id"}
        return {names[name]: self.ids[facts[name]] for name in names if name in facts}

    def assigning(self, role: str, who: str | None) -> Facts:
        """A role for somebody, or for nobody."""
        return {"incident_role_id": self.roles[role]} | ({"assignee": {"id": self.people[who].ulid}} if who else {})

    def tell(self, number: int, key: str, message: str, facts: Facts) -> None:
        """News, perhaps under a key that was used before."""
        number %= len(self.cases)
        body = {"incident_id": self.cases[number], "idempotency_key": key, "message": message}
        response = self.api.post("/v2/incident_updates", body | self.moving(facts, "to_"))
        self.compare(response, self.chronicle.tell, number, key, message, facts)
        if response.status_code == 201:
            case, update = self.chronicle.updated[key]
            found = response.json()["incident_update"]
            assert (found["incident_id"], update_of(found)) == (self.cases[case], update)

    def note(self, kind: str, case: int, assignee: str | None) -> None:
        """Something to do about an incident."""
        case %= len(self.cases)
        body = {"incident_id": self.cases[case]} | self.working(kind, {"text": "Something", "assignee": assignee})
        if assignee is None:
            del body["assignee_id"]
        response = self.compare(self.api.post(f"/v3/{kind}s", body), self.chronicle.note, kind, case, assignee)
        self.tasks.append(response.json()[kind]["id"])

    def working(self, kind: str, facts: Facts) -> Facts:
        """Facts of work as bodies name them."""
        body = {"description" if kind == "action" else "title": facts["text"]}
        body |= {"status": facts["status"]} if "status" in facts else {}
        if "assignee" in facts:
            body["assignee_id"] = facts["assignee"] and self.people[facts["assignee"]].ulid
        return body

    def path(self, number: int) -> str:
        """Where a piece of work is."""
        return f"/v3/{self.chronicle.tasks[number].kind}s/{self.tasks[number]}"

    def change(self, number: int, facts: Facts) -> None:
        """Work moves between its statuses."""
        number %= len(self.tasks)
        body = self.working(self.chronicle.tasks[number].kind, facts)
        self.compare(self.api.put(self.path(number), body), self.chronicle.change, number, facts)

    def delete(self, number: int) -> None:
        """Work is deleted, perhaps again."""
        number %= len(self.tasks)
        self.compare(self.api.delete(self.path(number)), self.chronicle.delete, number)

    def forward(self, hours: int) -> None:
        """The clock stands at a later hour."""
        list(due.forward(forward_clock(self.workspace, by=timedelta(hours=hours), actor=System())))

    def check(self) -> None:
        """Everything there is, against the chronicle."""
        for number, case in enumerate(self.chronicle.cases):
            self.check_case(self.cases[number], case)
        for number, task in enumerate(self.chronicle.tasks):
            assert self.task_shown(number) == task_expected(task, self.cases[task.case])
        assert self.events() == [(event, getattr(self, f"{noun}s")[n]) for event, noun, n in self.chronicle.events]
        assert self.facts() == self.chronicle.ledger
        shown = self.viewer.get("/v2/incidents?page_size=250").json()["incidents"]
        public = [self.cases[n] for n, case in enumerate(self.chronicle.cases) if case.real and not case.private]
        assert [incident["id"] for incident in shown] == public[::-1]

    def check_case(self, pk: str, case: Any) -> None:
        """An incident, its moments, its updates."""
        found = self.api.get(f"/v2/incidents/{pk}").json()["incident"]
        assert facts_of(found) == case.facts
        assert (found["visibility"] == "private") == case.private
        times = {item["incident_timestamp"]["name"]: item.get("value") for item in found["incident_timestamp_values"]}
        assert {name: value["value"] for name, value in times.items() if value} == {
            name: rfc3339(value) for name, value in case.times.items()
        }
        assert (found["updated_at"], found["last_activity_at"]) == (rfc3339(case.at), rfc3339(case.active))
        updates = self.api.get("/v2/incident_updates", {"incident_id": pk}).json()["incident_updates"]
        assert [update_of(update) for update in updates] == case.told

    def task_shown(self, number: int) -> Facts:
        """Work as it is shown, less what it always has."""
        found = self.api.get(self.path(number)).json()[self.chronicle.tasks[number].kind]
        facts = {name: found.get(name) for name in ("incident_id", "status", "completed_at", "updated_at")}
        text = found["description"] if "title" not in found else found["title"]
        return facts | {"text": text, "assignee": name_of(found.get("assignee"))}

    def events(self) -> list[tuple[str, str]]:
        """What endpoints are told, and of whom; of private nouns nothing but that."""
        bodies = [orjson.loads(bytes(body)) for body in Message.objects.order_by("id").values_list("body", flat=True)]
        payloads = [(body["event_type"], body[body["event_type"]]) for body in bodies]
        assert all(payload.keys() == {"id"} for event, payload in payloads if event.startswith("private"))
        return [(event, payload.get("incident", payload)["id"]) for event, payload in payloads]

    def facts(self) -> dict[tuple[int, int], tuple[str | None, bool]]:
        """What the ledger holds, by work and completion."""
        found = {}
        for fact in Fact.objects.of(self.workspace).order_by("seq"):
            _, task, _, completion = fact.source_id.split(":")
            member = fact.performer and fact.performer.member
            found[self.tasks.index(task), int(completion)] = member and member.name.lower(), fact.cancelled_at is None
        return found


def name_of(person: Facts | None) -> str | None:
    """Somebody as the chronicle calls her."""
    return person["name"].lower() if person else None


def facts_of(incident: Facts) -> Facts:
    """What the chronicle says of an incident, as the API shows it."""
    leads = [one for one in incident["incident_role_assignments"] if one["role"]["role_type"] == "lead"]
    return {
        "name": incident["name"],
        "summary": incident.get("summary", ""),
        "status": incident["incident_status"]["name"],
        "severity": incident["severity"]["name"] if "severity" in incident else None,
        "lead": name_of(leads[0].get("assignee")),
    }


def update_of(update: Facts) -> Facts:
    """What the chronicle says of an update, as the API shows it."""
    severity = update["new_severity"]["name"] if "new_severity" in update else None
    status = update["new_incident_status"]["name"]
    return {"status": status, "severity": severity, "message": update.get("message", "")}


def task_expected(task: Any, case: str) -> Facts:
    """A task of the chronicle, as the API shows work."""
    dates = {"completed_at": task.completed and rfc3339(task.completed), "updated_at": rfc3339(task.at)}
    return dates | {"incident_id": case, "status": task.status, "text": task.text, "assignee": task.assignee}


@pytest.mark.django_db
@given(story=st.lists(steps, min_size=12, max_size=20))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_story_is_told_as_it_was(
    alice: Member, bob: Member, api: Api, viewer: Api, story: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        make_endpoint(alice)
        stop_clock(alice.workspace)
        play = Play(alice, bob, api, viewer)
        play.begin()
        for step, *facts in story:
            getattr(play, step)(*facts)
        play.check()
        transaction.set_rollback(True)
