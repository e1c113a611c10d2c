"""Humans: one member per workspace, and the login she may have across workspaces."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from accounts.columns import Hex
from accounts.ids import ULIDField, new_oid, ulid_text
from accounts.models.workspace import Workspace, WorkspaceModel, WorkspaceQuerySet, validate_time_zone
from accounts.texts import fold

APPS = ("incidents", "cadences", "analytics", "gamification", "actions")


def fold_email(email: str) -> str:
    """An address as it is compared: NFKC, casefolded, without surrounding space."""
    return fold(email).strip()


class UserManager(BaseUserManager["User"]):
    """Logins by e-mail."""

    def create_user(self, email: str, password: str | None = None, **facts: Any) -> User:
        """A login; without a password nobody can use it until one is set."""
        user = self.model(email=fold_email(email), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts: Any) -> User:
        """A login that sees every workspace."""
        return self.create_user(email, password, is_superuser=True, **facts)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=fold_email(email or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """Only a login; who she is in a workspace is her member there."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField("active", default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_staff(self) -> bool:
        """Django's word for who may open the admin: who administers some workspace."""
        return self.is_superuser or self.members.administrators().exists()

    def clean(self) -> None:
        self.email = fold_email(self.email)


class MemberQuerySet(WorkspaceQuerySet):
    """Questions about the people of a workspace."""

    def active(self) -> Self:
        """People who still belong."""
        return self.filter(active=True)

    def of_app(self, app: str) -> Self:
        """People who use one of the five apps; that app lists no others."""
        return self.filter(**{f"uses_{app}": True})

    def rows(self) -> models.QuerySet[Any, Any]:
        """What APIs show of people, the id first."""
        return self.values_list(Hex("uid"), "name", "role", "email", "slack_user_id", "active")

    def including_inactive(self, wanted: bool) -> Self:
        """Those who left too, when wanted."""
        return self if wanted else self.active()

    def with_email(self, email: str) -> Self:
        """Whoever has an address, in whatever case it is written."""
        return self.filter(email=fold_email(email))

    def with_slack_user_id(self, slack_user_id: str) -> Self:
        """Whoever is known to Slack by an id."""
        return self.filter(slack_user_id=slack_user_id)

    def administrators(self) -> Self:
        """People who may change how a workspace is set up."""
        return self.active().filter(role__in=[Member.Role.OWNER, Member.Role.ADMIN])


class Member(WorkspaceModel):
    """One human in one workspace: what every vendor calls a user."""

    class Role(models.TextChoices):
        OWNER = "owner"
        ADMIN = "admin"
        MEMBER = "member"
        VIEWER = "viewer"

    id = models.BigAutoField(primary_key=True)
    uid = ULIDField("ULID", unique=True, editable=False)
    oid = models.CharField("object id", max_length=24, unique=True, default=new_oid, editable=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name="login")
    name = models.CharField(max_length=200)
    email = models.EmailField(null=True, blank=True)
    slack_user_id = models.CharField("Slack user id", max_length=40, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    language = models.CharField(max_length=16, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(editable=False)
    uses_incidents = models.BooleanField("uses incidents", default=True)
    uses_cadences = models.BooleanField("uses cadences", default=True)
    uses_analytics = models.BooleanField("uses analytics", default=True)
    uses_gamification = models.BooleanField("uses gamification", default=True)
    uses_actions = models.BooleanField("uses actions", default=True)

    objects = MemberQuerySet.as_manager()

    actor_kind = "member"

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "email"], name="member_email"),
            models.UniqueConstraint(fields=["workspace", "user"], name="member_user"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "admin", "member", "viewer"]), name="member_role_known"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "name", "id"], name="member_name"),
            models.Index(fields=["workspace", "uid"], name="member_uid"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ulid(self) -> str:
        """Her id as incident.io's clients read it."""
        return ulid_text(self.uid)

    @property
    def member(self) -> Member:
        """Herself: an actor that is a member."""
        return self

    @property
    def actor_id(self) -> UUID:
        """How she is named where an actor is written down."""
        return self.uid

    def uses(self, app: str) -> bool:
        """Whether an app lists her among its users."""
        return bool(getattr(self, f"uses_{app}"))

    def clean(self) -> None:
        self.email = fold_email(self.email) if self.email else None


def member_workspaces(user: User) -> models.QuerySet[Workspace]:
    """Where a login may go."""
    if user.is_superuser:
        return Workspace.objects.all()
    return Workspace.objects.filter(pk__in=user.members.active().values("workspace"))
