"""Performers, the names other systems know them by, and the words rules know them by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin import AskForm, Button, RuleForm, WorkspaceAdmin, site
from accounts.callers import Actor
from actions.admin.base import AmountField, linked, reason_field, shown
from actions.amounts import EXPERIENCE, KEYS, POINTS
from actions.models import Entry, Identity, Performer, PerformerTag, Wallet
from actions.rules.banning import (
    activate_performer,
    ban_performer,
    remove_identity,
    tag_performer,
    unban_performer,
    untag_performer,
)
from actions.rules.deeds import erase_performer
from actions.rules.people import add_identity, create_performer
from actions.rules.transactions import adjust


class AdjustForm(AskForm):
    """What is put right, and why."""

    words = "The movement stays in the ledger for ever, with the reason. A balance may go below zero."
    amount = AmountField(help_text="What is added; with a minus, what is taken away.")
    currency = forms.CharField(
        initial=POINTS,
        max_length=20,
        help_text=f"{POINTS}, {KEYS}, three letters as in EUR, or {EXPERIENCE[0]} and the like.",
    )
    reason = reason_field()


class EraseForm(AskForm):
    """There is no way back."""

    words = (
        "Her name, address and other names, and the words of what she did, are removed for ever. Facts, points and "
        "standings stay, without a name."
    )
    sure = forms.BooleanField(label="Yes, for ever")


def erase(row: Performer, *, actor: Actor, at: datetime, sure: bool) -> Performer:
    """The form has asked whether anybody is sure."""
    return erase_performer(row, actor=actor, at=at)


def adjusted(row: Performer, *, actor: Actor, at: datetime, amount: int, currency: str, reason: str) -> Entry:
    """Amounts stand second in the rule."""
    return adjust(row, amount, currency=currency, reason=reason, actor=actor, at=at)


class PerformerForm(RuleForm):
    """Somebody new."""

    first_name = forms.CharField(required=False, max_length=100)
    last_name = forms.CharField(required=False, max_length=100)
    company = forms.CharField(required=False, max_length=200, help_text="Instead of a person's name.")
    email = forms.EmailField(label="E-mail")
    country = forms.CharField(max_length=2, min_length=2, help_text="Two letters, as in ES.")
    active = forms.BooleanField(
        required=False, initial=True, help_text="Or she is written to, and confirms her address."
    )

    class Meta:
        model = Performer
        fields = ("email", "country")

    def apply(self, *, actor: Actor, at: datetime) -> Performer:
        """Take her in; nothing of her is changed here later."""
        return create_performer(self.visitor.workspace, **self.cleaned_data, actor=actor, at=at)


def is_there(row: Performer) -> bool:
    """Whether anything of her can still change."""
    return row.erased_at is None


@admin.register(Performer, site=site)
class PerformerAdmin(WorkspaceAdmin):
    """Whoever did something, member or not."""

    form = PerformerForm
    list_display = ["__str__", "email", "member", "referral_code", "created_at", "banned_at"]
    list_filter = ["service", ("member", admin.EmptyFieldListFilter), ("banned_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member"]
    search_fields = ["id", "email", "referral_code", "name__istartswith"]
    search_help_text = "A number, an e-mail, a referral code, or how the name begins."
    ordering = ["-id"]
    fieldsets = [
        (None, {"fields": ["name", "email", "member", "country", "referral_code", "enroller", "team"]}),
        ("What she has", {"fields": ["wallets", "page"]}),
        ("Known as", {"fields": ["known_as", "words"]}),
        ("State", {"fields": ["service", "created_at", "activated_at", "banned_at", "erased_at"]}),
    ]
    buttons = (
        Button("adjust", "Put a wallet right", "put right", adjusted, is_there, asks=AdjustForm),
        Button(
            "activate", "Activate", "active", activate_performer, many=True,
            offered=lambda row: is_there(row) and row.activated_at is None,
        ),
        Button(
            "ban", "Ban", "banned", ban_performer, danger=True, many=True,
            offered=lambda row: is_there(row) and row.banned_at is None,
        ),
        Button(
            "unban", "Lift the ban", "let in again", unban_performer, many=True,
            offered=lambda row: is_there(row) and row.banned_at is not None,
        ),
        Button("erase", "Erase", "erased", erase, is_there, danger=True, asks=EraseForm),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["first_name", "last_name", "company", "email", "country", "active"]
        return self.fieldsets if obj else [(None, {"fields": asked})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is known of her came from elsewhere; only rules change it."""
        return False

    def may_press(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("member", "enroller")

    @admin.display(description="Wallets")
    def wallets(self, row: Performer) -> SafeString | str:
        """Each with its page."""
        rows = Wallet.objects.of(row.workspace_id).filter(performer=row.pk).order_by("currency")
        pages = ((reverse("admin:actions_wallet_change", args=[one.pk]), one) for one in rows)
        return linked((page, shown(one.posted, one.currency), "") for page, one in pages)

    @admin.display(description="Page")
    def page(self, row: Performer) -> SafeString:
        """As everybody sees her."""
        return format_html('<a href="{}">What she did, and her points</a>', reverse("actions:performer", args=[row.pk]))

    @admin.display(description="Team now")
    def team(self, row: Performer) -> str:
        """Where her points go too."""
        stay = row.memberships.current().select_related("team").first()
        return str(stay.team) if stay else "–"

    @admin.display(description="Elsewhere")
    def known_as(self, row: Performer) -> str:
        """Her names in other systems."""
        return ", ".join(map(str, row.identities.all()[:50])) or "–"

    @admin.display(description="Tags")
    def words(self, row: Performer) -> str:
        """Words that rules know her by."""
        return ", ".join(map(str, row.tags.all()[:50])) or "–"


class IdentityForm(RuleForm):
    """A name that another system gives somebody."""

    def apply(self, *, actor: Actor, at: datetime) -> Identity:
        """Whoever runs the workspace knows it to be hers."""
        return add_identity(**self.cleaned_data, trust=Identity.Trust.ADMIN, actor=actor, at=at)


class KnownAdmin(WorkspaceAdmin):
    """Rows that are made and removed, and never changed."""

    autocomplete_fields = ["performer"]
    list_select_related = ["performer"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_press(self, request: HttpRequest) -> bool:
        return site.has_permission(request)


@admin.register(Identity, site=site)
class IdentityAdmin(KnownAdmin):
    """Names of performers in other systems."""

    form = IdentityForm
    list_display = ["value", "source", "performer", "trust", "created_at"]
    list_filter = ["trust"]
    search_fields = ["value", "performer__email"]
    search_help_text = "The whole name, or the e-mail of the performer."
    fields = ["performer", "source", "value", "trust", "actor_label", "created_at"]
    buttons = (Button("remove", "Remove", "removed", remove_identity, danger=True, many=True),)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ["performer", "source", "value"]


class TagForm(RuleForm):
    """A word that rules know somebody by."""

    def apply(self, *, actor: Actor, at: datetime) -> PerformerTag:
        """From now on."""
        return tag_performer(**self.cleaned_data, actor=actor, at=at)


@admin.register(PerformerTag, site=site)
class PerformerTagAdmin(KnownAdmin):
    """Words that rules know performers by."""

    form = TagForm
    list_display = ["word", "performer"]
    search_fields = ["word", "performer__email"]
    search_help_text = "The whole word, or the e-mail of the performer."
    fields = ["performer", "word"]
    buttons = (Button("remove", "Remove", "removed", untag_performer, danger=True, many=True),)
