"""Wallets, the accounts against which they move, and the entries that are all there is to a balance."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, StrIndex, Substr
from django.db.models.lookups import Exact, GreaterThan

from accounts.columns import Hex, Rfc3339
from accounts.models import WorkspaceModel, WorkspaceQuerySet
from actions.amounts import EXPERIENCE, KEYS, check_amount, decimal
from actions.models.acts import Acted, ActorKind, known, short
from actions.models.facts import TEXT_LENGTH, Action
from actions.models.performers import Performer

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

CURRENCY_LENGTH = 20
LETTERS = models.Value("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def currency_shape(name: str) -> models.CheckConstraint:
    """Points, keys, a trait's experience or three capital letters; written without regexes, which differ."""
    letters = [Q(GreaterThan(StrIndex(LETTERS, Substr("currency", place, 1)), 0)) for place in (1, 2, 3)]
    iso = Q(Exact(Length("currency"), 3)) & letters[0] & letters[1] & letters[2]
    return models.CheckConstraint(condition=Q(currency__in=[KEYS, *EXPERIENCE]) | iso, name=name)


class CounterAccount(WorkspaceModel):
    """Where what a wallet gets comes from, and where what it gives goes; its balance is only ever a sum."""

    class Kind(models.TextChoices):
        ISSUED = "issued"
        REDEEMED = "redeemed"
        EXPIRED = "expired"
        ADJUSTMENT = "adjustment"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=100, blank=True, help_text="The rule or reward, where there is one.")
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "name"], name="account_name"),
            known("kind", ["issued", "redeemed", "expired", "adjustment"], "account_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


class Wallet(WorkspaceModel):
    """What a performer has in one currency; the balances are caches of sums over its entries."""

    id = models.BigAutoField(primary_key=True)
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="wallets", db_index=False, editable=False)
    currency = models.CharField(max_length=CURRENCY_LENGTH, editable=False)
    posted = models.BigIntegerField(default=0, editable=False, help_text="Millionths.")
    incoming = models.BigIntegerField("pending in", default=0, editable=False, help_text="Millionths.")
    outgoing = models.BigIntegerField("pending out", default=0, editable=False, help_text="Millionths.")
    created_at = models.DateTimeField(editable=False)

    if TYPE_CHECKING:
        entries: RelatedManager[Entry]

    class Meta:
        ordering = ["performer", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "performer", "currency"], name="wallet_currency"),
            models.CheckConstraint(condition=Q(incoming__gte=0, outgoing__gte=0), name="wallet_pending_positive"),
            currency_shape("wallet_currency_shape"),
        ]
        indexes = [models.Index(fields=["workspace", "currency", "posted", "id"], name="wallet_posted")]

    def __str__(self) -> str:
        return f"{decimal(self.posted)} {self.currency}"

    @property
    def current(self) -> int:
        """What can be spent: posted, less what is on its way out."""
        return self.posted - self.outgoing

    @property
    def accounting(self) -> int:
        """What the books say: posted, and what is on its way in."""
        return self.posted + self.incoming

    def count(self, entry: Entry, sign: int = 1) -> None:
        """Take an entry into the balances, or with -1 out of them; what they cannot hold is refused."""
        amount = sign * entry.amount
        if entry.status == Entry.Status.POSTED:
            self.posted += amount
        elif entry.status == Entry.Status.PENDING and entry.amount > 0:
            self.incoming += amount
        elif entry.status == Entry.Status.PENDING:
            self.outgoing -= amount
        for balance in (self.posted, self.current, self.accounting):
            check_amount(balance)


CACHES = ["posted", "incoming", "outgoing"]


class EntryQuerySet(WorkspaceQuerySet):
    """Questions about movements."""

    def posted(self) -> Self:
        """Movements that count."""
        return self.filter(status=Entry.Status.POSTED)

    def pending(self) -> Self:
        """Movements that wait."""
        return self.filter(status=Entry.Status.PENDING)

    def unreversed(self) -> Self:
        """Posted movements nobody took back, themselves no taking back."""
        return self.posted().filter(reverses__isnull=True, reversed_by__isnull=True)

    def by_performer(self, performer: Performer) -> Self:
        """Movements of somebody's wallets."""
        return self.filter(workspace=performer.workspace_id, performer=performer)

    def newest(self) -> Self:
        """Latest first."""
        return self.order_by("-created_at", "-id")

    def rows(self) -> models.QuerySet[Any, Any]:
        """The columns a client sees, written by the database; `actions.api.rows` reads them in this order."""
        return self.values_list(
            "id",
            "kind",
            "amount",
            "currency",
            "reason",
            "status",
            Rfc3339("created_at"),
            Rfc3339("effective_at"),
            "rule",
            "version",
            "account__kind",
            "performer_id",
            Hex("action_id"),
            "reverses_id",
        )


