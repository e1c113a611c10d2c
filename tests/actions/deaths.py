"""What a death in the middle of many posts is tried on, made and read inside a house."""

from __future__ import annotations

from collections import Counter
from typing import Any

from accounts.rules import create_workspace
from accounts.serving.preparing import prepare
from actions.addresses import WORDS
from actions.models import Action, Entry, Performer, Wallet
from actions.rules.rewards import create_rule
from tests.actions.factories import make_performer
from tests.factories import NOON, make_key, make_member

POSTS, POINTS, SHARE = 1000, 3, 300_000


def make() -> dict[str, Any]:
    """A key, and two who do things: one enrolled the other, and a rule beside that of awards pays for it."""
    prepare(lambda sentence: None)
    workspace = create_workspace("wonderland", at=NOON)
    alice = make_member(workspace, "Alice")
    first = make_performer(alice)
    second = make_performer(make_member(workspace, "Bob"))
    Performer.objects.filter(pk=second.pk).update(enroller=first)
    says: dict[str, Any] = {"kind": "referrer_share", "percent": 10_000_000, "basis": "earned", "places": 6}
    create_rule(workspace, "share", "Share", actor=alice, at=NOON, **says)
    key = make_key(workspace, "actions", *WORDS, limit=1_000_000)
    return {"token": key[1], "performers": [first.pk, second.pk]}


def known() -> dict[str, Any]:
    """What the ledger knows: each post, what was paid for it, and what everybody has."""
    paid = Counter(Entry.objects.posted().values_list("action__external_id", "rule"))
    return {
        "posts": sorted(Action.objects.values_list("external_id", flat=True)),
        "paid": sorted([post, rule, times] for (post, rule), times in paid.items()),
        "balances": list(Wallet.objects.order_by("performer").values_list("posted", flat=True)),
    }
