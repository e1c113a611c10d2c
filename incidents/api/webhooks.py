"""What incident.io tells endpoints: one function per payload, named in `renders` by the events that carry it."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings

from accounts import webhooks
from accounts.models import WorkspaceModel
from incidents.api.rows import work as rows
from incidents.api.rows.incidents import incidents
from incidents.api.rows.settings import status
from incidents.models import Action, FollowUp, Incident, IncidentStatus


class IncidentHooks(webhooks.HookDialect):
    """Events are called public or private after what they tell of; of private nouns only the id is sent."""

    def is_private(self, noun: WorkspaceModel) -> bool:
        """Incidents know it themselves; what belongs to one either copied it or asks it."""
        knows = noun if hasattr(noun, "is_private") else getattr(noun, "incident", None)
        return bool(getattr(knows, "is_private", False))

    def type_of(self, event: webhooks.Event, noun: WorkspaceModel) -> str:
        return self.named(event.name, private=self.is_private(noun))

    def types(self) -> list[str]:
        public = [self.named(name, private=False) for name in self.events]
        return sorted(public + [self.named(name, private=True) for name, event in self.events.items() if event.twin])

    def named(self, name: str, *, private: bool) -> str:
        """`action_created_v1` as endpoints know it."""
        family = "alert" if name.startswith("alert_") else "incident"
        return f"{'private' if private else 'public'}_{family}.{name}"

    def envelope(self, type: str, payload: Any) -> dict[str, Any]:
        return {"event_type": type, type: payload}

    def sample(self) -> webhooks.Rendered:
        type = self.named("action_created_v1", private=False)
        return webhooks.Rendered(type, orjson.dumps(self.envelope(type, SAMPLE)))


hooks = IncidentHooks("incidents")

SAMPLE = {
    "id": "00000000000000000000000001",
    "incident_id": "00000000000000000000000000",
    "description": "A test event from Acta: nothing happened",
    "status": "outstanding",
    "follow_up": False,
    "created_at": "2021-08-17T13:28:57.801578Z",
    "updated_at": "2021-08-17T13:28:57.801578Z",
}


@hooks.renders("action_created_v1", "action_updated_v1")
def action_v1(action: Action) -> dict[str, Any]:
    """An action as V1 knew it; a deleted one is updated to that status."""
    return rows.action_v1(row_of(action))


@hooks.renders("follow_up_created_v1", "follow_up_updated_v1")
def follow_up_v1(follow_up: FollowUp) -> dict[str, Any]:
    """A follow-up as V1 knew it: an action with a flag."""
    return rows.follow_up_v1(row_of(follow_up))


@hooks.renders("follow_up_created_v2", "follow_up_updated_v2")
def follow_up_v2(follow_up: FollowUp) -> dict[str, Any]:
    """A follow-up as lists show it."""
    return rows.follow_up(row_of(follow_up))


def row_of(work: Action | FollowUp) -> tuple[Any, ...]:
    """The columns clients see, as this transaction has left them."""
    row: tuple[Any, ...] = type(work).objects.filter(pk=work.pk).rows().get()
    return row


@hooks.renders("incident_created_v2")
def incident_v2(incident: Incident) -> dict[str, Any]:
    """An incident as lists show it."""
    row = Incident.objects.filter(pk=incident.pk).rows().get()
    found: dict[str, Any] = incidents([row], incident.workspace_id, settings.ACTA_BASE_URL)[0]
    return found


@hooks.renders("incident_updated_v2")
def updated_incident_v2(incident: Incident, message: str = "") -> dict[str, Any]:
    """The same, with the message that told of the change where there was one."""
    told = {"most_recent_update_message": message} if message else {}
    return incident_v2(incident) | told


@hooks.renders("incident_status_updated_v2", twin=False)
def status_v2(incident: Incident, before: IncidentStatus) -> dict[str, Any]:
    """Which status followed which; of private incidents nobody is told."""
    rows = IncidentStatus.objects.of(incident.workspace_id)
    after, previous = (status(rows.filter(pk=pk).rows().get()) for pk in (incident.status_id, before.pk))
    return {"incident": incident_v2(incident), "previous_status": previous, "new_status": after}
