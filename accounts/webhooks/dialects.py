"""How each vendor sends webhooks: its events and their bodies, its signature, its patience."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import orjson

from accounts.models import WorkspaceModel
from accounts.webhooks.signing import Signing, StandardWebhooks

Renderer = Callable[..., Any]
R = TypeVar("R", bound=Renderer)

dialects: dict[str, HookDialect] = {}

SVIX_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)


@dataclass(frozen=True)
class Event:
    """Something rules emit: its name there, who renders it, and whether private nouns tell of it too."""

    name: str
    render: Renderer
    twin: bool = True


@dataclass(frozen=True)
class Rendered:
    """A message before anybody is sent it: the vendor's word for the event, and the exact bytes."""

    type: str
    body: bytes


class HookDialect:
    """What is one vendor's own about webhooks; made once in that app's `api/webhooks.py`."""

    signing: ClassVar[Signing] = StandardWebhooks()
    # Waited after each failed attempt; the first attempt is at once, and after the last delay comes the last attempt.
    delays: ClassVar[tuple[timedelta, ...]] = SVIX_DELAYS
    # An endpoint that failed for so long is switched off.
    patience: ClassVar[timedelta] = timedelta(days=5)
    content_type: ClassVar[str] = "application/json"

    def __init__(self, app: str) -> None:
        self.app = app
        self.events: dict[str, Event] = {}
        dialects[app] = self

    def renders(self, *names: str, twin: bool = True) -> Callable[[R], R]:
        """Register the function that writes the payload of events, called as `render(noun, **context)`."""

        def register(render: R) -> R:
            for name in names:
                if name in self.events:
                    raise ValueError(f"{self.app} renders {name} already.")
                self.events[name] = Event(name, render, twin)
            return render

        return register

    def event(self, name: str) -> Event:
        """The event of a name; a slip of the pen in a rule is found by its first test."""
        if name not in self.events:
            raise LookupError(f"No renderer in {self.app}/api/webhooks.py is registered for {name}.")
        return self.events[name]

    def is_silent(self, event: Event, noun: WorkspaceModel) -> bool:
        """Whether nobody is told of this."""
        return not event.twin and self.is_private(noun)

    def render(self, event: Event, noun: WorkspaceModel, **context: Any) -> Rendered:
        """The message about a noun, as it is now."""
        type, private = self.type_of(event, noun), self.is_private(noun)
        payload = self.hidden(noun) if private else event.render(noun, **context)
        return Rendered(type, orjson.dumps(self.envelope(type, payload)))

    # What vendors say differently

    def is_private(self, noun: WorkspaceModel) -> bool:
        """Whether only an id may leave the house."""
        return False

    def hidden(self, noun: WorkspaceModel) -> Any:
        """What is sent of a private noun."""
        return {"id": str(getattr(noun, "ulid", noun.pk))}

    def type_of(self, event: Event, noun: WorkspaceModel) -> str:
        """The vendor's word for an event, which endpoints subscribe to."""
        return event.name

    def types(self) -> list[str]:
        """All of these words, for whoever sets an endpoint up."""
        return sorted(self.events)

    def envelope(self, type: str, payload: Any) -> Any:
        """What stands around a payload."""
        return payload

    def sample(self) -> Rendered:
        """A message about nothing, to try an endpoint with."""
        return Rendered("test", orjson.dumps(self.envelope("test", {"test": True})))


def dialect_of(app: str) -> HookDialect:
    """How an app sends webhooks."""
    if app not in dialects:
        raise LookupError(f"{app} sends no webhooks.")
    return dialects[app]
