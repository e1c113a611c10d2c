"""Facts, movements and wallets: read by everybody here, and changed by rules alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin import AskForm, Button, ReadOnlyAdmin, site, within
from actions.admin.base import PressedAdmin, linked, reason_field, shown
from actions.models import Action, Entry, Performer, Wallet
from actions.rules.deeds import assign_action, cancel_action
from actions.rules.words import used

# What belongs to one fact is little; its page shows the beginning of more.
MOST_ENTRIES = 100


class CancelForm(AskForm):
    """Why a fact is taken back."""

    words = "What it earned is taken back by contrary entries. The fact stays, and says that it was taken back."
    reason = reason_field()


class AssignForm(AskForm):
    """Who did it."""

    words = "It is priced now as if it had been hers all along. There is no second time."
    performer = forms.ModelChoiceField(
        Performer.objects.none(), widget=AutocompleteSelect(Action._meta.get_field("performer"), site)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Performer.objects.of(self.visitor.workspace).filter(erased_at=None)
        self.fields["performer"].queryset = rows  # type: ignore[attr-defined]


class InboxFilter(admin.SimpleListFilter):
    """The inbox: facts that wait for somebody to say who did it."""

    title: Any = "performer known"
    parameter_name = "inbox"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "waits to be assigned"), ("assigned", "assigned")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "waiting":
            return queryset.unassigned().uncancelled()
        return queryset.assigned() if self.value() == "assigned" else queryset


class SourceFilter(admin.SimpleListFilter):
    """Who told it; the words are read from an index, not from every row."""

    title: Any = "source"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, word) for word in used(model_admin.visitor(request).workspace, "source")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(Action, site=site)
class ActionAdmin(PressedAdmin):
    """Facts, the latest first."""

    list_display = ["seq", "title", "performer", "type", "taken_at", "points", "cancelled_at"]
    list_display_links = ["seq", "title"]
    list_filter = [
        InboxFilter, within("taken_at"), "type", SourceFilter, "performer",
        ("cancelled_at", admin.EmptyFieldListFilter),
    ]  # fmt: skip
    search_fields = ["seq", "id", "external_id"]
    search_help_text = "A number, an id or an external id."
    buttons = (
        Button(
            "assign", "Say who did it", "assigned", assign_action, asks=AssignForm,
            offered=lambda row: row.performer_id is None and not row.is_cancelled,
        ),
        Button(
            "cancel", "Take back", "taken back", cancel_action, asks=CancelForm, danger=True,
            offered=lambda row: not row.is_cancelled,
        ),
    )  # fmt: skip
    fieldsets = [
        (None, {"fields": ["seq", "title", "subject", "performer", "referrer", "taken_at"]}),
        ("What it moved", {"fields": ["amount", "points", "team", "moves"]}),
        ("What it is", {"fields": ["type", "verb", "source", "source_id", "external_id", "params", "meta"]}),
        ("Who wrote it", {"fields": ["actor_kind", "actor_label", "request_id", "created_at", "ulid"]}),
        ("Taken back", {"fields": ["cancelled_at", "cancelled_by_label", "cancelled_reason", "cancelled_seq"]}),
    ]

    def get_fieldsets(self, request: Any, obj: Action | None = None) -> Any:
        """Nothing is taken back of most."""
        return self.fieldsets if obj and obj.is_cancelled else self.fieldsets[:-1]

    def get_queryset(self, request: Any) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("detail", "tally__team", "performer", "referrer", "type")

    @admin.display(description="What was done")
    def title(self, row: Action) -> str:
        """Its sentence, unless that was erased."""
        return str(getattr(row, "detail", "")) or "–"

    @admin.display(description="To what")
    def subject(self, row: Action) -> str:
        """The row it was done to, as text."""
        detail = getattr(row, "detail", None)
        return f"{detail.subject_type} {detail.subject_id}: {detail.subject}" if detail else "–"

    @admin.display(description="What its source said")
    def meta(self, row: Action) -> str:
        """Whatever else came with it."""
        detail = getattr(row, "detail", None)
        return ", ".join(f"{name}: {value}" for name, value in sorted(detail.meta.items())) if detail else "–"

    @admin.display(description="Team then")
    def team(self, row: Action) -> str:
        """Whose points they are too."""
        tally = getattr(row, "tally", None)
        return str(tally.team) if tally and tally.team else "–"

    @admin.display(description="Entries")
    def moves(self, row: Action) -> SafeString | str:
        """Every movement, with its page."""
        entries = Entry.objects.of(row.workspace_id).filter(action=row.pk).select_related("performer")
        pages = (
            (reverse("admin:actions_entry_change", args=[one.pk]), one) for one in entries.order_by("pk")[:MOST_ENTRIES]
        )
        return linked((page, one, f"{one.performer}, {one.status}") for page, one in pages)

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
    list_select_related = ["performer", "account"]
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
