"""The operator's view of the ledger: to be read, and by nobody to be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.admin import ReadOnlyAdmin, site, within
from actions import admin_boards
from actions.amounts import decimal
from actions.models import Action, ActionType, Entry, Performer, Wallet


def shown(amount: int | None, unit: str = "") -> str:
    """Millionths as people read them."""
    return "–" if amount is None else f"{decimal(amount):,f} {unit}".strip()


@admin.register(Action, site=site)
class ActionAdmin(ReadOnlyAdmin):
    """Facts, the latest first."""

    list_display = ["seq", "title", "performer", "type", "taken_at", "cancelled_at"]
    list_display_links = ["seq", "title"]
    list_filter = [within("taken_at"), "type", "performer", ("cancelled_at", admin.EmptyFieldListFilter)]
    search_fields = ["seq", "id"]
    search_help_text = "A number or an id."
    fieldsets = [
        (None, {"fields": ["seq", "title", "subject", "performer", "referrer", "taken_at"]}),
        ("What it is", {"fields": ["type", "verb", "source", "source_id", "params", "amount", "points"]}),
        ("Who wrote it", {"fields": ["actor_kind", "actor_label", "request_id", "created_at", "ulid"]}),
        ("Taken back", {"fields": ["cancelled_at", "cancelled_by_label", "cancelled_reason", "cancelled_seq"]}),
    ]

    def get_fieldsets(self, request: Any, obj: Action | None = None) -> Any:
        """Nothing is taken back of most."""
        return self.fieldsets if obj and obj.is_cancelled else self.fieldsets[:-1]

    def get_queryset(self, request: Any) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("detail", "tally", "performer", "referrer", "type")

    @admin.display(description="What was done")
    def title(self, row: Action) -> str:
        """Its sentence, unless that was erased."""
        return str(getattr(row, "detail", "")) or "–"

    @admin.display(description="To what")
    def subject(self, row: Action) -> str:
        """The row it was done to, as text."""
        detail = getattr(row, "detail", None)
        return f"{detail.subject_type} {detail.subject_id}: {detail.subject}" if detail else "–"

    @admin.display(description="Value")
    def amount(self, row: Action) -> str:
        """The value its source gave."""
        return shown(row.value)

    @admin.display(description="Points")
    def points(self, row: Action) -> str:
        """What it earned so far."""
        tally = getattr(row, "tally", None)
        return shown(tally.points if tally else 0)

    @admin.display(description="ULID")
    def ulid(self, row: Action) -> str:
        """Its id as clients read it."""
        return row.ulid


@admin.register(Entry, site=site)
class EntryAdmin(ReadOnlyAdmin):
    """Movements, the latest first."""

    list_display = ["id", "moved", "kind", "status", "performer", "account", "rule", "created_at"]
    list_filter = [within("created_at"), "status", "kind"]
    list_select_related = ["wallet__performer", "account"]
    search_fields = ["id", "key"]
    search_help_text = "A number, or the key of a movement."
    ordering = ["-created_at", "-id"]
    fieldsets = [
        (None, {"fields": ["moved", "kind", "status", "performer", "account", "action", "reason"]}),
        ("When", {"fields": ["created_at", "effective_at", "day", "settled_at"]}),
        ("Why", {"fields": ["rule", "version", "computed_from", "reverses", "key"]}),
        ("Who wrote it", {"fields": ["actor_kind", "actor_label", "request_id"]}),
    ]

    @admin.display(description="Amount", ordering="amount")
    def moved(self, row: Entry) -> str:
        """As the wallet sees it."""
        return shown(row.amount, row.currency)

    @admin.display(description="Performer")
    def performer(self, row: Entry) -> str:
        """Whose wallet."""
        return str(row.wallet.performer)


@admin.register(Wallet, site=site)
class WalletAdmin(ReadOnlyAdmin):
    """What everybody has, as caches of sums."""

    list_display = ["performer", "currency", "balance", "pending_in", "pending_out"]
    list_select_related = ["performer"]
    search_fields = ["currency", "performer__email", "performer__name__istartswith"]
    fields = ["performer", "currency", "balance", "pending_in", "pending_out", "created_at"]

    @admin.display(description="Balance", ordering="posted")
    def balance(self, row: Wallet) -> str:
        """What is posted."""
        return shown(row.posted, row.currency)

    @admin.display(description="Pending in")
    def pending_in(self, row: Wallet) -> str:
        """On its way in."""
        return shown(row.incoming)

    @admin.display(description="Pending out")
    def pending_out(self, row: Wallet) -> str:
        """On its way out."""
        return shown(row.outgoing)


@admin.register(Performer, site=site)
class PerformerAdmin(ReadOnlyAdmin):
    """Whoever did something, member or not."""

    list_display = ["name", "email", "member", "service", "created_at", "banned_at"]
    list_filter = ["service", ("member", admin.EmptyFieldListFilter)]
    list_select_related = ["member"]
    search_fields = ["id", "email", "referral_code", "name__istartswith"]
    fields = [
        "name", "email", "member", "referral_code", "country", "enroller", "service",
        "created_at", "activated_at", "banned_at", "erased_at",
    ]  # fmt: skip


@admin.register(ActionType, site=site)
class ActionTypeAdmin(ReadOnlyAdmin):
    """Kinds of actions."""

    list_display = ["name", "slug", "active", "params"]
    list_filter = ["active"]
    search_fields = ["slug", "name__istartswith"]
    fields = ["name", "slug", "active", "params", "created_at"]


__all__ = ["admin_boards"]
