"""What a workspace sets up: severities, statuses, roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, ProtectedError

from accounts.errors import Conflict
from accounts.ids import new_ulid
from accounts.models import Counter, Workspace
from incidents.models import IncidentRole, IncidentStatus, Setting, Severity
from incidents.rules.faults import UNCHANGED, fault, given

C = IncidentStatus.Category
S = TypeVar("S", bound=Setting)
HIGHEST = 2**63 - 1
CREATABLE = (C.LIVE, C.LEARNING, C.CLOSED)


@transaction.atomic
def create_severity(workspace: Workspace, *, at: datetime, rank: int | None = None, **facts: Any) -> Severity:
    """A new severity; without a rank it becomes the most severe."""
    _alone(workspace)
    rows = Severity.objects.of(workspace)
    severity = Severity(workspace=workspace, rank=_rank(rows, rank), **facts)
    return _add(severity, at)


@transaction.atomic
def update_severity(severity: Severity, *, at: datetime, rank: int = UNCHANGED, **facts: Any) -> Severity:
    """Call it otherwise, or move it."""
    _alone(severity.workspace)
    severity = Severity.objects.select_for_update().get(pk=severity.pk)
    others = Severity.objects.of(severity.workspace).exclude(pk=severity.pk)
    if rank is not UNCHANGED:
        severity.rank = _rank(others, rank)
    return _change(severity, at, **facts)


@transaction.atomic
def create_status(
    workspace: Workspace, *, category: str, at: datetime, rank: int | None = None, **facts: Any
) -> IncidentStatus:
    """A new status; without a rank it comes last in its category."""
    _alone(workspace)
    if category not in CREATABLE:
        raise ValidationError({"category": fault("Statuses of this category are built in.")})
    rows = IncidentStatus.objects.of(workspace).filter(category=category)
    status = IncidentStatus(workspace=workspace, category=category, rank=_rank(rows, rank), **facts)
    return _add(status, at)


@transaction.atomic
def update_status(status: IncidentStatus, *, at: datetime, rank: int = UNCHANGED, **facts: Any) -> IncidentStatus:
    """Call it otherwise, or move it within its category."""
    _alone(status.workspace)
    status = IncidentStatus.objects.select_for_update().get(pk=status.pk)
    _refuse_built_in(status)
    others = IncidentStatus.objects.of(status.workspace).filter(category=status.category).exclude(pk=status.pk)
    if rank is not UNCHANGED:
        status.rank = _rank(others, rank)
    return _change(status, at, **facts)


@transaction.atomic
def create_role(workspace: Workspace, *, at: datetime, **facts: Any) -> IncidentRole:
    """A new role somebody may have in an incident."""
    _alone(workspace)
    return _add(IncidentRole(workspace=workspace, **facts), at)


@transaction.atomic
def update_role(role: IncidentRole, *, at: datetime, **facts: Any) -> IncidentRole:
    """Call it otherwise."""
    _alone(role.workspace)
    found: IncidentRole = IncidentRole.objects.select_for_update().get(pk=role.pk)
    return _change(found, at, **facts)


@transaction.atomic
def delete_setting(setting: Setting) -> None:
    """Remove what no incident uses."""
    _alone(setting.workspace)
    if isinstance(setting, IncidentStatus):
        _refuse_built_in(setting)
        _refuse_last(setting)
    if isinstance(setting, IncidentRole) and setting.role_type != IncidentRole.RoleType.CUSTOM:
        raise ValidationError({"role_type": fault(f"The {setting.role_type} role is built in.")})
    try:
        setting.delete()
    except ProtectedError as error:
        raise Conflict("in_use", f"{setting} is used by an incident and cannot be deleted.") from error


def _alone(workspace: Workspace) -> None:
    """One change of the settings at a time, so that names and ranks are looked at once."""
    Counter.lock(workspace, "incident_settings")


def _refuse_built_in(status: IncidentStatus) -> None:
    if status.built_in:
        raise ValidationError({"category": fault(f"{status} is built in and cannot be changed.")})


def _refuse_last(status: IncidentStatus) -> None:
    """Incidents begin in a live status, so there is always one."""
    others = IncidentStatus.objects.of(status.workspace_id).filter(category=C.LIVE).exclude(pk=status.pk)
    if status.category == C.LIVE and not others.exists():
        raise Conflict("in_use", f"{status} is the last status an incident can begin in; make another first.")


def _rank(others: Any, rank: int | None) -> int:
    """A rank that is free; the next one when none is asked for."""
    if rank is None:
        highest = others.aggregate(highest=Max("rank"))["highest"]
        if highest == HIGHEST:
            raise ValidationError({"rank": fault("No rank is free above the others; name one.")})
        return 0 if highest is None else int(highest) + 1
    if others.filter(rank=rank).exists():
        raise ValidationError({"rank": fault(f"Rank {rank} is taken.")})
    return rank


def _add(setting: S, at: datetime) -> S:
    setting.id, setting.created_at, setting.updated_at = new_ulid(at), at, at
    _refuse_twins(setting)
    setting.save(force_insert=True)
    return setting


def _change(setting: S, at: datetime, **facts: Any) -> S:
    for name, value in given(facts).items():
        setattr(setting, name, value)
    _refuse_twins(setting)
    before = type(setting).objects.get(pk=setting.pk)
    names = [field.name for field in setting._meta.concrete_fields if field.name != "updated_at"]
    if any(getattr(before, name) != getattr(setting, name) for name in names):
        setting.touch(at)
        setting.save()
    return setting


def _refuse_twins(setting: Any) -> None:
    """Two of a name are one too many."""
    twins = type(setting).objects.of(setting.workspace_id).exclude(pk=setting.pk)
    if twins.filter(name=setting.name).exists():
        raise Conflict("name_taken", f"There is another called {setting.name}.")
    shortform = getattr(setting, "shortform", "")
    if shortform and twins.filter(shortform=shortform).exists():
        raise Conflict("shortform_taken", f"There is another with the short form {shortform}.")
