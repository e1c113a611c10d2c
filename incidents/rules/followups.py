"""The life of a follow-up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.callers import Actor
from accounts.models import Member
from incidents import verbs
from incidents.models import FollowUp, Incident
from incidents.rules import work
from incidents.rules.faults import UNCHANGED, fault
from incidents.rules.work import Kind, Status, check_assignee, check_status

TITLE_LENGTH = 1000
MOST_LABELS = 100


def check_title(text: str) -> None:
    """A follow-up has a title."""
    if not text.strip():
        raise fault("Say what is to be done.", "required")
    if len(text) > TITLE_LENGTH:
        raise fault(f"A title has at most {TITLE_LENGTH} characters.")


def check_labels(labels: list[str]) -> None:
    """Labels are words, not a document."""
    if len(labels) > MOST_LABELS:
        raise fault(f"A follow-up has at most {MOST_LABELS} labels.")


def _meta(follow_up: FollowUp) -> dict[str, Any]:
    return {"labels": follow_up.labels}


FOLLOW_UP = Kind(
    FollowUp,
    verbs.FOLLOW_UP_COMPLETED,
    {"title": check_title, "labels": check_labels, "assignee": check_assignee, "status": check_status},
    created=("follow_up_created_v1", "follow_up_created_v2"),
    updated=("follow_up_updated_v1", "follow_up_updated_v2"),
    meta=_meta,
)


def create_follow_up(
    incident: Incident,
    *,
    title: str,
    actor: Actor,
    at: datetime,
    description: str = "",
    assignee: Member | None = None,
    labels: list[str] | None = None,
) -> FollowUp:
    """Note what is to be done once the incident is over."""
    facts = {"title": title, "description": description, "assignee": assignee, "labels": labels or []}
    made: FollowUp = work.create(FOLLOW_UP, incident, actor=actor, at=at, **facts)
    return made


def update_follow_up(
    follow_up: FollowUp,
    *,
    actor: Actor,
    at: datetime,
    title: str = UNCHANGED,
    description: str = UNCHANGED,
    assignee: Member | None = UNCHANGED,
    labels: list[str] = UNCHANGED,
    status: str = UNCHANGED,
) -> FollowUp:
    """Change what is given; what stays as it was changes nothing and is not noted."""
    facts = {"title": title, "description": description, "assignee": assignee, "labels": labels, "status": status}
    changed: FollowUp = work.update(FOLLOW_UP, follow_up, actor=actor, at=at, **facts)
    return changed


def complete_follow_up(follow_up: FollowUp, *, actor: Actor, at: datetime) -> FollowUp:
    """Complete a follow-up; completing it twice changes nothing."""
    return update_follow_up(follow_up, actor=actor, at=at, status=Status.COMPLETED)


def reopen_follow_up(follow_up: FollowUp, *, actor: Actor, at: datetime) -> FollowUp:
    """Somebody has to do it after all; what its completion earned is taken back."""
    return update_follow_up(follow_up, actor=actor, at=at, status=Status.OUTSTANDING)


def decline_follow_up(follow_up: FollowUp, *, actor: Actor, at: datetime) -> FollowUp:
    """Decide not to do it."""
    return update_follow_up(follow_up, actor=actor, at=at, status=Status.NOT_DOING)


def delete_follow_up(follow_up: FollowUp, *, actor: Actor, at: datetime) -> FollowUp:
    """Delete a follow-up; its tombstone stays in lists, and a second deletion finds nothing."""
    deleted: FollowUp = work.delete(FOLLOW_UP, follow_up, actor=actor, at=at)
    return deleted
