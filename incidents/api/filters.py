"""incident.io's query parameters, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.api.filters import (
    ChoiceFilter,
    Filter,
    FilterSet,
    Misunderstood,
    SizeParameter,
    TimeFilter,
    UlidFilter,
    UlidParameter,
)
from accounts.ids import parse_ulid, ulid_text
from incidents.models import Incident, IncidentStatus, Mode, RoleAssignment, Severity

NOWHERE = parse_ulid("00000000000000000000000000")


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


class TeamFilter(Filter):
    """The id of a team; no workspace has one yet, so it finds nothing."""

    def read(self, operator: str, values: list[str]) -> str:
        return self.one(values)

    def apply(self, queryset: Any, value: Any) -> Any:
        return queryset.none()


class FollowUpFilterV2(ActionFilterV2):
    """Query parameters of `GET /v2/follow_ups`."""

    assignee_team_id = TeamFilter()


class FollowUpFilterV3(ActionFilterV3):
    """Query parameters of `GET /v3/follow_ups`."""

    assignee_team_id = TeamFilter()


class Text(Filter):
    """Any string."""

    def read(self, operator: str, values: list[str]) -> str:
        return self.one(values).replace("\x00", "\ufffd")


class Switch(Filter):
    """True or false."""

    schema: Mapping[str, Any] = {"type": "boolean"}

    def read(self, operator: str, values: list[str]) -> bool:
        word = self.one(values)
        if word not in ("true", "false"):
            raise Misunderstood("must be true or false")
        return word == "true"


class ActionFilterV1(FilterSet):
    """Query parameters of `GET /v1/actions`; `is_follow_up` chooses the table."""

    incident_id = UlidFilter("of_incident")
    is_follow_up = Switch("all_of_them")
    incident_mode = ChoiceFilter(["real", "test", "tutorial"], "in_v1_mode", absent="real")


class UserFilter(FilterSet):
    """Query parameters of `GET /v2/users`."""

    email = Text("with_email")
    slack_user_id = Text("with_slack_user_id")
    include_inactive = Switch("including_inactive", absent="active")
    page_size = SizeParameter(most=10_000)
    after = UlidParameter()


class UpdateFilter(FilterSet):
    """Query parameters of `GET /v2/incident_updates`."""

    incident_id = UlidFilter("of_incident")
    page_size = SizeParameter(most=250)
    after = UlidParameter()


class Word(ChoiceFilter):
    """One of a closed set of words that is used otherwise than to narrow."""

    def __init__(self, choices: list[str], *, default: str = "") -> None:
        super().__init__(choices)
        self.schema = {**self.schema, "default": default} if default else self.schema

    def apply(self, queryset: Any, value: Any) -> Any:
        return queryset


class Listed(Filter):
    """Operators with one or many values each; every operator is a condition of its own."""

    operators: ClassVar[tuple[str, ...]] = ("one_of", "not_in")
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    }

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def read(self, operator: str, values: list[str]) -> Any:
        return {operator: tuple(dict.fromkeys(self.value(value) for value in values))}

    def value(self, text: str) -> Any:
        """One value; an id that names nothing is one that no row has."""
        return parse_ulid(text) or NOWHERE

    def conditions(self, value: dict[str, Any]) -> list[dict[str, Any] | Q]:
        """What each operator asks; lookups where a sketch can note them."""
        return [self.condition(operator, values) for operator, values in value.items()]

    def condition(self, operator: str, values: tuple[Any, ...]) -> dict[str, Any] | Q:
        """What one operator asks."""
        wanted = {f"{self.column}__in": values}
        return wanted if operator == "one_of" else ~Q(**wanted)


class Categories(Listed):
    """Categories of statuses, by either of their names."""

    ALIASES = {"active": "live", "post-incident": "learning"}

    def value(self, text: str) -> Any:
        name = self.ALIASES.get(text, text)
        if name not in IncidentStatus.Category.values:
            raise Misunderstood(f"must be of {', '.join(IncidentStatus.Category.values)}")
        return name


class Severities(Listed):
    """Severities by id, or by rank from one or up to one."""

    operators = ("one_of", "not_in", "gte", "lte")

    def read(self, operator: str, values: list[str]) -> Any:
        if operator in ("gte", "lte"):
            return {operator: self.value(self.one(values))}
        return super().read(operator, values)

    def condition(self, operator: str, values: Any) -> dict[str, Any] | Q:
        if operator in ("one_of", "not_in"):
            return super().condition(operator, values)
        same = Severity.objects.filter(pk=values, workspace=OuterRef("workspace"))
        return Q(**{f"severity__rank__{operator}": Subquery(same.order_by().values("rank"))})


class Modes(Listed):
    """Modes of incidents."""

    operators = ("one_of",)

    def value(self, text: str) -> Any:
        if text not in Mode.values:
            raise Misunderstood(f"must be of {', '.join(Mode.values)}")
        return text


class Roles(Listed):
    """`[ROLE_ID][one_of]=user`, `[ROLE_ID][is_set]` and `[ROLE_ID][is_blank]`."""

    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    }
    # Each stands behind the id of a role.
    operators = ("one_of", "is_set", "is_blank")

    def takes(self, operator: str) -> bool:
        """A role and what is asked of it."""
        role, _, inner = operator.partition("][")
        return parse_ulid(role) is not None and inner in self.operators

    def read(self, operator: str, values: list[str]) -> Any:
        role, _, inner = operator.partition("][")
        if inner == "one_of":
            wanted: Any = tuple(dict.fromkeys(parse_ulid(value) or NOWHERE for value in values))
        elif (word := self.one(values)) in ("true", "false"):
            wanted = (word == "true") == (inner == "is_set")
        else:
            raise Misunderstood("must be true or false")
        return {(parse_ulid(role), inner): wanted}

    def condition(self, operator: Any, values: Any) -> dict[str, Any] | Q:
        role, inner = operator
        held = RoleAssignment.objects.filter(workspace=OuterRef("workspace"), incident=OuterRef("pk"), role=role)
        if inner == "one_of":
            return Q(Exists(held.filter(assignee__uid__in=values)))
        return Q(Exists(held)) if values else ~Q(Exists(held))


class IncidentFilter(FilterSet):
    """Query parameters of `GET /v2/incidents`."""

    page_size = SizeParameter(most=500)
    after = UlidParameter()
    sort_by = Word(["created_at_newest_first", "created_at_oldest_first"], default="created_at_newest_first")
    filter_mode = Word(["all", "any"])
    status = Listed("status")
    status_category = Categories("status__category")
    created_at = TimeFilter()
    updated_at = TimeFilter()
    severity = Severities("severity")
    incident_type = Listed("type")
    incident_role = Roles("roles")
    mode = Modes("mode")

    # What `filter_mode` puts together; the mode always narrows.
    TOGETHER = ("status", "status_category", "created_at", "updated_at", "severity", "incident_type", "incident_role")

    def know_roles(self, roles: Any) -> None:
        """A role the workspace does not have is no parameter: asking who has it not would find everything."""
        asked = self.values.get("incident_role", {})
        if known := {role for role, _ in asked}:
            known &= {*roles.filter(pk__in=known).values_list("pk", flat=True)}
        for role, operator in asked:
            if role not in known:
                self._refuse(f"incident_role[{ulid_text(role)}][{operator}]", "names no role of this workspace")

    def apply(self, queryset: Any) -> Any:
        """Narrow by every condition, or by any."""
        self.refuse()
        rows = queryset.filter(mode__in=self.values["mode"]["one_of"]) if "mode" in self.values else queryset.real()
        conditions = [one for name in self.TOGETHER if name in self.values for one in self.conditions(name)]
        if self.values.get("filter_mode") == "any" and conditions:
            return rows.filter(reduce(or_, (one if isinstance(one, Q) else Q(**one) for one in conditions)))
        for one in conditions:
            rows = rows.filter(one) if isinstance(one, Q) else rows.filter(**one)
        return rows

    def conditions(self, name: str) -> list[dict[str, Any] | Q]:
        """What one parameter asks."""
        chosen, value = self.filters[name], self.values[name]
        if isinstance(chosen, Listed):
            return chosen.conditions(value)
        lookups = getattr(Incident.objects, f"{name}_lookups")(value)
        return [lookups] if lookups else []

    def oldest_first(self) -> bool:
        """Whether the order is reversed."""
        return bool(self.values.get("sort_by") == "created_at_oldest_first")
