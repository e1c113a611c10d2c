"""What a new workspace starts with: the severities and statuses of a fresh incident.io organisation."""

from __future__ import annotations

from datetime import datetime

from accounts.ids import new_ulid
from accounts.models import Workspace
from incidents.models import IncidentStatus, Severity

SEVERITIES = [
    ("Minor", "Low impact: an annoyance that can wait for working hours."),
    ("Major", "Significant impact: many people notice, some cannot work."),
    ("Critical", "Everything stands still: all hands until it is over."),
]
STATUSES = [
    ("triage", 0, "Triage", "Somebody reported it; nobody has said yet whether it is an incident."),
    ("live", 1, "Investigating", "We know of the problem and look for its cause."),
    ("live", 2, "Fixing", "The cause is known and being removed."),
    ("live", 3, "Monitoring", "The remedy is in place; we watch whether it holds."),
    ("learning", 4, "Documenting", "It is over; we write down what happened."),
    ("learning", 5, "Reviewing", "We talk about what to do better."),
    ("closed", 6, "Closed", "Nothing is left to do."),
    ("paused", 7, "Paused", "It waits for something outside."),
    ("declined", -1, "Declined", "It was no incident."),
    ("merged", -2, "Merged", "It is the same as another."),
    ("canceled", -3, "Canceled", "It was opened by mistake."),
]


def create_defaults(workspace: Workspace, *, at: datetime) -> None:
    """Severities and statuses, so that the first incident can be opened."""
    dates = {"workspace": workspace, "created_at": at, "updated_at": at}
    Severity.objects.bulk_create(
        Severity(id=new_ulid(at), name=name, description=text, rank=rank, **dates)
        for rank, (name, text) in enumerate(SEVERITIES)
    )
    IncidentStatus.objects.bulk_create(
        IncidentStatus(id=new_ulid(at), category=category, rank=rank, name=name, description=text, **dates)
        for category, rank, name, text in STATUSES
    )
