"""What the rules would pay for an action, without recording it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Workspace
from actions.models import Action, ActionType, Detail, Performer, RewardRule, RuleVersion
from actions.rules.rewards.pricing import PAID, Line, Pricing
from actions.rules.settlements import settled_until


class Trial(NamedTuple):
    """What a rule would pay somebody, or why nothing; an amount is in millionths."""

    rule: RewardRule
    version: int
    performer: Performer | None
    amount: int
    currency: str
    pays: bool
    why: str
    settles_at: datetime | None
    computed_from: dict[str, Any]

    @property
    def sentence(self) -> str:
        """Why, as people read it."""
        return WHY.get(self.why, self.why)


WHY = {
    PAID: "It pays.",
    "inactive": "The rule is switched off.",
    "paid_by_gamification": "What is done in gamification is paid there alone.",
    "other_type": "The rule is about another type of action.",
    "unassigned": "Nobody is known to have done it.",
    "not_started": "The rule starts later.",
    "tag_missing": "Whoever did it does not have the tag.",
    "counted_already": "The same was counted before in this period.",
    "too_few": "It is not yet the how-manieth the rule pays from.",
    "too_many": "It is beyond the how-manieth the rule pays up to.",
    "no_points": "The action names no points.",
    "no_value": "The action has no value.",
    "nothing_earned": "Whoever did it earns nothing of which to share.",
    "no_referrer": "Nobody referred it, and nobody enrolled whoever did it.",
    "no_enroller": "Nobody enrolled whoever did it.",
    "comes_to_nothing": "What it comes to is less than the least that is paid.",
    "cap_reached": "The cap of the period is reached.",
    "erased": "She was erased.",
    "machine": "Machines never earn.",
    "banned": "She is banned.",
}


def dry_run(
    workspace: Workspace,
    type: ActionType,
    *,
    performer: Performer | None,
    at: datetime,
    referrer: Performer | None = None,
    taken_at: datetime | None = None,
    params: Mapping[str, Any] | None = None,
    source: str = "api",
) -> list[Trial]:
    """What every rule of the workspace would pay for an action recorded now, and why or why not; nothing is written."""
    moment = taken_at or at
    action = Action(
        workspace=workspace,
        source=source,
        type=type,
        performer=performer,
        referrer=referrer,
        taken_at=moment,
        day=moment.astimezone(workspace.zone).date(),
        params=dict(params or {}),
        value=(params or {}).get("value"),
    )
    versions = list(current_versions(workspace))
    active = [version for version in versions if version.rule.active]
    now = max(at, settled_until(workspace.pk) or at)
    lines = Pricing(action, Detail(subject_id=""), active, zone=workspace.zone, at=now).lines()
    off = [Line(version, None, 0, "inactive", None, {}) for version in versions if not version.rule.active]
    return sorted((trial(line) for line in [*lines, *off]), key=lambda one: one.rule.slug)


def current_versions(workspace: Workspace) -> Any:
    """What each rule says now, switched off or not."""
    rows = RuleVersion.objects.of(workspace).select_related("rule").order_by("rule__slug")
    return (version for version in rows if version.number == version.rule.version)


def trial(line: Line) -> Trial:
    """A line, told to people."""
    version = line.version
    settles_at = line.place.settles_at if line.place else None
    facts = (line.amount, version.currency, line.why == PAID, line.why, settles_at, line.computed_from)
    return Trial(version.rule, version.number, line.performer, *facts)
