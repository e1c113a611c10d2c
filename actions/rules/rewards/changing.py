"""Rules made and changed; each change is a new version, so what was paid keeps its price."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.callers import Actor
from accounts.models import Workspace
from actions.amounts import LARGEST, check_currency
from actions.models import RewardRule, RuleVersion
from actions.rules.faults import Faults
from actions.rules.numbers import hold_numbers
from actions.rules.rewards.in_force import stamp_rules
from actions.rules.rewards.people import DEEPEST
from actions.rules.rewards.shares import step

Kind = RuleVersion.Kind
SAYS = (
    "type", "kind", "currency", "places", "amount", "percent", "basis", "levels", "frequency", "grace_days",
    "starts_on", "tag", "count_from", "count_to", "count_period", "cap_amount", "cap_count", "cap_period",
)  # fmt: skip
MOST_GRACE = 365


@transaction.atomic
def create_rule(
    workspace: Workspace, slug: str, name: str, *, actor: Actor, at: datetime, active: bool = True, **says: Any
) -> RewardRule:
    """A rule and its first version."""
    hold_numbers(workspace.pk)
    rule = RewardRule(workspace=workspace, slug=slug, name=name, active=active, created_at=at)
    rule.full_clean()
    rule.save(force_insert=True)
    _write_version(rule, 1, says, actor=actor, at=at)
    return rule


@transaction.atomic
def change_rule(rule: RewardRule, *, actor: Actor, at: datetime, name: str | None = None, **says: Any) -> RewardRule:
    """Let a rule say something else from now on; what says the same is no change."""
    hold_numbers(rule.workspace_id)
    rule = RewardRule.objects.select_for_update().get(pk=rule.pk)
    if name is not None and name != rule.name:
        rule.name = name
        rule.full_clean()
        rule.save(update_fields=["name"])
        stamp_rules(rule.workspace_id)
    current = says_of(rule.versions.get(number=rule.version))
    if current | says != current:
        rule.version += 1
        rule.save(update_fields=["version"])
        _write_version(rule, rule.version, current | says, actor=actor, at=at)
    return rule


@transaction.atomic
def set_rule_active(rule: RewardRule, active: bool, *, actor: Actor, at: datetime) -> RewardRule:
    """Let a rule pay, or not."""
    hold_numbers(rule.workspace_id)
    rule = RewardRule.objects.select_for_update().get(pk=rule.pk)
    if rule.active != active:
        rule.active = active
        rule.save(update_fields=["active"])
        stamp_rules(rule.workspace_id)
    return rule


def says_of(version: RuleVersion) -> dict[str, Any]:
    """All that a version says."""
    return {name: getattr(version, name) for name in SAYS}


def _write_version(rule: RewardRule, number: int, says: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    if unknown := says.keys() - set(SAYS):
        raise TypeError(f"No rule says {', '.join(sorted(unknown))}.")
    version = RuleVersion(workspace=rule.workspace, rule=rule, number=number, created_at=at, **says).act(actor)
    _check(version)
    version.save(force_insert=True)
    stamp_rules(rule.workspace_id)


def _check(version: RuleVersion) -> None:
    faults = Faults()
    with faults.of():
        version.full_clean(exclude=["workspace", "rule"], validate_constraints=False)
    if not faults.by_name:
        _check_sense(version, faults)
    faults.refuse()


def _check_sense(version: RuleVersion, faults: Faults) -> None:
    with faults.of():
        check_currency(version.currency)
    if version.type is not None and version.type.workspace_id != version.workspace_id:
        faults.add("type", "There is no such type.", "invalid_value")
    if version.places > 6:
        faults.add("places", "At most six digits after the point are kept.")
    if version.grace_days > MOST_GRACE:
        faults.add("grace_days", f"At most {MOST_GRACE} days.")
    for name in ("amount", "percent", "cap_amount", "cap_count", "count_from", "count_to"):
        value = getattr(version, name)
        if value is not None and not 0 < value <= LARGEST:
            faults.add(name, "This is more than nothing.")
    if version.count_from and version.count_to and version.count_from > version.count_to:
        faults.add("count_to", "The last comes after the first.")
    if not faults.by_name:
        _CHECKS[Kind(version.kind)](version, faults)


def _check_fixed(version: RuleVersion, faults: Faults) -> None:
    if version.amount is None:
        faults.add("amount", "How much?", "required")
    elif version.amount % step(version.places):
        faults.add("amount", "The amount has more digits after the point than are paid.")


def _check_percentage(version: RuleVersion, faults: Faults) -> None:
    _check_share(version, faults)
    if version.basis != RuleVersion.Basis.VALUE:
        faults.add("basis", "What is earned cannot be a part of what is earned.")


def _check_share(version: RuleVersion, faults: Faults) -> None:
    if version.percent is None:
        faults.add("percent", "How many percent?", "required")


def _check_levels(version: RuleVersion, faults: Faults) -> None:
    levels = version.levels
    if not isinstance(levels, list) or not all(_is_percent(level) for level in levels):
        faults.add("levels", "A list of millionths of a percent.")
    elif not any(levels) or len(levels) > DEEPEST:
        faults.add("levels", f"One to {DEEPEST} generations, of which one gets something.", "required")


def _is_percent(level: object) -> bool:
    return isinstance(level, int) and not isinstance(level, bool) and 0 <= level <= LARGEST


def _check_nothing(version: RuleVersion, faults: Faults) -> None:
    """The action names what is paid."""


_CHECKS = {
    Kind.FIXED: _check_fixed,
    Kind.PERCENTAGE: _check_percentage,
    Kind.VERBATIM: _check_nothing,
    Kind.REFERRER_SHARE: _check_share,
    Kind.GENERATION_BONUS: _check_levels,
}
