"""Whoever did something, and the names other systems know her by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, NullIf

from accounts.columns import Rfc3339
from accounts.models import Member, WorkspaceModel, WorkspaceQuerySet
from actions.models.acts import Acted, ActorKind, known

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


# Written into the statement: a value would be a parameter, and its shape could not be kept.
NOTHING = Func(template="''", output_field=models.TextField())
DISPLAY = Coalesce(NullIf("name", NOTHING), "email", NOTHING, output_field=models.TextField())


class PerformerQuerySet(WorkspaceQuerySet):
    """Questions about performers."""

    def of_member(self, member: Member) -> Self:
        """The performer a member is, if she did anything yet."""
        return self.filter(workspace=member.workspace_id, member=member)

    def earning(self, at: datetime) -> Self:
        """Who may be paid: neither a machine, nor banned, nor erased."""
        banned = Q(banned_at__lte=at)
        return self.filter(service=False, erased_at__isnull=True).exclude(banned)

    def newest(self) -> Self:
        """Latest arrivals first."""
        return self.order_by("-id")

    def displayed(self) -> Self:
        """With the name that is shown: her own, else her address."""
        return self.annotate(display=DISPLAY)

    def teamed(self) -> Self:
        """With the team she is in now."""
        stays = self.model._meta.get_field("memberships").related_model._default_manager
        mine = stays.filter(workspace=OuterRef("workspace"), performer=OuterRef("pk"), until__isnull=True)
        return self.annotate(team=Subquery(mine.values("team")[:1]))

    def in_teams(self, teams: Collection[int]) -> Self:
        """Who is in one of some teams now."""
        return self.teamed().filter(team__in=teams)

    def tagged(self, words: Collection[str]) -> Self:
        """Who has one of some tags."""
        tags = self.model._meta.get_field("tags").related_model._default_manager
        return self.filter(
            Exists(tags.filter(workspace=OuterRef("workspace"), performer=OuterRef("pk"), word__in=words))
        )

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `actions.api.rows` reads them in this order."""
        return (
            self.displayed()
            .teamed()
            .values_list(
                "id",
                "email",
                "display",
                "referral_code",
                "country",
                Rfc3339("created_at"),
                Rfc3339("activated_at"),
                Rfc3339("banned_at"),
                "enroller_id",
                "team",
            )
        )


class Performer(WorkspaceModel):
    """Whoever did something: a member, somebody outside, or a machine that never earns."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(null=True, blank=True)
    referral_code = models.CharField(max_length=40, editable=False)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1, two letters.")
    enroller = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="enrolled", db_index=False)
    password = models.CharField(max_length=128, blank=True, editable=False, help_text="Hashed.")
    service = models.BooleanField("is a machine", default=False, help_text="Machines never earn.")
    created_at = models.DateTimeField(editable=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    banned_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PerformerQuerySet.as_manager()

    if TYPE_CHECKING:
        identities: RelatedManager[Identity]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "member"], name="performer_member"),
            models.UniqueConstraint(fields=["workspace", "email"], name="performer_email"),
            models.UniqueConstraint(fields=["workspace", "referral_code"], name="performer_referral_code"),
        ]
        indexes = [
            models.Index(fields=["workspace", "id"], name="performer_id"),
            models.Index(fields=["workspace", "name", "id"], name="performer_name"),
            models.Index(fields=["workspace", "enroller", "id"], name="performer_enroller"),
        ]

    def __str__(self) -> str:
        if self.erased_at:
            return f"Somebody ({self.pk})"
        return self.name or self.email or f"Performer {self.pk}"


class PerformerTag(WorkspaceModel):
    """A word that rules and filters know a performer by."""

    id = models.BigAutoField(primary_key=True)
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="tags", db_index=False)
    word = models.CharField("tag", max_length=100)

    class Meta:
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "performer", "word"], name="performer_tag_word"),
            models.CheckConstraint(condition=~Q(word=""), name="performer_tag_given"),
        ]
        indexes = [models.Index(fields=["workspace", "word", "performer"], name="performer_tag")]

    def __str__(self) -> str:
        return self.word


class IdentityQuerySet(WorkspaceQuerySet):
    """Questions about external identities."""

    def trusted(self) -> Self:
        """Identities that may earn; what a public token claimed may not."""
        return self.exclude(trust=Identity.Trust.PUBLIC)


class Identity(Acted, WorkspaceModel):
    """A name that another system gives a performer, such as a distinct id of analytics."""

    class Trust(models.TextChoices):
        KEY = "key", "secret key"
        ADMIN = "admin", "administrator"
        PUBLIC = "public", "public token"

    id = models.BigAutoField(primary_key=True)
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="identities", db_index=False)
    source = models.CharField(max_length=40, help_text="The system that knows her by this name.")
    value = models.CharField(max_length=400)
    trust = models.CharField("made with", max_length=6, choices=Trust)
    created_at = models.DateTimeField(editable=False)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        ordering = ["source", "value"]
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "source", "value"], name="identity_value"),
            known("trust", ["key", "admin", "public"], "identity_trust_known"),
            known("actor_kind", ActorKind.values, "identity_actor_kind_known"),
        ]
        indexes = [models.Index(fields=["workspace", "performer", "id"], name="identity_performer")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"
