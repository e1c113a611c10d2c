"""Members and their logins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.callers import Actor
from accounts.ids import new_ulid
from accounts.models import Member, User, Workspace
from accounts.models.member import fold_email


@transaction.atomic
def create_member(workspace: Workspace, *, name: str, actor: Actor, at: datetime, **facts: Any) -> Member:
    """Take a human into a workspace."""
    member = Member(workspace=workspace, name=name, uid=new_ulid(at), created_at=at, **facts)
    member.full_clean()
    member.save()
    return member


@transaction.atomic
def update_member(member: Member, *, actor: Actor, at: datetime, **facts: Any) -> Member:
    """Change what is known of a member; a login that is taken away loses its sight at once."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    for name, value in facts.items():
        setattr(member, name, value)
    member.full_clean()
    member.save()
    return member


@transaction.atomic
def create_login(member: Member, *, password: str | None, superuser: bool = False) -> User:
    """Give a member a login under her e-mail, or join the one that address already has."""
    if not member.email:
        raise ValidationError({"email": "A login needs an e-mail address."}, code="is_required")
    email = fold_email(member.email)
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, password)
    if user.members.filter(workspace=member.workspace_id).exclude(pk=member.pk).exists():
        raise ValidationError({"email": "Another member signs in with this address."}, code="invalid")
    if superuser and not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
    member.user = user
    member.save(update_fields=["user"])
    return user
