"""Whether a rule is about an action at all."""

from __future__ import annotations

from actions.models import Action, Detail, RuleVersion
from actions.rules.rewards.people import People
from actions.rules.rewards.usage import nth

# What is done there for points is paid there, and never again.
PAYS_ITSELF = "gamification"


def refused(version: RuleVersion, action: Action, detail: Detail, people: People) -> str:
    """Why a rule has nothing to say to an action; empty when it has."""
    if action.source == PAYS_ITSELF:
        return "paid_by_gamification"
    if version.type_id not in (None, action.type_id):
        return "other_type"
    if people.performer is None:
        return "unassigned"
    if version.starts_on is not None and action.day < version.starts_on:
        return "not_started"
    if version.tag and version.tag not in people.tags:
        return "tag_missing"
    return out_of_count(version, action, detail)


def out_of_count(version: RuleVersion, action: Action, detail: Detail) -> str:
    """Why it is not one of those of the period that the rule is about."""
    if version.count_from is None and version.count_to is None:
        return ""
    number = nth(action, detail, version)
    if number is None:
        return "counted_already"
    if version.count_from is not None and number < version.count_from:
        return "too_few"
    return "too_many" if version.count_to is not None and number > version.count_to else ""
