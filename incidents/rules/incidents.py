"""The life of an incident."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor
from accounts.ids import new_ulid
from accounts.models import Counter, Workspace
from incidents.models import Incident, IncidentStatus, Mode, Severity, Visibility

WITHOUT_SEVERITY = {IncidentStatus.Category.TRIAGE}


@transaction.atomic
def open_incident(
    workspace: Workspace,
    *,
    actor: Actor,
    at: datetime,
    name: str,
    summary: str = "",
    status: IncidentStatus | None = None,
    severity: Severity | None = None,
    mode: str = Mode.STANDARD,
    visibility: str = Visibility.PUBLIC,
    idempotency_key: str | None = None,
) -> Incident:
    """Open an incident; the same idempotency key again returns the first one, unchanged."""
    # The counter's row lock lets one opener in at a time, so a look at the key after it is final.
    Counter.lock(workspace, "incident")
    if idempotency_key is not None:
        first: Incident | None = Incident.objects.of(workspace).filter(idempotency_key=idempotency_key).first()
        if first is not None:
            return first
    status = status or IncidentStatus.objects.of(workspace).filter(category="live").order_by("rank")[0]
    if severity is None and mode != Mode.RETROSPECTIVE and status.category not in WITHOUT_SEVERITY:
        message = "A severity is required to open an incident"
        raise ValidationError({"severity": ValidationError(message, code="required")})
    incident = Incident(
        id=new_ulid(at),
        workspace=workspace,
        number=Counter.draw(workspace, "incident"),
        name=name,
        summary=summary,
        status=status,
        severity=severity,
        mode=mode,
        visibility=visibility,
        idempotency_key=idempotency_key,
        created_at=at,
        updated_at=at,
        last_activity_at=at,
    )
    incident.created_by(actor)
    incident.save(force_insert=True)
    return incident
