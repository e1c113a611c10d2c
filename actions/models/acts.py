"""Who did it, written down so that the line outlives the actor."""

from __future__ import annotations

from typing import Self

from django.db import models

from accounts.callers import Actor
from accounts.ids import ULIDField
from accounts.middleware import current_request_id

LABEL_LENGTH = 200


class ActorKind(models.TextChoices):
    """What can act."""

    MEMBER = "member"
    KEY = "key"
    SYSTEM = "system"


def known(field: str, words: list[str], name: str) -> models.CheckConstraint:
    """A closed set, kept by the database too."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": words}), name=name)


def short(text: object, length: int) -> str:
    """Text that fits, with an ellipsis where it was cut."""
    words = str(text)
    return words if len(words) <= length else f"{words[: length - 1]}…"


def request_id() -> str:
    """The id of the request under way; empty outside of one."""
    return current_request_id().strip("-")


class Acted(models.Model):
    """A row that says who wrote it and in which request."""

    actor_kind = models.CharField(max_length=10, choices=ActorKind, editable=False)
    actor_id = ULIDField(null=True, editable=False)
    actor_label = models.CharField("by", max_length=LABEL_LENGTH, editable=False)
    request_id = models.CharField("request", max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True

    def act(self, actor: Actor) -> Self:
        """Write down who did it."""
        self.actor_kind, self.actor_id = actor.actor_kind, actor.actor_id
        self.actor_label, self.request_id = short(actor, LABEL_LENGTH), request_id()
        return self

    def act_as(self, other: Acted) -> Self:
        """Write down that whoever wrote another row did this too."""
        self.actor_kind, self.actor_id = other.actor_kind, other.actor_id
        self.actor_label, self.request_id = other.actor_label, other.request_id
        return self
