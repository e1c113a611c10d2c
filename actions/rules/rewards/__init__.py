"""Reward rules: what is paid for which action, when, to whom, and why or why not."""

from __future__ import annotations

from actions.rules.rewards.changing import change_rule, create_rule, set_rule_active
from actions.rules.rewards.paying import pay
from actions.rules.rewards.trying import Trial, dry_run

__all__ = ["Trial", "change_rule", "create_rule", "dry_run", "pay", "set_rule_active"]
