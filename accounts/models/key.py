"""Credentials of machines: API keys, OAuth clients and the tokens they were given."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.ids import ULIDField, ulid_text
from accounts.models.member import APPS, Member
from accounts.models.workspace import WorkspaceModel, WorkspaceQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class KeyQuerySet(WorkspaceQuerySet):
    """Questions about credentials."""

    def usable(self, at: datetime) -> Self:
        """Neither revoked nor expired at a real time."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True)


class Key(WorkspaceModel):
    """A credential: found by prefix, compared by hash, its secret shown once and never kept."""

    class Kind(models.TextChoices):
        KEY = "key", "API key"
        CLIENT = "client", "OAuth client"
        TOKEN = "token", "token"

    id = models.BigAutoField(primary_key=True)
    uid = ULIDField("ULID", unique=True, editable=False)
    app = models.CharField(max_length=12, choices=[(app, app) for app in APPS])
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.KEY)
    name = models.CharField(max_length=200)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    client = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="tokens", db_index=False, editable=False
    )
    dialect = models.CharField(max_length=10, blank=True, help_text="Empty: as this kind of credential speaks.")
    words = models.JSONField("roles or scopes", default=list, blank=True, help_text="The vendor's own words.")
    projects = models.JSONField(default=list, blank=True, help_text="Analytics project ids; none means all.")
    prefix = models.CharField(max_length=16, db_index=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    grace_digest = models.CharField(max_length=64, blank=True, editable=False)
    grace_until = models.DateTimeField(null=True, blank=True, editable=False)
    limit = models.PositiveIntegerField(
        "requests a minute",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Empty: the vendor's own limit.",
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = KeyQuerySet.as_manager()

    if TYPE_CHECKING:
        tokens: RelatedManager[Key]

    actor_kind = "key"

    class Meta:
        ordering = ["app", "name", "id"]
        indexes = [
            models.Index(fields=["workspace", "app", "name"], name="key_app_name"),
            models.Index(fields=["workspace", "member"], name="key_member"),
            models.Index(
                fields=["workspace", "last_used_at"], condition=Q(last_used_at__isnull=False), name="key_last_used"
            ),
            models.Index(fields=["workspace", "client"], condition=Q(client__isnull=False), name="key_client"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(app__in=APPS), name="key_app_known"),
            models.CheckConstraint(condition=Q(kind__in=["key", "client", "token"]), name="key_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ulid(self) -> str:
        """Its id as clients read it."""
        return ulid_text(self.uid)

    @property
    def actor_id(self) -> UUID:
        """How it is named where an actor is written down."""
        return self.uid

    def is_usable(self, at: datetime) -> bool:
        """Whether it opens anything at a real time."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
