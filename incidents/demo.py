"""Months of a mountain rescue's incidents: what happened, what was to be done, and who did it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import Member
from incidents.models import Incident, IncidentStatus, Mode, Severity, Visibility
from incidents.rules import complete_action, create_action, decline_action, delete_action, open_incident

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


class Story:
    """One telling: the same people, incidents and endings each time."""

    def __init__(self, world: Any) -> None:
        self.workspace = world.workspace
        self.people: list[Member] = [member for member in world.members.values() if member.active]
        self.random = Random(7)  # noqa: S311
        self.start: datetime = world.at - timedelta(days=180)
        self.end: datetime = world.at - timedelta(hours=1)

    def tell(self) -> None:
        """From half a year ago until an hour ago; the latest incidents are still being worked on."""
        chapters = [(*happening, Mode.STANDARD, Visibility.PUBLIC) for happening in HAPPENINGS * 3]
        chapters += [(name, "", "Minor", mode, visibility) for name, mode, visibility in OTHERS]
        gap = (self.end - self.start) / len(chapters)
        for number, (name, summary, severity, mode, visibility) in enumerate(chapters):
            at = self.start + gap * number
            over = number < len(chapters) - 6
            self.incident(
                at, over=over, name=name, summary=summary, severity=severity, mode=mode, visibility=visibility
            )

    def incident(self, at: datetime, *, over: bool, severity: str, **facts: Any) -> None:
        """One incident and its actions."""
        incident = open_incident(
            self.workspace,
            actor=self.random.choice(self.people),
            at=at,
            severity=Severity.objects.of(self.workspace).get(name=severity),
            status=self._status("closed" if over and facts["mode"] == Mode.RETROSPECTIVE else "live"),
            **facts,
        )
        for number, task in enumerate(self.random.sample(TASKS, 4)):
            self.action(incident, task, at + STEP * (number + 1), over=over)

    def action(self, incident: Incident, task: str, at: datetime, *, over: bool) -> None:
        """Something to do, usually given to somebody, usually done."""
        actor, assignee = self.random.sample(self.people, 2)
        given = assignee if self.random.random() < 0.8 else None
        action = create_action(incident, description=task, actor=actor, assignee=given, at=at)
        later = at + STEP * self.random.randint(1, 40)
        chance = self.random.random()
        if chance < (0.8 if over else 0.3):
            complete_action(action, actor=assignee, at=min(later, self.end))
        elif over and chance < 0.9:
            decline_action(action, actor=actor, at=min(later, self.end))
        elif over and chance < 0.95:
            delete_action(action, actor=actor, at=min(later, self.end))

    def _status(self, category: str) -> IncidentStatus:
        statuses = IncidentStatus.objects.of(self.workspace).filter(category=category)
        first: IncidentStatus = statuses.order_by("rank")[0]
        return first
