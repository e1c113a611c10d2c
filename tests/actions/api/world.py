"""Things in a workspace that differ in everything clients can ask about."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from accounts.models import Member
from actions.models import ActionType, Competition, Performer
from actions.rules.banning import ban_performer, tag_performer
from actions.rules.competitions import create_competition
from actions.rules.deeds import cancel_action, record_action
from actions.rules.people import create_performer
from actions.rules.rewards import create_rule
from actions.rules.teams import create_team, join_team
from actions.rules.transactions import cancel_transaction, create_transaction
from tests.actions.boards import make_board
from tests.actions.factories import make_performer
from tests.factories import NOON

DAY = timedelta(days=1)
UNIT = 1_000_000


def make_things(member: Member) -> SimpleNamespace:
    """Three people, a team, four actions a day apart, wallets and movements in every state."""
    its = member.workspace
    doing: dict[str, Any] = {"actor": member, "at": NOON}
    ada = make_performer(member)
    facts: dict[str, Any] = {"email": "bea@y.example", "country": "PL", "active": True, "first_name": "Bea", **doing}
    bea = create_performer(its, referrer=ada, **facts | {"at": NOON + DAY})
    cyd = create_performer(its, **{**facts, "email": "cyd@y.example", "country": "DE", "first_name": "Cyd"})
    Performer.objects.filter(pk=cyd.pk).update(activated_at=None)
    cyd = ban_performer(Performer.objects.get(pk=cyd.pk), actor=member, at=NOON + DAY)
    tag_performer(bea, "vip", **doing)
    team = create_team(its, name="Red", at=NOON)
    create_team(its, name="Blue", at=NOON)
    join_team(bea, team, at=NOON)
    types = {one.slug: one for one in ActionType.objects.of(its)}
    ActionType.objects.filter(pk=types["award"].pk).update(active=False)
    make_board(member, "things", metric="count")
    doers = [ada, bea, bea, ada]
    deeds = [deed(member, types, number, who, None if number else bea) for number, who in enumerate(doers)]
    cancel_action(deeds[3], actor=member, at=NOON + 5 * DAY)
    moves = movements(member, ada, bea)
    pay_flat(member, types["transaction"])
    paid = deed(member, types, 0, ada, None)
    race: dict[str, Any] = {"ends_at": NOON + 9 * DAY, "at": NOON}
    create_competition(its, name="Race", starts_at=NOON + DAY, **race)
    create_competition(its, name="Again", starts_at=NOON + 2 * DAY, **race | {"ends_at": NOON + 8 * DAY})
    Competition.objects.filter(name="Race").update(status=Competition.Status.OPEN)
    return SimpleNamespace(ada=ada, bea=bea, cyd=cyd, team=team, deeds=deeds, moves=moves, types=types, paid=paid.pk)


def deed(member: Member, types: dict[str, ActionType], number: int, who: Any, referrer: Any) -> Any:
    """One action, unlike the others."""
    return record_action(
        member.workspace,
        types["event" if number == 1 else "transaction"],
        title=f"Deed {number}",
        actor=member,
        at=NOON + number * DAY,
        performer=who,
        referrer=referrer,
        params={} if number == 1 else {"value": (number + 1) * UNIT},
        source="shop" if number == 2 else "api",
        external_id=f"order-{number}" if number else None,
    )


def pay_flat(member: Member, type_: ActionType) -> None:
    """Five points from now on for each action of a type."""
    create_rule(member.workspace, "flat", "Flat", kind="fixed", type=type_, amount=5 * UNIT, actor=member, at=NOON)


def movements(member: Member, ada: Performer, bea: Performer) -> list[Any]:
    """Given, spent, held and voided."""
    said: list[tuple[Performer, str, int, dict[str, Any]]] = [
        (ada, "add", 50, {"realized": True}),
        (ada, "sub", 20, {"realized": False}),
        (bea, "add", 7, {"realized": True, "currency": "EUR"}),
        (bea, "add", 9, {"realized": False}),
        (bea, "add", 3, {"realized": True, "currency": "XP.knowledge"}),
    ]
    made = [
        create_transaction(who, kind, amount * UNIT, actor=member, at=NOON + number * DAY, **facts)
        for number, (who, kind, amount, facts) in enumerate(said)
    ]
    cancel_transaction(made[3], actor=member, at=NOON + 6 * DAY)
    return made
