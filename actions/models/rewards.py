"""Reward rules: what is paid for which action. A change is a new version, so history keeps its price."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import WorkspaceModel, WorkspaceQuerySet
from actions.amounts import POINTS
from actions.models.acts import Acted, ActorKind, known
from actions.models.facts import ActionType
from actions.models.wallets import CURRENCY_LENGTH, currency_shape


class RewardRuleQuerySet(WorkspaceQuerySet):
    """Questions about rules."""

    def active(self) -> Self:
        """Rules that pay."""
        return self.filter(active=True)


class RewardRule(WorkspaceModel):
    """A rule by its lasting name; what it says is its current version."""

    id = models.BigAutoField(primary_key=True)
    slug = models.SlugField(max_length=100, db_index=False)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = RewardRuleQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["workspace", "slug"], name="reward_rule_slug")]

    def __str__(self) -> str:
        return self.name


class RuleVersionQuerySet(WorkspaceQuerySet):
    """Questions about what rules say."""

    def in_force(self) -> Self:
        """The current version of every rule that pays."""
        return self.filter(rule__active=True, number=F("rule__version"))

    def flat(self) -> Self:
        """What pays the same points each time, to anybody."""
        return self.filter(kind="fixed", currency=POINTS, tag="", count_from=None, count_to=None)


class RuleVersion(Acted, WorkspaceModel):
    """What a rule says from one change to the next; written once."""

    class Kind(models.TextChoices):
        FIXED = "fixed", "fixed amount"
        PERCENTAGE = "percentage", "percentage of the value"
        VERBATIM = "verbatim", "the points the action names"
        REFERRER_SHARE = "referrer_share", "share of the referrer"
        GENERATION_BONUS = "generation_bonus", "bonus of the enrollers"

    class Basis(models.TextChoices):
        VALUE = "value", "the value of the action"
        EARNED = "earned", "what the performer earns for it"

    class Frequency(models.TextChoices):
        INSTANT = "instant"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    class Period(models.TextChoices):
        DAY = "day"
        WEEK = "week"
        MONTH = "month"
        ALL = "all", "for ever"

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(RewardRule, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField(editable=False)
    type = models.ForeignKey(
        ActionType, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, help_text="Empty: any."
    )
    kind = models.CharField(max_length=20, choices=Kind)
    currency = models.CharField(max_length=CURRENCY_LENGTH, default=POINTS)
    places = models.PositiveSmallIntegerField(default=0, help_text="Digits after the point that are paid.")
    amount = models.BigIntegerField(null=True, blank=True, help_text="Millionths.")
    percent = models.BigIntegerField(null=True, blank=True, help_text="Millionths of a percent.")
    basis = models.CharField(max_length=6, choices=Basis, default=Basis.VALUE)
    levels = models.JSONField(default=list, blank=True, help_text="Millionths of a percent for each generation.")
    frequency = models.CharField(max_length=7, choices=Frequency, default=Frequency.INSTANT)
    grace_days = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField(null=True, blank=True)
    tag = models.CharField(max_length=100, blank=True, help_text="Only performers with this tag.")
    count_from = models.PositiveIntegerField(null=True, blank=True, help_text="Only from the n-th of the period on.")
    count_to = models.PositiveIntegerField(null=True, blank=True, help_text="Only up to the n-th of the period.")
    count_period = models.CharField(max_length=5, choices=Period, default=Period.ALL)
    cap_amount = models.BigIntegerField(null=True, blank=True, help_text="Millionths, per performer and period.")
    cap_count = models.PositiveIntegerField(null=True, blank=True, help_text="Times, per performer and period.")
    cap_period = models.CharField(max_length=5, choices=Period, default=Period.ALL)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "rule", "number"], name="rule_version_number"),
            known("kind", ["fixed", "percentage", "verbatim", "referrer_share", "generation_bonus"], "rule_kind_known"),
            known("basis", ["value", "earned"], "rule_basis_known"),
            known("frequency", ["instant", "weekly", "monthly"], "rule_frequency_known"),
            known("count_period", ["day", "week", "month", "all"], "rule_count_period_known"),
            known("cap_period", ["day", "week", "month", "all"], "rule_cap_period_known"),
            known("actor_kind", ActorKind.values, "rule_actor_kind_known"),
            models.CheckConstraint(condition=Q(places__lte=6), name="rule_places"),
            models.CheckConstraint(
                condition=~Q(kind="fixed") | Q(amount__isnull=False, amount__gt=0), name="rule_fixed_has_amount"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["percentage", "referrer_share"]) | Q(percent__isnull=False, percent__gt=0),
                name="rule_percent_given",
            ),
            currency_shape("rule_currency_shape"),
        ]
        indexes = [models.Index(fields=["workspace", "type", "rule"], name="rule_version_type")]

    def __str__(self) -> str:
        return f"{self.rule} ({self.number})"
