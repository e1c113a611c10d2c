"""Facts: who did what and when, for ever; beside them what may be erased and what can be rebuilt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from accounts.columns import Hex, Rfc3339
from accounts.ids import ULIDField
from accounts.models import ULIDModel, WorkspaceModel, WorkspaceQuerySet
from accounts.texts import fold
from actions.amounts import decimal
from actions.models.acts import Acted, ActorKind, known, short
from actions.models.performers import Performer
from actions.models.teams import Team

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from actions.models.wallets import Entry

SOURCE_LENGTH = 40
TEXT_LENGTH = 255
WORTHLESS = -(2**63)


def worth(value: int | None) -> int:
    """A value as it is sorted by."""
    return WORTHLESS if value is None else value


class ActionTypeQuerySet(WorkspaceQuerySet):
    """Questions about action types."""

    def active(self) -> Self:
        """Types that clients may still record."""
        return self.filter(active=True)

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees; `actions.api.rows` reads them in this order."""
        return self.values_list("id", "slug", "name", "active", "params")


class ActionType(WorkspaceModel):
    """A kind of action and the parameters it declares; changing it never re-prices what was done."""

    id = models.BigAutoField(primary_key=True)
    slug = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    params = models.JSONField("declared parameters", default=list, blank=True)
    created_at = models.DateTimeField(editable=False)

    objects = ActionTypeQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="action_type_slug")]

    def __str__(self) -> str:
        return self.name


# As a column that an index has.
IS_CANCELLED = ExpressionWrapper(Q(cancelled_at__isnull=False), output_field=BooleanField())


