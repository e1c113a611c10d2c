"""The page helper: who looks at a page, what she may see there, and how a refused rule is told to her."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from accounts.callers import Actor, Caller, System
from accounts.clock import real_now
from accounts.errors import RuleError
from accounts.models import Member, User, Workspace
from accounts.models.audit import row_key
from accounts.models.member import member_workspaces
from accounts.rules.audit import Change, as_it_was, differences, note_change
from accounts.sessions import current_membership

ADMINISTRATORS = (Member.Role.OWNER, Member.Role.ADMIN)
REFUSALS = (ValidationError, PermissionDenied, ObjectDoesNotExist, RuleError)
Roles = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Visitor:
    """A signed-in person in the workspace her session holds; a superuser may be nobody there."""

    user: User
    workspace: Workspace
    member: Member | None

    @property
    def role(self) -> str:
        """Her role; a superuser who is nobody in the workspace sees what its owner sees."""
        return self.member.role if self.member else Member.Role.OWNER

    @property
    def may_administer(self) -> bool:
        """Whether the admin of this workspace opens for her."""
        return self.user.is_superuser or self.role in ADMINISTRATORS

    @property
    def actor(self) -> Actor:
        """Who a rule says did it."""
        return self.member or System(self.user.email)

    @cached_property
    def workspaces(self) -> list[Workspace]:
        """Where she may go."""
        return list(member_workspaces(self.user).order_by("name", "slug"))

    def uses(self, app: str) -> bool:
        """Whether she is a user of an app; a superuser may look at all."""
        return self.member.uses(app) if self.member else True

    def caller(self, app: str, roles: Roles) -> Caller:
        """What querysets ask before they show rows; `roles` is the app's table from member role to its own."""
        held = roles.get(self.role, frozenset())
        return Caller(workspace=self.workspace, app=app, member=self.member, roles=held)


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who is signed in and where, looked up once a request; None for strangers and people without a workspace."""
    if not hasattr(request, "visitor"):
        workspace, member = current_membership(request)
        user = request.user
        known = workspace is not None and isinstance(user, User)
        request.visitor = Visitor(user, workspace, member) if known else None  # type: ignore[attr-defined, arg-type]
    found: Visitor | None = request.visitor  # type: ignore[attr-defined]
    return found


def sentences(refusal: Exception) -> str:
    """What a rule says when it refuses, for people."""
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    if isinstance(refusal, ObjectDoesNotExist):
        return "It is not there any more."
    return str(refusal) or "You may not do this."


PageView = Callable[Concatenate[HttpRequest, Visitor, ...], HttpResponse]


@contextmanager
def told(request: HttpRequest, about: str = "") -> Iterator[None]:
    """Run a rule in a transaction of its own; its refusal becomes a message."""
    try:
        with transaction.atomic():
            yield
    except REFUSALS as refusal:
        messages.error(request, f"{about}: {sentences(refusal)}" if about else sentences(refusal))


def write_down(request: HttpRequest, visitor: Visitor, row: Model, deed: str, changes: Iterable[Change] = ()) -> None:
    """Note in the audit what a person did to a row."""
    note_change(
        visitor.workspace,
        row._meta.label_lower,
        row,
        deed,
        login=visitor.user.email,
        member=visitor.member,
        at=real_now(),
        row_id=row_key(row),
        changes=changes,
        address=request.META.get("REMOTE_ADDR"),
    )


@contextmanager
def written_down(request: HttpRequest, visitor: Visitor, row: Model, deed: str) -> Iterator[None]:
    """Run a rule on a row as `told` does, and note in the audit what it changed."""
    before = as_it_was(row)
    with told(request, str(row)):
        yield
        after = row._meta.model._base_manager.filter(pk=row.pk).first()
        write_down(request, visitor, before, deed, differences(before, after) if after else ())


def next_page(request: HttpRequest, default: str = "/") -> str:
    """Where a form asked to go on, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else default


def for_people_of(app: str) -> Callable[[PageView], Callable[..., HttpResponse]]:
    """A page of an app: for signed-in people who use it, in the workspace of their session."""

    def wrap(view: PageView) -> Callable[..., HttpResponse]:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            visitor = visitor_of(request)
            if visitor is None:
                return redirect("workspaces")
            if not visitor.uses(app):
                raise PermissionDenied(f"You are no user of {app} in {visitor.workspace}.")
            return view(request, visitor, *args, **kwargs)

        return never_cache(page)

    return wrap
