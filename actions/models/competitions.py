"""Competitions: a board that runs for a while, is frozen when it closes, and pays prizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.columns import Rfc3339
from accounts.models import WorkspaceModel, WorkspaceQuerySet
from actions.amounts import POINTS
from actions.models.acts import known
from actions.models.boards import Leaderboard
from actions.models.performers import Performer
from actions.models.teams import Team
from actions.models.wallets import CURRENCY_LENGTH, Entry, currency_shape

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

STATUSES = ["draft", "open", "closing", "closed"]


class CompetitionQuerySet(WorkspaceQuerySet):
    """Questions about competitions."""

    def running(self) -> Self:
        """Competitions whose standings still move."""
        return self.filter(status__in=["open", "closing"])

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees; `actions.api.rows` reads them in this order."""
        return self.values_list(
            "id",
            "name",
            "status",
            Rfc3339("starts_at"),
            Rfc3339("ends_at"),
            "grace_days",
            "board__currency",
            "board__metric",
            "tie_policy",
            "board_id",
            "board__types",
        )


class Competition(WorkspaceModel):
    """Who is ahead from one time until before another; after some days of grace the result stands for ever."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSING = "closing"
        CLOSED = "closed"

    class TiePolicy(models.TextChoices):
        SPLIT = "split", "those who tie share the prizes of their ranks"
        DUPLICATE = "duplicate", "each who ties gets the prize of the rank"
        FIRST = "first", "who was there first gets the better prize"

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=7, choices=Status, default=Status.DRAFT, editable=False)
    board = models.OneToOneField(Leaderboard, models.PROTECT, related_name="competition", editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    grace_days = models.PositiveSmallIntegerField(default=0)
    tie_policy = models.CharField(max_length=9, choices=TiePolicy, default=TiePolicy.SPLIT)
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = CompetitionQuerySet.as_manager()

    if TYPE_CHECKING:
        prizes: RelatedManager[Prize]
        results: RelatedManager[Result]

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            known("status", STATUSES, "competition_status_known"),
            known("tie_policy", ["split", "duplicate", "first"], "competition_tie_policy_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="competition_span"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | ~Q(status="closed") & Q(closed_at__isnull=True),
                name="competition_closed",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "status", "id"], name="competition_status")]

    def __str__(self) -> str:
        return self.name


class Prize(WorkspaceModel):
    """What the ranks from one to another win."""

    id = models.BigAutoField(primary_key=True)
    competition = models.ForeignKey(Competition, models.PROTECT, related_name="prizes", db_index=False)
    rank_from = models.PositiveIntegerField()
    rank_to = models.PositiveIntegerField()
    amount = models.BigIntegerField(help_text="Millionths, for each rank.")
    currency = models.CharField(max_length=CURRENCY_LENGTH, default=POINTS)

    class Meta:
        ordering = ["competition", "rank_from"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "competition", "rank_from", "currency"], name="prize_rank"),
            models.CheckConstraint(condition=Q(rank_from__gte=1, rank_to__gte=F("rank_from")), name="prize_ranks"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="prize_amount"),
            currency_shape("prize_currency_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.rank_from}–{self.rank_to}"


class Result(WorkspaceModel):
    """One line of a closed competition, as it stood."""

    id = models.BigAutoField(primary_key=True)
    competition = models.ForeignKey(Competition, models.PROTECT, related_name="results", db_index=False)
    rank = models.PositiveIntegerField()
    dense_rank = models.PositiveIntegerField()
    performer = models.ForeignKey(Performer, models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    score = models.BigIntegerField(help_text="Millionths.")
    actions = models.BigIntegerField(default=0)
    attained_at = models.DateTimeField(null=True)
    place = models.PositiveIntegerField(help_text="The line it stands in; unlike the rank, no two share one.")

    if TYPE_CHECKING:
        payouts: RelatedManager[Payout]

    class Meta:
        ordering = ["competition", "place"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "competition", "place"], name="result_place"),
            models.CheckConstraint(
                condition=Q(performer__isnull=False, team__isnull=True) | Q(performer__isnull=True, team__isnull=False),
                name="result_of_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "performer", "competition"],
                condition=Q(performer__isnull=False),
                name="result_performer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.performer or self.team}"


class Payout(WorkspaceModel):
    """The entry that paid a prize to somebody of a result."""

    id = models.BigAutoField(primary_key=True)
    result = models.ForeignKey(Result, models.PROTECT, related_name="payouts", db_index=False)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["result", "id"]
        indexes = [models.Index(fields=["workspace", "result", "id"], name="payout_result")]

    def __str__(self) -> str:
        return str(self.entry)
