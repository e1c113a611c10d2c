"""Questions that several nouns of incidents answer alike."""

from __future__ import annotations

from typing import Any, Self

from accounts.clock import Period
from accounts.columns import Hex
from accounts.ids import first_ulid, last_ulid
from accounts.models import WorkspaceQuerySet

# Fewer than a statement may have parameters.
FEW = 800


def person(path: str) -> tuple[Any, ...]:
    return (
        Hex(f"{path}__uid"),
        f"{path}__name",
        f"{path}__role",
        f"{path}__email",
        f"{path}__slack_user_id",
    )


class PeriodQuerySet(WorkspaceQuerySet):
    """Rows with a ULID that were created, and changed, at some time."""

    def created_at(self, period: Period) -> Self:
        """Rows created in a period."""
        return self.filter(**self.created_at_lookups(period))

    def updated_at(self, period: Period) -> Self:
        """Rows last changed in a period."""
        return self.filter(**self.updated_at_lookups(period))

    @staticmethod
    def created_at_lookups(period: Period) -> dict[str, Any]:
        """An id begins with the time it was made at, so a period is a range of ids."""
        lookups = {}
        if period.since:
            lookups["pk__gte"] = first_ulid(period.since)
        if period.until:
            lookups["pk__lte"] = last_ulid(period.until)
        return lookups

    @staticmethod
    def updated_at_lookups(period: Period) -> dict[str, Any]:
        """The ends of a period, where it has them."""
        ends = {"updated_at__gte": period.since, "updated_at__lte": period.until}
        return {lookup: at for lookup, at in ends.items() if at}

    def few_first(self) -> Self:
        """
        The same rows: when they are few they are looked up before they are put in order.

        Lists are ordered by id, and a sync would walk the whole table by it to find what changed an hour ago.
        """
        # Ids, not a sub-query: PostgreSQL would turn that into a walk again when it guesses wrong.
        changed = self.order_by("updated_at")
        if [*changed.values_list("updated_at")[FEW : FEW + 1]]:
            return self
        found = tuple(changed.values_list("pk", flat=True))
        return self.filter(pk__in=found) if found else self.none()
