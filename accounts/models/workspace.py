"""The tenant, its clock and its counters, and the base of every row that belongs to one."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction

from accounts.clock import MICROSECOND, real_now, unique_now
from accounts.ids import ULIDField, ulid_text

if TYPE_CHECKING:
    from accounts.callers import Caller


def validate_time_zone(name: str) -> None:
    """Refuse what is not an IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Use an IANA name such as Europe/Zurich.", code="invalid")


validate_slug = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])\Z",
    "A slug is 2 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.",
)


class Workspace(models.Model):
    """The tenant: every row of every app belongs to one, and no request sees two."""

    slug = models.CharField(max_length=63, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(max_length=16, default="en")
    created_at = models.DateTimeField(editable=False)
    clock_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    clock_ahead = models.DurationField(default=timedelta, editable=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Where its days and weeks begin."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def now(self) -> datetime:
        """Domain time, read afresh: the real time unless somebody stopped or forwarded this workspace's clock."""
        clock = Workspace.objects.values_list("clock_stopped_at", "clock_ahead")
        stopped_at, ahead = clock.get(pk=self.pk)
        return stopped_at or real_now() + ahead

    def tick(self) -> datetime:
        """The domain time of one write: later than any other, even while the clock stands."""
        stopped_at, ahead = Workspace.objects.values_list("clock_stopped_at", "clock_ahead").get(pk=self.pk)
        return unique_now() + ahead if stopped_at is None else self._nudge()

    @transaction.atomic
    def _nudge(self) -> datetime:
        row = Workspace.objects.select_for_update().get(pk=self.pk)
        at: datetime = (row.clock_stopped_at or row.now()) + MICROSECOND
        Workspace.objects.filter(pk=self.pk, clock_stopped_at__isnull=False).update(clock_stopped_at=at)
        return at


class WorkspaceQuerySet(models.QuerySet[Any]):
    """Questions every tenant row answers."""

    def visible_to(self, caller: Caller) -> Self:
        """The rows a caller may know of; everything else is a 404 to it."""
        return self.filter(workspace=caller.workspace_id)

    def of(self, workspace: Workspace | int) -> Self:
        """The rows of one workspace."""
        return self.filter(workspace=workspace)


class WorkspaceModel(models.Model):
    """A row that belongs to one workspace and points to nothing of another."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_strangers(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def refuse_strangers(self, names: Any = None) -> None:
        """Refuse a parent of another workspace; `names` limits the look to fields about to be written."""
        everything = names is None or not {"workspace", "workspace_id"}.isdisjoint(names)
        for field in self._meta.concrete_fields:
            if not field.is_relation or not issubclass(field.related_model, WorkspaceModel):  # type: ignore[arg-type]
                continue
            if not everything and field.name not in names and field.attname not in names:
                continue
            parent = getattr(self, field.name)
            if parent is not None and parent.workspace_id != self.workspace_id:
                raise ValidationError({field.name: ValidationError("There is no such row.", code="invalid_value")})


class ULIDModel(WorkspaceModel):
    """A tenant row whose primary key is a ULID, minted from the time it was created."""

    id = ULIDField(primary_key=True, editable=False)

    class Meta:
        abstract = True

    @property
    def ulid(self) -> str:
        """The id as clients read it."""
        return ulid_text(self.id)


class Counter(WorkspaceModel):
    """A number that only rises, per workspace and name; its row lock orders those who draw from it."""

    name = models.CharField(max_length=40)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="counter_name")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    @classmethod
    def draw(cls, workspace: Workspace | int, name: str) -> int:
        """The next number; the row stays locked until the caller's transaction ends."""
        return cls._raise(workspace, name, by=1)

    @classmethod
    def lock(cls, workspace: Workspace | int, name: str) -> int:
        """The last number drawn; nobody else draws one until the caller's transaction ends."""
        return cls._raise(workspace, name, by=0)

    @classmethod
    @transaction.atomic(savepoint=False)
    def _raise(cls, workspace: Workspace | int, name: str, *, by: int) -> int:
        rows = cls.objects.of(workspace).filter(name=name)
        if not rows.update(value=models.F("value") + by):
            pk = workspace if isinstance(workspace, int) else workspace.pk
            cls.objects.bulk_create([cls(workspace_id=pk, name=name)], ignore_conflicts=True)
            rows.update(value=models.F("value") + by)
        return int(rows.values_list("value", flat=True).get())
