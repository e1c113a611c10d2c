"""What was answered to a request that carried an idempotency key."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models.key import Key
from accounts.models.workspace import WorkspaceModel


class IdempotencyRecord(WorkspaceModel):
    """One key of one credential: claimed, then answered for good; all times are the machine's."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"

    id = models.BigAutoField(primary_key=True)
    credential = models.ForeignKey(Key, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The worker forgets across workspaces.
            models.Index(fields=["created_at"], name="idempotency_created"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "credential", "key"], name="idempotency_once"),
            models.CheckConstraint(condition=Q(state__in=["running", "done"]), name="idempotency_state_known"),
        ]

    def __str__(self) -> str:
        return self.key
