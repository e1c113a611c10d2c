"""What a new workspace starts with: the severities and statuses of a fresh incident.io organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.ids import new_ulid
from accounts.models import Workspace
from incidents.models import IncidentRole, IncidentStatus, IncidentTimestamp, IncidentType, Severity

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

TIMESTAMPS = [
    (0, "Reported at", "reported"),
    (1, "Accepted at", "accepted"),
    (2, "Declined at", "declined"),
    (3, "Merged at", "merged"),
    (4, "Canceled at", "canceled"),
    (5, "Resolved at", "resolved"),
    (6, "Impact started at", ""),
    (7, "Identified at", ""),
    (8, "Fixed at", ""),
    (9, "Documented at", ""),
    (10, "Reviewed at", ""),
    (12, "Closed at", "closed"),
]
OWN = ("live", "learning")


def create_defaults(workspace: Workspace, *, at: datetime) -> None:
    """Severities, statuses, a type, roles and timestamps, so that the first incident can be opened."""
    dates: dict[str, Any] = {"workspace": workspace, "created_at": at, "updated_at": at}
    Severity.objects.bulk_create(
        Severity(id=new_ulid(at), name=name, description=text, rank=rank, **dates)
        for rank, (name, text) in enumerate(SEVERITIES)
    )
    IncidentStatus.objects.bulk_create(
        IncidentStatus(
            id=new_ulid(at),
            category=category,
            rank=rank,
            name=name,
            description=text,
            built_in=category not in OWN,
            **dates,
        )
        for category, rank, name, text in STATUSES
    )
    IncidentTimestamp.objects.bulk_create(
        IncidentTimestamp(id=new_ulid(at), workspace=workspace, rank=rank, name=name, stamped_by=stamped_by)
        for rank, name, stamped_by in TIMESTAMPS
    )
    IncidentType(
        id=new_ulid(at),
        name="Default",
        description="What has no type of its own.",
        is_default=True,
        **dates,
    ).save(force_insert=True)
    IncidentRole(
        id=new_ulid(at),
        name="Incident Lead",
        shortform="lead",
        description="Coordinates everybody until it is over.",
        instructions="Say who does what, and tell people how it stands.",
        role_type=IncidentRole.RoleType.LEAD,
        **dates,
    ).save(force_insert=True)
    IncidentRole(
        id=new_ulid(at),
        name="Reporter",
        description="Saw it first.",
        role_type=IncidentRole.RoleType.REPORTER,
        **dates,
    ).save(force_insert=True)
