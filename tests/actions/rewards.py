"""Rules, and what they paid, for tests."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from accounts.models import Member
from actions.models import Action, ActionType, Entry, Performer, RewardRule
from actions.rules.deeds import record_action
from actions.rules.rewards import create_rule, set_rule_active
from tests.factories import NOON

UNIT = 1_000_000
_numbers = count(1)


def make_rule(member: Member, slug: str = "", *, at: datetime = NOON, **says: Any) -> RewardRule:
    """A rule that pays five points for anything, unless it says something else."""
    says.setdefault("kind", "fixed")
    if says["kind"] == "fixed":
        says.setdefault("amount", 5 * UNIT)
    if isinstance(says.get("type"), str):
        says["type"] = ActionType.objects.get(workspace=member.workspace, slug=says["type"])
    slug = slug or f"rule-{next(_numbers)}"
    return create_rule(member.workspace, slug, slug.title(), actor=member, at=at, **says)


def silence(rule: RewardRule, member: Member) -> None:
    """It pays no more."""
    set_rule_active(rule, False, actor=member, at=NOON)


def do(performer: Performer, member: Member, slug: str = "transaction", *, at: datetime = NOON, **facts: Any) -> Action:
    """Somebody does something, told through the API."""
    kind = ActionType.objects.get(workspace=member.workspace, slug=slug)
    told: dict[str, Any] = {"title": "Something", "actor": member, "performer": performer} | facts
    return record_action(member.workspace, kind, at=at, **told)


def paid(action: Action | None = None, *, unit: int = UNIT) -> list[tuple[str, str, float]]:
    """Rule, whose wallet and how much, in the order of writing; those posted and those that wait."""
    rows = Entry.objects.exclude(status="voided").filter(**{"action": action} if action else {}).order_by("pk")
    return [
        (row.rule, str(row.wallet.performer), row.amount / unit) for row in rows.select_related("wallet__performer")
    ]