class Entry(Acted, WorkspaceModel):
    """One movement between a wallet and a counter account; a pending one is settled once, nothing else changes."""

    class Kind(models.TextChoices):
        ADD = "add"
        SUB = "sub", "subtract"
        PERIOD = "period"

    class Status(models.TextChoices):
        PENDING = "pending"
        POSTED = "posted"
        VOIDED = "voided"

    id = models.BigAutoField(primary_key=True)
    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="entries", db_index=False, editable=False)
    performer = models.ForeignKey(Performer, models.PROTECT, related_name="+", db_index=False, editable=False)
    account = models.ForeignKey(CounterAccount, models.PROTECT, related_name="entries", db_index=False, editable=False)
    kind = models.CharField(max_length=6, choices=Kind, editable=False)
    amount = models.BigIntegerField(editable=False, help_text="Millionths, as the wallet sees it.")
    currency = models.CharField(max_length=CURRENCY_LENGTH, editable=False)
    status = models.CharField(max_length=7, choices=Status, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    settles_at = models.DateTimeField(null=True, editable=False, help_text="When a period's result is posted.")
    effective_at = models.DateTimeField(editable=False, help_text="The time whose standings it counts for.")
    day = models.DateField(editable=False, help_text="That day where the workspace was then.")
    created_at = models.DateTimeField("added at", editable=False)
    action = models.ForeignKey(
        Action, models.PROTECT, null=True, related_name="entries", db_index=False, editable=False
    )
    rule = models.CharField(max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField("version of the rule", null=True, editable=False)
    computed_from = models.JSONField(default=dict, editable=False)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversed_by", db_index=False, editable=False
    )
    reason = models.CharField(max_length=TEXT_LENGTH, blank=True, editable=False)
    key = models.CharField(max_length=TEXT_LENGTH, null=True, editable=False, help_text="Makes a retry harmless.")

    objects = EntryQuerySet.as_manager()

    # What the triggers let change, once, while the movement is pending.
    SETTLED_ONCE = ("status", "settled_at")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "reverses"], condition=Q(reverses__isnull=False), name="entry_reverses"
            ),
            models.UniqueConstraint(fields=["workspace", "key"], condition=Q(key__isnull=False), name="entry_key"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_amount_moves"),
            models.CheckConstraint(
                condition=Q(kind="add", amount__gt=0) | Q(kind="sub", amount__lt=0) | Q(kind="period"),
                name="entry_kind_known",
            ),
            known("status", ["pending", "posted", "voided"], "entry_status_known"),
            known("actor_kind", ActorKind.values, "entry_actor_kind_known"),
            models.CheckConstraint(
                condition=Q(status="pending", settled_at__isnull=True) | Q(status="posted") | Q(status="voided"),
                name="entry_settled",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(status="posted") & ~Q(reverses=F("id")),
                name="entry_reversal_posted",
            ),
            currency_shape("entry_currency_shape"),
        ]
        indexes = [
            models.Index(fields=["workspace", "wallet", "id"], name="entry_wallet"),
            models.Index(fields=["workspace", "id"], name="entry_id"),
            models.Index(fields=["workspace", "performer", "created_at", "id"], name="entry_performer"),
            models.Index(fields=["workspace", "performer", "rule", "day"], name="entry_rule"),
            models.Index(fields=["workspace", "account", "currency"], name="entry_account"),
            models.Index(fields=["workspace", "kind", "created_at", "id"], name="entry_kind"),
            models.Index(fields=["workspace", "status", "created_at", "id"], name="entry_status"),
            models.Index(fields=["workspace", "amount", "id"], name="entry_amount"),
            models.Index(fields=["workspace", "currency", "created_at", "id"], name="entry_currency"),
            models.Index(
                fields=["workspace", "settles_at", "id"],
                condition=Q(status="pending", settles_at__isnull=False),
                name="entry_settles",
            ),
            models.Index(fields=["workspace", "created_at", "id"], name="entry_added"),
            models.Index(fields=["workspace", "currency", "day"], name="entry_day"),
            models.Index(fields=["workspace", "action", "id"], condition=Q(action__isnull=False), name="entry_action"),
            models.Index(
                fields=["workspace", "effective_at", "id"], condition=Q(status="pending"), name="entry_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{decimal(self.amount):+f} {self.currency}"

    @property
    def stands(self) -> bool:
        """Whether it is posted and no taking back of another."""
        return self.status == self.Status.POSTED and self.reverses_id is None

    def opposite(self, *, at: datetime, reason: str) -> Entry:
        """The movement that takes it back: in the same wallet, against the same account, for the same day."""
        return Entry(
            workspace_id=self.workspace_id,
            wallet_id=self.wallet_id,
            performer_id=self.performer_id,
            account_id=self.account_id,
            kind=Entry.Kind.SUB if self.amount > 0 else Entry.Kind.ADD,
            amount=-self.amount,
            currency=self.currency,
            status=Entry.Status.POSTED,
            effective_at=self.effective_at,
            day=self.day,
            created_at=at,
            action_id=self.action_id,
            rule=self.rule,
            version=self.version,
            reverses=self,
            reason=short(reason, TEXT_LENGTH),
        )
