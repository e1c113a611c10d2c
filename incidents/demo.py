"""A year of a mountain rescue's incidents: what happened, what was to be done, and who did it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import Member
from incidents.models import Incident, IncidentRole, IncidentStatus, Mode, Severity, Visibility
from incidents.rules import (
    complete_action,
    complete_follow_up,
    create_action,
    create_follow_up,
    decline_action,
    delete_action,
    open_incident,
    post_update,
)

HAPPENINGS = [
    ("Radio relay on the ridge is silent", "Teams in the northern valley cannot be reached by radio.", "Critical"),
    ("Winch of the second helicopter blocked", "The hoist stops after twelve metres.", "Critical"),
    ("Duty roster shows last week", "The screen in the station was not reloaded after the update.", "Minor"),
    ("Avalanche bulletin not received", "The morning bulletin did not arrive by e-mail.", "Major"),
    ("Fuel pump at the base drips", "About a litre an hour; a bucket stands under it.", "Major"),
    ("Two rucksacks without transceivers", "Found while packing for the exercise.", "Major"),
    ("Alarm call went to the wrong valley", "The dispatcher's map had an outdated boundary.", "Critical"),
    ("Snowmobile will not start", "Battery flat after the cold night.", "Minor"),
    ("Medical oxygen below reserve", "Three of eight bottles are empty.", "Major"),
    ("Weather station reports 40 degrees in January", "The sensor on the hut is broken.", "Minor"),
]
TASKS = [
    "Call the duty officer",
    "Drive up and look",
    "Order the spare part",
    "Tell the neighbouring station",
    "Write to the manufacturer",
    "Test it with the **second team**",
    "Put a note on the board",
    "Check the other vehicles too",
    "Update the emergency map",
    "Charge all batteries",
]
OTHERS = [
    ("Rehearsal: search at night", Mode.TEST, Visibility.PUBLIC),
    ("Your first incident", Mode.TUTORIAL, Visibility.PUBLIC),
    ("Last winter's rockfall, looked at again", Mode.RETROSPECTIVE, Visibility.PUBLIC),
    ("Complaint about a rescuer", Mode.STANDARD, Visibility.PRIVATE),
]
STEP = timedelta(minutes=7)


def load(world: Any) -> None:
    """Open the incidents and do most of the work, once."""
    if not Incident.objects.of(world.workspace).exists():
        Story(world).tell()


FOLLOW_UPS = [
    ("Replace the part before next winter", ["equipment"]),
    ("Write down how it was done", ["documentation"]),
    ("Practise it with all teams", ["training"]),
    ("Ask the canton for money", ["equipment", "budget"]),
]
TOLD = [
    ("Investigating", "We have people on the way."),
    ("Fixing", "The cause is known; we are removing it."),
    ("Monitoring", "It works again. We watch it for an hour."),
    ("Documenting", "It is over. Thank you all."),
    ("Closed", "Nothing is left to do."),
]


class Story:
    """One telling: the same people, incidents and endings each time."""

    def __init__(self, world: Any) -> None:
        self.workspace = world.workspace
        self.people: list[Member] = [member for member in world.members.values() if member.active]
        self.random = Random(7)  # noqa: S311
        self.start: datetime = world.at - timedelta(days=360)
        self.end: datetime = world.at - timedelta(hours=1)
        self.lead = IncidentRole.objects.of(self.workspace).get(role_type=IncidentRole.RoleType.LEAD)
        self.severities = {row.name: row for row in Severity.objects.of(self.workspace)}
        self.statuses = {row.name: row for row in IncidentStatus.objects.of(self.workspace)}

    def tell(self) -> None:
        """From a year ago until an hour ago; the latest incidents are still being worked on."""
        chapters = [(*happening, Mode.STANDARD, Visibility.PUBLIC) for happening in HAPPENINGS * 5]
        chapters += [(name, "", "Minor", mode, visibility) for name, mode, visibility in OTHERS]
        chapters += [(*happening, Mode.STANDARD, Visibility.PUBLIC) for happening in HAPPENINGS[:6]]
        gap = (self.end - self.start) / len(chapters)
        for number, (name, summary, severity, mode, visibility) in enumerate(chapters):
            facts = {"name": name, "summary": summary, "mode": mode, "visibility": visibility}
            incident = self.open(self.start + gap * number, severity, **facts)
            self.work(incident, over=number < len(chapters) - 6, until=5 if number < len(chapters) - 6 else number % 4)

    def open(self, at: datetime, severity: str, **facts: Any) -> Incident:
        """Somebody opens it, somebody leads it."""
        actor, lead = self.random.sample(self.people, 2)
        return open_incident(
            self.workspace,
            actor=actor,
            at=at,
            severity=self.severities[severity],
            status=self.statuses["Triage"],
            roles={self.lead: lead},
            **facts,
        )

    def work(self, incident: Incident, *, over: bool, until: int) -> None:
        """What is done about it, what is told, and what remains."""
        at = incident.created_at
        for number, task in enumerate(self.random.sample(TASKS, 4)):
            self.action(incident, task, at + STEP * (number + 1), over=over)
        for number, (status, message) in enumerate(TOLD[:until]):
            post_update(
                incident,
                idempotency_key=f"demo-{incident.number}-{number}",
                actor=self.random.choice(self.people),
                at=self.not_after(at + STEP * (5 + 12 * number)),
                message=message,
                status=self.statuses[status],
            )
        if over:
            self.follow_up(incident, self.not_after(at + timedelta(hours=8)))

    def action(self, incident: Incident, task: str, at: datetime, *, over: bool) -> None:
        """Something to do, usually given to somebody, usually done."""
        actor, assignee = self.random.sample(self.people, 2)
        given = assignee if self.random.random() < 0.8 else None
        action = create_action(incident, description=task, actor=actor, assignee=given, at=at)
        later = self.not_after(at + STEP * self.random.randint(1, 40))
        chance = self.random.random()
        if chance < (0.8 if over else 0.3):
            complete_action(action, actor=assignee, at=later)
        elif over and chance < 0.9:
            decline_action(action, actor=actor, at=later)
        elif over and chance < 0.95:
            delete_action(action, actor=actor, at=later)

    def follow_up(self, incident: Incident, at: datetime) -> None:
        """Something for later, done about half of the time."""
        actor, assignee = self.random.sample(self.people, 2)
        title, labels = self.random.choice(FOLLOW_UPS)
        made = create_follow_up(incident, title=title, labels=labels, actor=actor, assignee=assignee, at=at)
        if self.random.random() < 0.5:
            complete_follow_up(made, actor=assignee, at=self.not_after(at + timedelta(days=3)))

    def not_after(self, at: datetime) -> datetime:
        """Nothing in a demo happens in the future."""
        return min(at, self.end)
