"""Where a workspace wants to be told what happens, and how that is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts import vault
from accounts.models.member import APPS
from accounts.models.workspace import WorkspaceModel, WorkspaceQuerySet

URL_LENGTH = 2000


class WebhookEndpointQuerySet(WorkspaceQuerySet):
    """Questions about endpoints."""

    def listening(self, app: str) -> Self:
        """Those that are told what happens in an app."""
        return self.filter(app=app, enabled=True)


class WebhookEndpoint(WorkspaceModel):
    """An address that is told what happens in one app; its secrets are locked, and open only to sign."""

    id = models.BigAutoField(primary_key=True)
    app = models.CharField(max_length=12, choices=[(app, app) for app in APPS])
    url = models.CharField("URL", max_length=URL_LENGTH)
    events = models.JSONField(default=list, blank=True, help_text="Types of events; none means all.")
    enabled = models.BooleanField(default=True, editable=False)
    locked_secret = models.TextField(editable=False)
    old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["app", "id"]
        indexes = [models.Index(fields=["workspace", "app"], name="webhook_app")]
        constraints = [
            models.CheckConstraint(condition=Q(app__in=APPS), name="webhook_app_known"),
            models.CheckConstraint(
                condition=Q(enabled=True, disabled_at__isnull=True) | Q(enabled=False, disabled_at__isnull=False),
                name="webhook_disabled_at",
            ),
        ]

    def __str__(self) -> str:
        return self.url if len(self.url) <= 100 else f"{self.url[:99]}…"

    def wants(self, type: str) -> bool:
        """Whether it is told events of a type."""
        return not self.events or type in self.events

    def secrets(self, at: datetime) -> list[str]:
        """What signs at a real time: the secret, and during a rotation the one before it too."""
        rotating = self.old_secret_until is not None and at < self.old_secret_until
        return [vault.unlock(self.locked_secret), *([vault.unlock(self.old_secret)] if rotating else [])]
