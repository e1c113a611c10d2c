"""What a death in the middle of many posts is tried on, made, worked at and read inside a house."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from django.db import OperationalError, connection

from accounts.errors import Conflict
from accounts.models import Member
from accounts.rules import create_workspace
from accounts.serving.preparing import prepare
from actions.models import Action, ActionType, Entry, Performer, Wallet
from actions.rules.deeds import record_action
from actions.rules.rewards import create_rule
from tests.actions.factories import make_performer
from tests.factories import NOON, make_member

# As many at once as a server has threads; the others wait, as its callers do.
POSTS, AT_ONCE = 1000, 8
POINTS, SHARE = 3_000_000, 300_000


def make() -> None:
    """Two who do things, one of them enrolled by the other, and a rule beside that of awards."""
    prepare(lambda sentence: None)
    workspace = create_workspace("wonderland", at=NOON)
    alice = make_member(workspace, "Alice")
    first = make_performer(alice)
    second = make_performer(make_member(workspace, "Bob"))
    Performer.objects.filter(pk=second.pk).update(enroller=first)
    says: dict[str, Any] = {"kind": "referrer_share", "percent": 10_000_000, "basis": "earned", "places": 6}
    create_rule(workspace, "share", "Share", actor=alice, at=NOON, **says)


def post(number: int) -> None:
    """One award, told once however often it is posted; what is acknowledged is committed."""
    while not told(number):
        # SQLite let others go first for too long.
        connection.close()
    print(f"acknowledged {number}", flush=True)


def told(number: int) -> bool:
    """Whether it could be told; an external id that was told before is refused."""
    actor, award, performers = world()
    facts: dict[str, Any] = {"params": {"points": POINTS}, "external_id": f"post {number}", "at": NOON}
    facts |= {"title": f"Award {number}", "actor": actor, "performer": performers[number % 2]}
    try:
        record_action(actor.workspace, award, **facts)
    except Conflict:
        return True
    except OperationalError:
        return False
    return True


@cache
def world() -> tuple[Member, ActionType, list[Performer]]:
    """Who posts what, for whom."""
    actor = Member.objects.select_related("workspace").order_by("pk")[0]
    return actor, ActionType.objects.get(slug="award"), list(Performer.objects.order_by("pk"))


def post_all() -> None:
    """Every post, many at once."""
    world()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(post, range(POSTS)))


def known() -> dict[str, Any]:
    """What the ledger knows: each post, what was paid for it, and what everybody has."""
    paid = Counter(Entry.objects.posted().values_list("action__external_id", "rule"))
    return {
        "posts": sorted(Action.objects.values_list("external_id", flat=True)),
        "paid": sorted([post, rule, times] for (post, rule), times in paid.items()),
        "balances": list(Wallet.objects.order_by("performer").values_list("posted", flat=True)),
    }
