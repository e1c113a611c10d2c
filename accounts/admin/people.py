"""Members of the workspace; and logins, for superusers alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string

from accounts.admin.auditing import Audited
from accounts.admin.base import WorkspaceAdmin
from accounts.admin.buttons import Button
from accounts.admin.forms import RuleForm
from accounts.admin.site import site
from accounts.callers import Actor
from accounts.models import Member, User
from accounts.models.member import APPS, fold_email
from accounts.pages import Visitor, told
from accounts.rules import create_login, create_member, update_member

Role = Member.Role


class MemberForm(RuleForm):
    """What is known of a member."""

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        touches_owner = Role.OWNER in (facts.get("role"), self.initial.get("role"))
        if "role" in self.changed_data and touches_owner and self.visitor.role != Role.OWNER:
            self.add_error("role", "Only an owner makes or unmakes owners.")
        return facts

    def apply(self, *, actor: Actor, at: datetime) -> Member:
        """Take her in, or change what changed."""
        if self.instance.pk is None:
            return create_member(self.visitor.workspace, actor=actor, at=at, **self.cleaned_data)
        return update_member(self.instance, actor=actor, at=at, **self.changed())


def deactivate(row: Member, *, actor: Actor, at: datetime) -> Member:
    """She no longer belongs, and what she did stays hers."""
    if row == actor:
        raise ValidationError("Somebody else has to deactivate you.", code="invalid")
    if row.role == Role.OWNER and isinstance(actor, Member) and actor.role != Role.OWNER:
        raise ValidationError("Only an owner deactivates an owner.", code="invalid")
    return update_member(row, actor=actor, at=at, active=False)


def activate(row: Member, *, actor: Actor, at: datetime) -> Member:
    """She belongs again."""
    return update_member(row, actor=actor, at=at, active=True)


def check_may_let_in(visitor: Visitor, row: Member) -> None:
    """Whoever sees an owner's first password could be that owner; whoever made a login elsewhere knows its own."""
    if row.role == Role.OWNER and visitor.role != Role.OWNER:
        raise ValidationError("Only an owner gives an owner a login.", code="invalid")
    elsewhere = User.objects.filter(email=fold_email(row.email or "")).exclude(members__workspace=row.workspace_id)
    if elsewhere.exists() and not visitor.user.is_superuser:
        raise ValidationError("This address has a login already; only a superuser lets it in here.", code="invalid")


@admin.register(Member, site=site)
class MemberAdmin(WorkspaceAdmin):
    """Who belongs to the workspace."""

    form = MemberForm
    list_display = ["name", "email", "role", "active", "has_login", "created_at"]
    list_filter = ["active", "role"]
    search_fields = ["email", "uid", "name__istartswith"]
    readonly_fields = ["active", "has_login", "ulid", "oid", "created_at"]
    fieldsets = [
        (None, {"fields": ["name", "email", "role", "active", "has_login"]}),
        ("Apps she uses", {"fields": [f"uses_{app}" for app in APPS]}),
        ("Where and how", {"fields": ["time_zone", "language", "slack_user_id"]}),
        ("Ids", {"fields": ["ulid", "oid", "created_at"]}),
    ]
    buttons = (
        Button("deactivate", "Deactivate", "deactivated", deactivate, lambda row: row.active, danger=True, many=True),
        Button("activate", "Activate", "active again", activate, lambda row: not row.active, many=True),
    )
    change_form_template = "admin/accounts/member/change_form.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj:
            return fieldsets
        return [(None, {"fields": ["name", "email", "role"]}), *fieldsets[1:-1]]

    @admin.display(description="Login", boolean=True)
    def has_login(self, row: Member) -> bool:
        """Whether she can sign in."""
        return row.user_id is not None

    @admin.display(description="ULID")
    def ulid(self, row: Member) -> str:
        """Her id as incident.io's clients read it."""
        return row.ulid

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """The one button that answers with a page of its own gives a login."""
        row = self.get_object(request, object_id)
        if button == "login" and request.method == "POST" and row is not None and self.may_be_let_in(row):
            return self.let_in(request, row)
        return super().press_view(request, object_id, button)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        context["may_be_let_in"] = bool(row and self.may_be_let_in(row))
        return super().render_change_form(request, context, *args, **kwargs)

    def may_be_let_in(self, row: Member) -> bool:
        """Whether a login is all she lacks."""
        return row.active and bool(row.email) and row.user_id is None

    def let_in(self, request: HttpRequest, row: Member) -> HttpResponse:
        """Give her a login, and show the first password this once."""
        known = User.objects.filter(email=fold_email(row.email or "")).exists()
        password = None if known else get_random_string(16)
        with told(request, str(row)):
            check_may_let_in(self.visitor(request), row)
            create_login(row, password=password)
            self.note(request, row, "given a login")
        if row.user_id is None:
            return redirect("admin:accounts_member_change", row.pk)
        context = {**site.each_context(request), "title": f"A login for {row}", "member": row, "password": password}
        return render(request, "admin/accounts/member/let_in.html", context)


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """An e-mail address and a password."""

    class Meta:
        model = User
        fields = ["email"]


@admin.register(User, site=site)
class UserAdmin(Audited, DjangoUserAdmin):  # type: ignore[type-arg]
    """Logins of every workspace: for superusers alone."""

    add_form = NewUserForm
    list_display = ["email", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["email__istartswith"]
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login"]
    fieldsets = [(None, {"fields": ["email", "password", "is_active", "is_superuser", "last_login"]})]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> Any:
        """To anybody else not even the number of a login says whether there is one."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.none()

    def allows(self, request: HttpRequest) -> bool:
        """Whether this person may see logins."""
        return site.has_permission(request) and bool(request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.allows(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allows(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allows(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a login is switched off."""
        return False
