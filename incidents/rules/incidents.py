"""The life of an incident: opened, edited, told about, moved from status to status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import webhooks
from accounts.callers import Actor
from accounts.ids import new_ulid
from accounts.models import Counter, Member, Workspace
from incidents.models import (
    Incident,
    IncidentRole,
    IncidentStatus,
    IncidentTimestamp,
    IncidentType,
    IncidentUpdate,
    Mode,
    RoleAssignment,
    Severity,
    TimestampValue,
    Visibility,
)
from incidents.rules.faults import fault, given
from incidents.rules.moves import may_move, stamps

Roles = Mapping[IncidentRole, Member | None]
Times = Mapping[IncidentTimestamp, datetime | None]
C = IncidentStatus.Category
# What an update tells whenever it changes.
TOLD = {"status", "severity"}


def find_opened(workspace: Workspace, idempotency_key: str) -> Incident | None:
    """The incident an idempotency key opened, if it did."""
    found: Incident | None = Incident.objects.of(workspace).filter(idempotency_key=idempotency_key).first()
    return found


@transaction.atomic
def open_incident(
    workspace: Workspace,
    *,
    actor: Actor,
    at: datetime,
    name: str = "",
    visibility: str = Visibility.PUBLIC,
    mode: str = Mode.STANDARD,
    type: IncidentType | None = None,
    status: IncidentStatus | None = None,
    severity: Severity | None = None,
    roles: Roles | None = None,
    timestamps: Times | None = None,
    idempotency_key: str | None = None,
    **facts: str,
) -> Incident:
    """Open an incident; the same idempotency key again returns the first one, unchanged."""
    # The counter's row lock lets one opener in at a time, so a look at the key after it is final.
    Counter.lock(workspace, "incident")
    if idempotency_key is not None and (first := find_opened(workspace, idempotency_key)):
        return first
    type = type or IncidentType.objects.of(workspace).get(is_default=True)
    status = status or first_status(workspace, type)
    _check_opening(status, severity, mode)
    number = Counter.draw(workspace, "incident")
    incident = Incident(
        id=new_ulid(at),
        workspace=workspace,
        number=number,
        name=(name.strip() and name) or f"Incident {number}",
        visibility=Visibility.PRIVATE if type.private_incidents_only else visibility,
        mode=mode,
        type=type,
        status=status,
        severity=severity,
        idempotency_key=idempotency_key,
        created_at=at,
        updated_at=at,
        last_activity_at=at,
        **facts,
    )
    incident.created_by(actor)
    incident.save(force_insert=True)
    set_roles(incident, roles or {})
    set_times(incident, timestamps or {})
    stamp(incident, stamps(None, status.category), at, said=timestamps or {})
    webhooks.emit("incident_created_v2", incident)
    return incident


def first_status(workspace: Workspace, type: IncidentType) -> IncidentStatus:
    """Where an incident of a type begins when nobody says."""
    category = C.TRIAGE if type.create_in_triage == IncidentType.CreateInTriage.ALWAYS else C.LIVE
    found: IncidentStatus = IncidentStatus.objects.of(workspace).filter(category=category).order_by("rank")[0]
    return found


def _check_opening(status: IncidentStatus, severity: Severity | None, mode: str) -> None:
    retrospective = mode == Mode.RETROSPECTIVE
    faults: dict[str, Any] = {}
    if severity is None and not retrospective and status.category != C.TRIAGE:
        faults["severity"] = fault("A severity is required to open an incident", "required")
    if not retrospective and status.category not in (C.TRIAGE, C.LIVE):
        faults["status"] = fault("An incident begins in triage or live, unless it is retrospective.")
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def edit_incident(
    incident: Incident,
    *,
    actor: Actor,
    at: datetime,
    roles: Roles | None = None,
    timestamps: Times | None = None,
    forced: bool = False,
    **facts: Any,
) -> Incident:
    """
    Change what is given; nothing changed is nothing noted. A new status or severity is told in an update.

    `forced` lets an administrator make a move that is not among the documented ones.
    """
    incident = lock(incident)
    before = incident.status
    _check_roles(roles or {})
    changed = apply(incident, given(facts), at=at, roles=roles, timestamps=timestamps, forced=forced)
    if changed & TOLD:
        _append_update(incident, actor=actor, at=at)
    if changed:
        _emit_update(incident, before)
    return incident


@transaction.atomic
def post_update(
    incident: Incident,
    *,
    idempotency_key: str,
    actor: Actor,
    at: datetime,
    message: str = "",
    status: IncidentStatus | None = None,
    severity: Severity | None = None,
) -> IncidentUpdate:
    """Tell everybody how it stands, perhaps with a new status or severity; the same key again tells nothing."""
    Counter.lock(incident.workspace, "incident_update")
    if first := find_update(incident.workspace, idempotency_key):
        return first
    if not (message.strip() or status or severity):
        raise ValidationError({"message": fault("Give a message, a status or a severity.", "required")})
    incident = lock(incident)
    before = incident.status
    if not apply(incident, {name: row for name, row in [("status", status), ("severity", severity)] if row}, at=at):
        save(incident, at)
    update = _append_update(incident, actor=actor, at=at, message=message, idempotency_key=idempotency_key)
    _emit_update(incident, before, message=message)
    return update


def find_update(workspace: Workspace, idempotency_key: str) -> IncidentUpdate | None:
    """The update an idempotency key posted, if it did."""
    found: IncidentUpdate | None = IncidentUpdate.objects.of(workspace).filter(idempotency_key=idempotency_key).first()
    return found


def lock(incident: Incident) -> Incident:
    """The incident as it is now, for nobody else to change until the transaction ends."""
    # Without its status: PostgreSQL would join the one it had before we waited, and find no incident.
    Incident.objects.select_for_update().values_list("pk").get(pk=incident.pk)
    found: Incident = Incident.objects.select_related("workspace", "status", "severity").get(pk=incident.pk)
    return found


def apply(
    incident: Incident,
    facts: dict[str, Any],
    *,
    at: datetime,
    roles: Roles | None = None,
    timestamps: Times | None = None,
    forced: bool = False,
) -> set[str]:
    """Write what changed of a locked incident, and name it."""
    before = incident.status
    changed = {name for name, value in facts.items() if getattr(incident, name) != value}
    if "status" in changed and not forced:
        _check_move(before, facts["status"])
    for name in changed:
        setattr(incident, name, facts[name])
    others = {
        name
        for name, there in [
            ("roles", set_roles(incident, roles or {})),
            ("timestamps", set_times(incident, timestamps or {})),
        ]
        if there
    }
    if "status" in changed:
        stamp(incident, stamps(before.category, incident.status.category), at, said=timestamps or {})
    if changed or others:
        save(incident, at, *changed)
    return changed | others


def save(incident: Incident, at: datetime, *changed: str) -> None:
    """Write what changed, and when."""
    incident.touch(at)
    incident.save(update_fields=[*changed, "updated_at", "last_activity_at"])


def _emit_update(incident: Incident, before: IncidentStatus, message: str = "") -> None:
    webhooks.emit("incident_updated_v2", incident, message=message)
    if incident.status != before:
        webhooks.emit("incident_status_updated_v2", incident, before=before)


def _check_move(before: IncidentStatus, after: IncidentStatus) -> None:
    if not may_move(before.category, after.category):
        raise ValidationError({"status": fault(f"An incident cannot move from {before} to {after}.")})


def _check_roles(roles: Roles) -> None:
    if any(role.role_type == IncidentRole.RoleType.REPORTER for role in roles):
        raise ValidationError({"roles": fault("The reporter is set when an incident is opened, and stays.")})


def set_roles(incident: Incident, roles: Roles) -> bool:
    """Give and take roles; whether anything changed."""
    changed = False
    for role, member in roles.items():
        rows = RoleAssignment.objects.filter(workspace=incident.workspace_id, incident=incident, role=role)
        held = rows.first()
        if held and held.assignee_id == (member.pk if member else None):
            continue
        if held:
            held.delete()
        if member:
            RoleAssignment.objects.create(
                workspace_id=incident.workspace_id, incident=incident, role=role, assignee=member
            )
        changed = changed or bool(held or member)
    return changed


def set_times(incident: Incident, times: Times) -> bool:
    """Set and clear timestamps; whether anything changed."""
    changed = False
    for timestamp, value in times.items():
        rows = TimestampValue.objects.filter(workspace=incident.workspace_id, incident=incident, timestamp=timestamp)
        held = rows.first()
        if (held.value if held else None) == value:
            continue
        changed = True
        if value is None:
            rows.delete()
        elif held:
            rows.update(value=value)
        else:
            TimestampValue.objects.create(
                workspace_id=incident.workspace_id, incident=incident, timestamp=timestamp, value=value
            )
    return changed


def stamp(incident: Incident, names: list[str], at: datetime, *, said: Times) -> None:
    """Stamp moments reached for the first time; what somebody set before stays, and so does what is said of it now."""
    unset = IncidentTimestamp.objects.of(incident.workspace_id).filter(stamped_by__in=names)
    unset = unset.exclude(pk__in=incident.timestamp_values.values("timestamp"))
    unset = unset.exclude(pk__in=[timestamp.pk for timestamp in said])
    TimestampValue.objects.bulk_create(
        TimestampValue(workspace_id=incident.workspace_id, incident=incident, timestamp=timestamp, value=at)
        for timestamp in unset
    )


def _append_update(incident: Incident, *, actor: Actor, at: datetime, **facts: Any) -> IncidentUpdate:
    update = IncidentUpdate(
        id=new_ulid(at),
        workspace_id=incident.workspace_id,
        incident=incident,
        status=incident.status,
        severity=incident.severity,
        created_at=at,
        **facts,
    )
    update.created_by(actor)
    update.save(force_insert=True)
    return update
