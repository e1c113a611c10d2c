"""Actions: listed, shown, recorded, cancelled, and what each points to."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import Conflict
from actions.api import schemas
from actions.api.asking import Asking
from actions.api.documents.parameters import UUIDS
from actions.api.documents.problems import refuse
from actions.api.filters import ActionPages, OneAction
from actions.api.rows.actions import Actions
from actions.api.rows.common import key_of_uuid
from actions.api.views.lists import ListViewSet
from actions.ledger.verbs import reserved_sources
from actions.models import Action, ActionType
from actions.rules.asking import Asked as AskedToRecord
from actions.rules.asking import check_asked
from actions.rules.deeds import cancel_action, record_action
from actions.verbs import RECORDED

GIVEN = {"actionType", "type", "title", "takenAt", "performer", "referrer", "params", "externalId", "source"}
PEOPLE = ("performer", "referrer")
PLACES = {
    "taken_at": ("attributes", "takenAt"),
    "external_id": ("attributes", "externalId"),
    "referrer": ("attributes", "referrer"),
}
CHANGED = {"cancelled", "cancelReason"}
IMMUTABLE = frozenset((GIVEN | set(Actions.attributes)) - CHANGED)


class ActionViewSet(ListViewSet):
    """What people did."""

    kind = Actions()
    noun = "action"
    filterset_class = ActionPages
    one_class = OneAction
    scopes = {
        "list": "actions:read",
        "retrieve": "actions:read",
        "create": "actions:write",
        "update": "actions:write",
        "partial_update": "actions:write",
    }
    wire = {
        "list": {"id": "listActions", "answers": schemas.ref("ActionCollection")},
        "retrieve": {"id": "getAction", "answers": schemas.ref("ActionDocument")},
        "create": {
            "id": "createAction",
            "reads": schemas.ref("ActionCreate"),
            "answers": schemas.ref("ActionDocument"),
            "status": 201,
        },
        "update": {
            "id": "cancelAction",
            "reads": schemas.ref("ActionCancel"),
            "answers": schemas.ref("ActionDocument"),
        },
        "partial_update": {
            "id": "patchAction",
            "reads": schemas.ref("ActionCancel"),
            "answers": schemas.ref("ActionDocument"),
        },
        "destroy": {"id": "deleteAction", "refused": (401, 405)},
    }

    def create(self, request: Request) -> Response:
        """Record that somebody did something."""
        asked = self.asked(self.one_class)
        asking = Asking(request.data, "action", self.caller.workspace)
        key = self.chosen_key(asking)
        said = self.understood(asking)
        action = self.recorded(asking, key, said)
        return self.written(str(action.pk), asked, status=201)

    def chosen_key(self, asking: Asking) -> Any:
        """The id a client chose, where it did."""
        sent = asking.chosen_id()
        if sent is not None and not (isinstance(sent, str) and UUIDS.match(sent)):
            asking.fault("client_id_not_allowed", "An id that a client chooses is a UUID.", "data", "id")
            return None
        return key_of_uuid(sent) if sent is not None else None

    def understood(self, asking: Asking) -> dict[str, Any]:
        """What is to be recorded; everything that is wrong is refused together."""
        asking.check_attributes(GIVEN)
        asking.check_relationships(PEOPLE)
        said: dict[str, Any] = {
            "type": self.type_of(asking),
            "title": asking.text("title", required=True),
            "taken_at": asking.time("takenAt"),
            "performer": asking.person("performer", required=True),
            "referrer": asking.person("referrer"),
            "params": asking.parameters(),
            "external_id": asking.text("externalId") if asking.attributes.get("externalId") is not None else None,
            "source": asking.text("source", default=RECORDED.source),
        }
        if said["source"] in reserved_sources() - {RECORDED.source}:
            # A person in a browser is no more the admin or an import here than a key is.
            asking.invalid(f"“{said['source']}” is one of our own sources.", "source")
        if said["type"] is not None:
            asking.check(lambda: self.check(said), self.places(asking))
        asking.refuse()
        return said

    def check(self, said: dict[str, Any]) -> None:
        """Ask the rule before anything is done, so that its faults and the reader's come together."""
        workspace, at = self.caller.workspace, self.caller.workspace.now()
        told = said | {"taken_at": said["taken_at"] or at}
        check_asked(AskedToRecord(workspace=workspace, at=at, **told), self.caller.actor)

    def type_of(self, asking: Asking) -> ActionType | None:
        """The action type that is meant."""
        slug = asking.either("actionType", "type")
        if not slug:
            return None
        found: ActionType | None = ActionType.objects.visible_to(self.caller).filter(slug=slug).first()
        if found is None:
            name = "actionType" if asking.attributes.get("actionType") else "type"
            asking.invalid(f"“{slug}” is no action type.", name)
        return found

    def places(self, asking: Asking) -> dict[str, tuple[str, ...]]:
        """Where the client wrote what rules have other names for."""
        name = "actionType" if "actionType" in asking.attributes else "type"
        places: dict[str, tuple[str, ...]] = {**PLACES, "type": ("attributes", name)}
        for one in set(PEOPLE) & asking.relationships.keys():
            places[one] = ("relationships", one, "data", "id")
        return places

    def recorded(self, asking: Asking, key: Any, said: dict[str, Any]) -> Action:
        """Record it, or say what stands against it."""
        try:
            return record_action(self.caller.workspace, id=key, ip=self.caller.ip or None, **said, **self.doing())
        except Conflict as error:
            where = ("id",) if error.code == "duplicate_id" else ("attributes", "externalId")
            raise refuse(error.code, error.message, pointer=asking.point("data", *where)) from error

    def update(self, request: Request, pk: str, *, named: bool = False) -> Response:
        """Cancel; nothing else of an action ever changes."""
        asked = self.asked(self.one_class)
        self.found(pk)
        asking = Asking(request.data, "action", self.caller.workspace)
        asking.check_id(pk, required=named)
        asking.check_attributes(CHANGED, immutable=IMMUTABLE)
        asking.check_relationships((), immutable=True)
        wanted, reason = asking.flag("cancelled"), asking.text("cancelReason")
        if asking.attributes.get("cancelled") is None and not asking.problems:
            asking.fault("required", "cancelled is required.", "data", "attributes", "cancelled")
        if len(reason) > 255:
            asking.invalid("cancelReason has at most 255 characters.", "cancelReason")
        asking.refuse()
        self.cancel(asking, pk, bool(wanted), reason)
        return self.written(pk, asked)

    @transaction.atomic
    def cancel(self, asking: Asking, pk: str, wanted: bool, reason: str) -> None:
        """Take it back; that cannot be undone."""
        action = Action.objects.visible_to(self.caller).get(pk=key_of_uuid(pk))
        if wanted:
            cancel_action(action, reason=reason, **self.doing())
        elif action.is_cancelled:
            where = asking.point("data", "attributes", "cancelled")
            raise refuse("immutable_attribute", "What is cancelled stays so; record it anew.", pointer=where)

    def partial_update(self, request: Request, pk: str) -> Response:
        """The same, with the id in the document."""
        return self.update(request, pk, named=True)

    def destroy(self, request: Request, pk: str) -> Response:
        """Refused: the ledger is append-only."""
        raise MethodNotAllowed("DELETE", detail="Actions are cancelled, not deleted.")

    @property
    def allowed_methods(self) -> list[str]:
        """Without what is always refused."""
        return [name for name in super().allowed_methods if name != "DELETE"]

    def draft(self, method: str, data: Any) -> dict[str, Any]:
        """A document to fill in."""
        if method != "post":
            id = {"id": str(self.kwargs.get("pk", ""))} if method == "patch" else {}
            return {"data": {"type": "action", **id, "attributes": {"cancelled": True}}}
        attributes = {"actionType": "event", "title": "", "performer": {"email": ""}}
        return {"data": {"type": "action", "attributes": attributes}}
