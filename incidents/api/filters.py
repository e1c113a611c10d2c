"""incident.io's query parameters, in its order."""

from __future__ import annotations

from typing import Any

from accounts.api.filters import (
    ChoiceFilter,
    FilterSet,
    SizeParameter,
    TimeFilter,
    UlidFilter,
    UlidParameter,
)
from incidents.models import Mode


class ActionFilterV2(FilterSet):
    """Query parameters of `GET /v2/actions`."""

    incident_id = UlidFilter("of_incident")
    incident_mode = ChoiceFilter(Mode.values, "in_mode", absent="real")


class ActionFilterV3(FilterSet):
    """Query parameters of `GET /v3/actions`."""

    page_size = SizeParameter(most=250)
    after = UlidParameter()
    incident_id = UlidFilter("of_incident")
    incident_mode = ChoiceFilter(Mode.values, "in_mode", absent="real")
    created_at = TimeFilter()
    updated_at = TimeFilter()

    def apply(self, queryset: Any) -> Any:
        """Narrow; changes of all incidents are looked up where they are few."""
        rows: Any = super().apply(queryset)
        everywhere = "updated_at" in self.values and "incident_id" not in self.values
        return rows.few_first() if everywhere else rows
