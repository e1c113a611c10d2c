"""Change lists that stay quick on large tables and show only this workspace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst

from accounts.ids import first_ulid

if TYPE_CHECKING:
    from accounts.admin.base import WorkspaceAdmin

    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

MOST_COUNTED = 10_000
LONGEST_SIDE_LIST = 100


class CappedPaginator(AnyPaginator):
    """Counts no further than anybody pages."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count()) if isinstance(rows, QuerySet) else len(rows)


class CappedChangeList(ChangeList):
    """Is called as its rows are, and knows whether its count is the whole truth."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(capfirst(self.opts.verbose_name_plural))

    @property
    def counted(self) -> str:
        """How many rows there are, as far as they were counted."""
        return f"more than {MOST_COUNTED:,}" if self.result_count > MOST_COUNTED else f"{self.result_count:,}"


class NeighbourFilter(RelatedFieldListFilter):
    """A side list of related rows: those of this workspace, and not without end."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        related = model_admin.admin_site.get_model_admin(field.remote_field.model)
        return [(row.pk, str(row)) for row in related.get_queryset(request)[:LONGEST_SIDE_LIST]]


# Whoever names a foreign key in `list_filter` gets this one, and cannot forget to.
FieldListFilter.register(lambda field: bool(field.remote_field), NeighbourFilter, take_priority=True)


class PeriodFilter(admin.SimpleListFilter):
    """The last days by the workspace's own clock; a range of an index, unlike Django's date hierarchy."""

    title: Any = "time"
    parameter_name = "within"
    column: ClassVar[str] = "created_at"
    PERIODS: ClassVar[dict[str, tuple[str, timedelta]]] = {
        "hour": ("last hour", timedelta(hours=1)),
        "day": ("last 24 hours", timedelta(days=1)),
        "week": ("last 7 days", timedelta(days=7)),
        "month": ("last 30 days", timedelta(days=30)),
        "year": ("last 365 days", timedelta(days=365)),
    }

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: WorkspaceAdmin) -> None:
        super().__init__(request, params, model, model_admin)
        self.workspace = model_admin.visitor(request).workspace

    def now(self) -> datetime:
        """By whose clock."""
        return self.workspace.now()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, label) for word, (label, _) in self.PERIODS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        period = self.PERIODS.get(self.value() or "")
        if period is None:
            return queryset
        since: Any = self.now() - period[1]
        # A ULID begins with its time, and is what such rows are indexed by.
        return queryset.filter(**{f"{self.column}__gte": first_ulid(since) if self.column == "id" else since})


def within(column: str) -> type[PeriodFilter]:
    """A period filter over a time column, or over the ULIDs that begin with one."""
    return type("Within", (PeriodFilter,), {"column": column})
