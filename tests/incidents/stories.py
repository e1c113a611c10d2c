"""Incidents and their work told again in a few lines: dictionaries, lists, and the tables of the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CATEGORIES = {
    "Triage": "triage",
    "Investigating": "live",
    "Fixing": "live",
    "Documenting": "learning",
    "Closed": "closed",
    "Paused": "paused",
    "Canceled": "canceled",
}
ONWARD = {"triage": ["live", "learning", "closed"], "live": ["learning", "closed"], "learning": ["closed"]}
VERSIONS = {"action": ["v1"], "follow_up": ["v1", "v2"]}
DONE, REFUSED = 200, 422
Facts = dict[str, Any]


def stamped(before: str, after: str) -> set[str]:
    """What a move between categories stamps."""
    found = set()
    if (before, after) == ("triage", "live"):
        found.add("Accepted at")
    if before in ("triage", "live") and after in ("learning", "closed"):
        found.add("Resolved at")
    if before != after == "closed":
        found.add("Closed at")
    return found


@dataclass
class Case:
    """An incident."""

    facts: Facts
    private: bool
    real: bool
    at: datetime
    active: datetime
    times: dict[str, datetime] = field(default_factory=dict)
    told: list[Facts] = field(default_factory=list)

    def may_take(self, facts: Facts) -> bool:
        """Whether a move is among the documented ones."""
        before, after = (CATEGORIES[each["status"]] for each in (self.facts, self.facts | facts))
        return before == after or after in ONWARD.get(before, [])

    def append(self, message: str = "") -> None:
        """An update says how it stands."""
        self.told.insert(0, {"status": self.facts["status"], "severity": self.facts["severity"], "message": message})


@dataclass
class Task:
    """An action or a follow-up."""

    kind: str
    case: int
    text: str
    assignee: str | None
    at: datetime
    status: str = "outstanding"
    completed: datetime | None = None
    completions: int = 0


class Chronicle:
    """What ought to be there, and what ought to have been told; each deed gives the status it is answered with."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.tasks: list[Task] = []
        self.opened: dict[str, int] = {}
        self.updated: dict[str, tuple[int, Facts]] = {}
        self.events: list[tuple[str, str, int]] = []
        # By task and completion: who did it, and whether it still holds.
        self.ledger: dict[tuple[int, int], tuple[str | None, bool]] = {}

    def emit(self, event: str, case: int, noun: str, number: int) -> None:
        """Of a private incident nobody is told which status followed which."""
        private = self.cases[case].private
        if not (private and event == "incident_status_updated_v2"):
            self.events.append((f"{'private' if private else 'public'}_incident.{event}", noun, number))

    def open(self, at: datetime, key: str, mode: str, private: bool, status: str | None, severity: str | None) -> int:
        """An incident, or the one that the key opened."""
        if key in self.opened:
            return DONE
        status, past = status or "Investigating", mode == "retrospective"
        category = CATEGORIES[status]
        if not past and (category not in ("triage", "live") or (severity is None and category == "live")):
            return REFUSED
        self.opened[key] = len(self.cases)
        facts = {"name": f"Incident {len(self.cases) + 1}", "summary": "", "status": status, "severity": severity}
        times = {"Reported at": at}
        self.cases.append(Case(facts | {"lead": None}, private, mode in ("standard", "retrospective"), at, at, times))
        self.emit("incident_created_v2", self.opened[key], "case", self.opened[key])
        return DONE

    def edit(self, at: datetime, number: int, facts: Facts, times: dict[str, datetime | None]) -> int:
        """What is given changes."""
        case = self.cases[number]
        if "reporter" in facts or not case.may_take(facts):
            return REFUSED
        before = case.facts
        if not self.write(case, at, facts, times):
            return DONE
        if any(before[name] != case.facts[name] for name in ("status", "severity")):
            case.append()
        self.tell_change(number, before)
        return DONE

    def write(self, case: Case, at: datetime, facts: Facts, times: dict[str, datetime | None]) -> bool:
        """Whether anything changed; what is said of a moment counts more than what a move stamps."""
        before, were = case.facts, case.times
        case.facts = before | facts
        case.times = {name: value for name, value in (were | times).items() if value}
        changed = (case.facts, case.times) != (before, were)
        for name in stamped(CATEGORIES[before["status"]], CATEGORIES[case.facts["status"]]) - times.keys():
            case.times.setdefault(name, at)
        if changed:
            case.at = case.active = at
        return changed

    def tell_change(self, number: int, before: Facts) -> None:
        """Endpoints hear of a change, and of a move besides."""
        self.emit("incident_updated_v2", number, "case", number)
        if before["status"] != self.cases[number].facts["status"]:
            self.emit("incident_status_updated_v2", number, "case", number)

    def tell(self, at: datetime, number: int, key: str, message: str, facts: Facts) -> int:
        """News, perhaps with a move; the same key again is nothing."""
        if key in self.updated:
            return 201
        case = self.cases[number]
        if not (message.strip() or facts) or not case.may_take(facts):
            return REFUSED
        before = case.facts
        self.write(case, at, facts, {})
        case.at = case.active = at
        case.append(message)
        self.updated[key] = number, case.told[0]
        self.tell_change(number, before)
        return 201

    def note(self, at: datetime, kind: str, case: int, assignee: str | None) -> int:
        """Something to do."""
        self.tasks.append(Task(kind, case, "Something", assignee, at))
        self.moved(len(self.tasks) - 1, at, "created")
        return 201

    def change(self, at: datetime, number: int, facts: Facts) -> int:
        """What is given changes, and the ledger hears of completions."""
        task = self.tasks[number]
        if task.status == "deleted" or facts["status"] == "deleted":
            return REFUSED
        if all(getattr(task, name) == value for name, value in facts.items()):
            return DONE
        task.text, task.assignee = facts["text"], facts.get("assignee", task.assignee)
        self.become(number, at, facts["status"])
        return DONE

    def delete(self, at: datetime, number: int) -> int:
        """A tombstone stays, which keeps its date."""
        if self.tasks[number].status == "deleted":
            return 404
        self.become(number, at, "deleted")
        return 204

    def become(self, number: int, at: datetime, status: str) -> None:
        """Note a status, its date, and what of it the ledger hears."""
        task = self.tasks[number]
        if task.status == "completed" != status:
            self.ledger[number, task.completions] = self.ledger[number, task.completions][0], False
        if status == "completed" != task.status:
            task.completed, task.completions = at, task.completions + 1
            self.ledger[number, task.completions] = task.assignee, True
        elif status in ("outstanding", "not_doing"):
            task.completed = None
        task.status = status
        self.moved(number, at, "updated")

    def moved(self, number: int, at: datetime, what: str) -> None:
        """Its incident has seen some activity, and endpoints hear of it in each version."""
        task = self.tasks[number]
        task.at = self.cases[task.case].active = at
        for version in VERSIONS[task.kind]:
            self.emit(f"{task.kind}_{what}_{version}", task.case, "task", number)
