"""The rules in force, kept in memory from one change of them to the next."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from django.db.models import F

from accounts.models import Counter
from actions.models import RuleVersion
from actions.rules.numbers import RULES

REMEMBERED = 1000
_kept: OrderedDict[int, tuple[int, list[RuleVersion]]] = OrderedDict()


def rules_in_force(workspace: int, stamp: int | None) -> list[RuleVersion]:
    """What the rules of a workspace say as of a stamp, which was read under the ledger's lock."""
    if stamp is None:
        return []
    kept = _kept.get(workspace)
    if kept is None or kept[0] != stamp:
        kept = stamp, read_rules(workspace)
        _kept[workspace] = kept
        while len(_kept) > REMEMBERED:
            _kept.popitem(last=False)
    return kept[1]


def read_rules(workspace: int) -> list[RuleVersion]:
    """Those that pay, by their slug."""
    return list(RuleVersion.objects.of(workspace).in_force().select_related("rule").order_by("rule__slug"))


def stamp_rules(workspace: int) -> None:
    """The rules changed. Nobody stamped alike before, not even in a transaction that was undone."""
    rows = Counter.objects.of(workspace).filter(name=RULES)
    if not rows.update(value=F("value") + 1 + secrets.randbits(40)):
        Counter.objects.bulk_create([Counter(workspace_id=workspace, name=RULES, value=secrets.randbits(40))])
