"""Leaderboards, and the running totals from which they are read; every total can be rebuilt from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import WorkspaceModel, WorkspaceQuerySet
from actions.amounts import LARGEST, POINTS
from actions.models.acts import known
from actions.models.facts import ActionType
from actions.models.performers import Performer
from actions.models.teams import Team
from actions.models.wallets import CURRENCY_LENGTH, currency_shape

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from actions.models.competitions import Competition

WINDOWS = ["today", "week", "month", "quarter", "year", "all"]


def fits(field: str, name: str) -> models.CheckConstraint:
    """Refuse what left 63 bits: SQLite would go on in floats."""
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": -LARGEST, f"{field}__lte": LARGEST}), name=name)


class LeaderboardQuerySet(WorkspaceQuerySet):
    """Questions about boards."""

    def active(self) -> Self:
        """Boards that count."""
        return self.filter(active=True)

    def public(self) -> Self:
        """Boards of their own, not of a competition."""
        return self.filter(competition__isnull=True)


class Leaderboard(WorkspaceModel):
    """What is ranked: a metric, over some action types and teams, among performers or teams."""

    class Metric(models.TextChoices):
        POINTS = "points"
        COUNT = "count", "number of actions"
        VALUE = "value", "sum of values"

    class Subject(models.TextChoices):
        USER = "user", "performers"
        TEAM = "team", "teams"

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(max_length=100, db_index=False)
    name = models.CharField(max_length=200)
    metric = models.CharField(max_length=6, choices=Metric, default=Metric.POINTS)
    currency = models.CharField(max_length=CURRENCY_LENGTH, default=POINTS)
    types = models.JSONField("action types", default=list, blank=True, help_text="Slugs; none means all.")
    subject = models.CharField(max_length=4, choices=Subject, default=Subject.USER)
    window = models.CharField(max_length=7, choices=[(word, word) for word in WINDOWS], default="all")
    active = models.BooleanField(default=True)
    # While it is counted again: whoever has a key up to this one is.
    counted_to = models.BigIntegerField(null=True, editable=False)
    # Windows that ended before this day have their final ranks.
    ranked_to = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = LeaderboardQuerySet.as_manager()

    if TYPE_CHECKING:
        competition: Competition
        teams: RelatedManager[BoardTeam]
        standings: RelatedManager[Standing]

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="leaderboard_slug"),
            known("metric", ["points", "count", "value"], "leaderboard_metric_known"),
            known("subject", ["user", "team"], "leaderboard_subject_known"),
            known("window", WINDOWS, "leaderboard_window_known"),
            currency_shape("leaderboard_currency_shape"),
        ]

    def __str__(self) -> str:
        return self.name


class BoardTeam(WorkspaceModel):
    """A team whose members a board ranks; a board without any ranks everybody."""

    id = models.BigAutoField(primary_key=True)
    board = models.ForeignKey(Leaderboard, models.PROTECT, related_name="teams", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["board", "team"]
        constraints = [models.UniqueConstraint(fields=["workspace", "board", "team"], name="board_team")]

    def __str__(self) -> str:
        return f"{self.team} on {self.board}"


class Standing(WorkspaceModel):
    """The running score of one performer or team on a board in one window, such as `2026-W10` or `all`."""

    id = models.BigAutoField(primary_key=True)
    board = models.ForeignKey(Leaderboard, models.PROTECT, related_name="standings", db_index=False)
    window = models.CharField(max_length=12)
    performer = models.ForeignKey(Performer, models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    score = models.BigIntegerField(default=0, help_text="Millionths.")
    actions = models.BigIntegerField(default=0)
    attained_at = models.DateTimeField(null=True)
    # Whoever is banned, erased or a machine keeps a score and is not shown.
    shown = models.BooleanField(default=True)
    final_rank = models.PositiveIntegerField(null=True, help_text="Once the window is over.")

    class Meta:
        ordering = ["board", "window", "-score"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "board", "window", "performer"],
                condition=Q(performer__isnull=False),
                name="standing_performer",
            ),
            models.UniqueConstraint(
                fields=["workspace", "board", "window", "team"], condition=Q(team__isnull=False), name="standing_team"
            ),
            models.CheckConstraint(
                condition=Q(performer__isnull=False, team__isnull=True) | Q(performer__isnull=True, team__isnull=False),
                name="standing_of_one",
            ),
            fits("score", "standing_score_fits"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "board", "window", "-score", "attained_at", "performer"],
                condition=Q(performer__isnull=False, shown=True) & ~Q(score=0),
                name="standing_users",
            ),
            models.Index(
                fields=["workspace", "board", "window", "-score", "attained_at", "team"],
                condition=Q(team__isnull=False) & ~Q(score=0),
                name="standing_teams",
            ),
            models.Index(
                fields=["workspace", "performer"], condition=Q(performer__isnull=False), name="standing_of_performer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.window}: {self.performer or self.team}"


class DailyTotal(WorkspaceModel):
    """
    What one performer did and moved on one local day, by action type, team at the time and currency.

    Rows with a currency sum posted entries; those without count facts that still hold, and sum their values.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    type = models.ForeignKey(ActionType, models.PROTECT, null=True, related_name="+", db_index=False)
    currency = models.CharField(max_length=CURRENCY_LENGTH, blank=True)
    amount = models.BigIntegerField(default=0, help_text="Millionths.")
    actions = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(
                "workspace",
                "performer",
                "day",
                "currency",
                Coalesce("type", 0),
                Coalesce("team", 0),
                name="daily_total",
            ),
            fits("amount", "daily_total_fits"),
        ]
        indexes = [models.Index(fields=["workspace", "currency", "day", "performer"], name="daily_total_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.performer}"