class ActionQuerySet(WorkspaceQuerySet):
    """Questions about what was done."""

    def by_performer(self, performer: Performer) -> Self:
        """What somebody did."""
        return self.filter(workspace=performer.workspace_id, performer=performer)

    def assigned(self) -> Self:
        """Facts whose performer is known; the others wait in the inbox."""
        return self.filter(performer__isnull=False)

    def unassigned(self) -> Self:
        """Facts kept until somebody says who did it."""
        return self.filter(performer__isnull=True)

    def uncancelled(self) -> Self:
        """Facts that still hold."""
        return self.filter(cancelled_at__isnull=True)

    def cancelled(self) -> Self:
        """Facts that were taken back."""
        return self.filter(cancelled_at__isnull=False)

    def taken_between(self, since: datetime, until: datetime) -> Self:
        """What happened from one time until before another."""
        return self.filter(taken_at__gte=since, taken_at__lt=until)

    def after(self, seq: int) -> Self:
        """What a follower that has read up to `seq` has not seen, in the order it was recorded."""
        return self.filter(seq__gt=seq).order_by("seq")

    def cancelled_after(self, seq: int) -> Self:
        """What was taken back since a follower had read up to `seq`, in that order."""
        return self.filter(cancelled_seq__gt=seq).order_by("cancelled_seq")

    def assigned_after(self, seq: int) -> Self:
        """What was assigned since a follower had read up to `seq`, in that order."""
        return self.filter(assignment__seq__gt=seq).order_by("assignment__seq")

    def newest(self) -> Self:
        """Latest first, by when it happened."""
        return self.order_by("-taken_at", "-id")

    def typed(self, slugs: Collection[str]) -> Self:
        """Facts of some types."""
        return self._by("type", "slug", slugs)

    def addressed(self, emails: Collection[str]) -> Self:
        """Facts of performers by their addresses."""
        return self._by("performer", "email", emails)

    def _by(self, name: str, column: str, values: Collection[str]) -> Self:
        """By what a relation is called: in a sketch its key is found first, and leads into an index however rare."""
        workspace = dict(getattr(self, "noted", ())).get("workspace")
        if workspace is None:
            return self.filter(**{f"{name}__{column}__in": values})
        related = self.model._meta.get_field(name).related_model._default_manager
        keys = tuple(related.filter(workspace=workspace, **{f"{column}__in": values}).values_list("pk", flat=True))
        return self.filter(**{f"{name}__in": keys}) if keys else self.none()

    def titled(self, text: str) -> Self:
        """Facts whose title has a text in it, whatever its case."""
        return self.filter(GreaterThan(StrIndex("detail__title_folded", Value(fold(text))), 0))

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `actions.api.rows` reads them in this order."""
        return self.values_list(
            Hex("id"),
            "type__slug",
            "type_id",
            "detail__title",
            Rfc3339("taken_at"),
            Rfc3339("created_at"),
            Rfc3339("cancelled_at"),
            "cancelled_reason",
            "params",
            "external_id",
            "source",
            "source_id",
            "performer_id",
            "referrer_id",
            "tally__team_id",
            "tally__points",
        )


class Action(Acted, ULIDModel):
    """Something somebody did. The row never changes, save that it is assigned once and cancelled once."""

    seq = models.BigIntegerField("number", editable=False)
    verb = models.CharField(max_length=100, editable=False)
    source = models.CharField(max_length=SOURCE_LENGTH, editable=False)
    source_id = models.CharField("source id", max_length=TEXT_LENGTH, editable=False)
    external_id = models.CharField(max_length=TEXT_LENGTH, null=True, editable=False)
    type = models.ForeignKey(ActionType, models.PROTECT, related_name="actions", db_index=False, editable=False)
    performer = models.ForeignKey(
        Performer, models.PROTECT, null=True, related_name="actions", db_index=False, editable=False
    )
    referrer = models.ForeignKey(
        Performer, models.PROTECT, null=True, related_name="referred", db_index=False, editable=False
    )
    taken_at = models.DateTimeField(editable=False, help_text="When it happened, as the source says.")
    day = models.DateField(editable=False, help_text="When it happened, where the workspace was then.")
    created_at = models.DateTimeField("recorded at", editable=False, help_text="Rises with the number.")
    params = models.JSONField(default=dict, editable=False)
    value = models.BigIntegerField(null=True, editable=False, help_text="Millionths.")
    # Drawn from the same counter as `seq`: a follower needs one cursor for what is done and what is undone.
    cancelled_seq = models.BigIntegerField("cancelled as number", null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_by_kind = models.CharField(max_length=10, choices=ActorKind, null=True, editable=False)
    cancelled_by_id = ULIDField(null=True, editable=False)
    cancelled_by_label = models.CharField("cancelled by", max_length=200, null=True, editable=False)
    cancelled_request_id = models.CharField(max_length=64, null=True, editable=False)
    cancelled_reason = models.CharField(max_length=TEXT_LENGTH, null=True, editable=False)

    objects = ActionQuerySet.as_manager()

    if TYPE_CHECKING:
        entries: RelatedManager[Entry]

    # What the triggers let change, once, from nothing to something.
    ASSIGNED_ONCE = ("performer", "referrer")
    CANCELLED_ONCE = (
        "cancelled_seq",
        "cancelled_at",
        "cancelled_by_kind",
        "cancelled_by_id",
        "cancelled_by_label",
        "cancelled_request_id",
        "cancelled_reason",
    )

    class Meta:
        ordering = ["-seq"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "seq"], name="fact_seq"),
            models.UniqueConstraint(fields=["workspace", "source", "source_id"], name="fact_source_id"),
            models.UniqueConstraint(
                fields=["workspace", "cancelled_seq"],
                condition=Q(cancelled_seq__isnull=False),
                name="fact_cancelled_seq",
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="fact_seq_positive"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(source_id=""), name="fact_source_given"),
            known("actor_kind", ActorKind.values, "fact_actor_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    cancelled_seq__isnull=True,
                    cancelled_at__isnull=True,
                    cancelled_by_kind__isnull=True,
                    cancelled_by_id__isnull=True,
                    cancelled_by_label__isnull=True,
                    cancelled_request_id__isnull=True,
                    cancelled_reason__isnull=True,
                )
                | Q(
                    cancelled_seq__isnull=False,
                    cancelled_seq__gt=F("seq"),
                    cancelled_at__isnull=False,
                    cancelled_by_kind__isnull=False,
                    cancelled_by_kind__in=ActorKind.values,
                    cancelled_by_label__isnull=False,
                    cancelled_request_id__isnull=False,
                    cancelled_reason__isnull=False,
                ),
                name="fact_cancelled_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "id"], name="fact_id"),
            models.Index(fields=["workspace", "created_at", "id"], name="fact_created"),
            models.Index(fields=["workspace", "taken_at", "id"], name="fact_taken"),
            models.Index(fields=["workspace", "verb", "taken_at", "id"], name="fact_verb"),
            models.Index(fields=["workspace", "performer", "taken_at", "id"], name="fact_performer"),
            models.Index(fields=["workspace", "type", "taken_at", "id"], name="fact_type"),
            models.Index(fields=["workspace", "source", "taken_at", "id"], name="fact_source"),
            models.Index(
                fields=["workspace", "referrer", "taken_at", "id"],
                condition=Q(referrer__isnull=False),
                name="fact_referrer",
            ),
            models.Index(
                fields=["workspace", "external_id"], condition=Q(external_id__isnull=False), name="fact_external_id"
            ),
            models.Index(fields=["workspace", "seq"], condition=Q(performer__isnull=True), name="fact_unassigned"),
            models.Index("workspace", IS_CANCELLED, "id", name="fact_is_cancelled"),
            models.Index(
                fields=["workspace", "cancelled_at", "id"],
                condition=Q(cancelled_at__isnull=False),
                name="fact_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}. {self.verb}"

    @property
    def is_cancelled(self) -> bool:
        """Whether it was taken back."""
        return self.cancelled_at is not None


class Assignment(Acted, WorkspaceModel):
    """A fact that waited was said to be somebody's; it has a number of its own, so that followers learn of it."""

    action = models.OneToOneField(Action, models.PROTECT, primary_key=True, related_name="assignment", editable=False)
    seq = models.BigIntegerField("number", editable=False)
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="+", db_index=False, editable=False)
    created_at = models.DateTimeField("assigned at", editable=False)

    class Meta:
        ordering = ["-seq"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "seq"], name="assignment_seq"),
            known("actor_kind", ActorKind.values, "assignment_actor_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.seq}. {self.performer}"


class Detail(WorkspaceModel):
    """What people read of a fact; it may be erased, and the fact stands."""

    action = models.OneToOneField(Action, models.PROTECT, primary_key=True, related_name="detail")
    title = models.CharField(max_length=TEXT_LENGTH)
    title_folded = models.TextField(editable=False)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=TEXT_LENGTH, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    ip = models.GenericIPAddressField("address", null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-action"]
        indexes = [
            models.Index(fields=["workspace", "subject_type", "subject_id", "action"], name="detail_subject"),
            models.Index(fields=["workspace", "title", "action"], name="detail_title"),
        ]

    def __str__(self) -> str:
        return short(self.title, 100)


class Tally(WorkspaceModel):
    """What follows from a fact: what it earned so far, net, and whose team it was; rebuilt whenever in doubt."""

    action = models.OneToOneField(Action, models.PROTECT, primary_key=True, related_name="tally")
    points = models.BigIntegerField(default=0, help_text="Millionths.")
    # The value, or the least number where there is none: it sorts alike on both databases.
    worth = models.BigIntegerField(default=WORTHLESS, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-action"]
        verbose_name_plural = "tallies"
        indexes = [
            models.Index(fields=["workspace", "points", "action"], name="tally_points"),
            models.Index(fields=["workspace", "worth", "action"], name="tally_worth"),
            models.Index(fields=["workspace", "team", "action"], condition=Q(team__isnull=False), name="tally_team"),
        ]

    def __str__(self) -> str:
        return f"{decimal(self.points):f} points"
