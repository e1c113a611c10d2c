"""What is to be sent, webhooks and mail alike, and every attempt to send it; all of it by the machine's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models.webhooks import WebhookEndpoint
from accounts.models.workspace import ULIDModel, WorkspaceModel, WorkspaceQuerySet


class MessageQuerySet(WorkspaceQuerySet):
    """Questions about messages; workers ask them across workspaces."""

    def due(self, now: datetime) -> Self:
        """What is to be sent now and nobody is sending, the longest due first."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, due_at__lte=now).order_by("due_at")


class Message(ULIDModel):
    """One thing to send to one receiver: the exact bytes, and how far it got."""

    class Kind(models.TextChoices):
        WEBHOOK = "webhook"
        MAIL = "mail"

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"
        DROPPED = "dropped"

    kind = models.CharField(max_length=7, choices=Kind)
    event = models.CharField("event or subject", max_length=200)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recipient = models.EmailField(blank=True)
    body = models.BinaryField()
    content_type = models.CharField(max_length=100)
    request_id = models.CharField(max_length=36, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="webhook", endpoint__isnull=False, recipient="")
                | (Q(kind="mail", endpoint__isnull=True) & ~Q(recipient="")),
                name="message_receiver",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", due_at__isnull=False)
                | Q(state__in=["delivered", "failed", "dropped"], due_at__isnull=True, lease__isnull=True),
                name="message_due_at",
            ),
        ]
        indexes = [
            # Workers look across workspaces; a comparison with a time tells both databases that it is not null.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="message_due"),
            # And forget across them.
            models.Index(fields=["created_at"], condition=Q(due_at__isnull=True), name="message_ended"),
            models.Index(fields=["workspace", "id"], name="message_id"),
            models.Index(fields=["workspace", "state", "id"], name="message_state"),
            models.Index(fields=["workspace", "event", "id"], name="message_event"),
            models.Index(fields=["workspace", "endpoint", "id"], name="message_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.receiver}"

    @property
    def receiver(self) -> str:
        """Who gets it."""
        return str(self.endpoint or self.recipient)

    @property
    def message_id(self) -> str:
        """How its receiver recognises it, at every attempt the same."""
        return f"msg_{self.ulid}"

    def end(self, state: str) -> None:
        """Nothing more is done about it."""
        self.state, self.due_at, self.lease, self.lease_until = state, None, None, None

    def wait_until(self, due_at: datetime) -> None:
        """It is sent, or sent again, at a real time."""
        self.state, self.due_at, self.lease, self.lease_until = self.State.PENDING, due_at, None, None


class Attempt(WorkspaceModel):
    """One try to send a message, and what came of it."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField("status code", null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    duration = models.PositiveIntegerField("milliseconds")
    response = models.TextField("beginning of the response", blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "message", "id"], name="attempt_message"),
            models.Index(fields=["workspace", "id"], name="attempt_id"),
        ]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at:%Y-%m-%d %H:%M:%S}Z"
