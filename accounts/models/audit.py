"""What people changed by hand, written down so that the line outlives the row and the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models

from accounts.models.member import Member
from accounts.models.workspace import WorkspaceModel, WorkspaceQuerySet

LABEL_LENGTH = 200


def row_key(row: models.Model) -> str:
    """A row's key as people and clients read it."""
    field = row._meta.pk
    return field.value_to_string(row) if field else ""


class AuditQuerySet(WorkspaceQuerySet):
    """Questions about changes."""

    def about(self, row: models.Model) -> Self:
        """What happened to one row."""
        return self.filter(noun=row._meta.label_lower, row_id=row_key(row))

    def by_login(self, email: str) -> Self:
        """What one person changed."""
        return self.filter(login=email)

    def older_than(self, at: datetime) -> Self:
        """What was changed before a real time."""
        return self.filter(at__lt=at)


class AuditEntry(WorkspaceModel):
    """One change by a person, in the admin, on a page or in the browsable API; nobody edits it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(help_text="By the machine's clock.")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", db_index=False)
    login = models.CharField(max_length=254)
    noun = models.CharField(max_length=100, help_text="As in incidents.action.")
    row_id = models.CharField("id of the row", max_length=100, blank=True)
    row = models.CharField(max_length=LABEL_LENGTH)
    deed = models.CharField("what was done", max_length=LABEL_LENGTH)
    changes = models.JSONField(default=list, help_text="Name, before and after.")
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField("request", max_length=64, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["workspace", "id"], name="audit_id"),
            models.Index(fields=["workspace", "at", "id"], name="audit_at"),
            models.Index(fields=["workspace", "noun", "row_id", "id"], name="audit_row"),
            models.Index(fields=["workspace", "login", "id"], name="audit_login"),
            # The worker forgets across workspaces.
            models.Index(fields=["at"], name="audit_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.deed}"

    def told(self) -> list[dict[str, Any]]:
        """Its changes, as templates and exports read them."""
        return [dict(zip(("name", "before", "after"), change, strict=True)) for change in self.changes]
