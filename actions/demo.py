"""What the rescuers' friends outside did: orders in their shop, talks, awards; and what all of it is worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.crypto import get_random_string

from accounts.callers import System
from actions.amounts import UNIT
from actions.models import Action, ActionType, Competition, Performer, RuleVersion
from actions.rules.boards.changing import create_board
from actions.rules.competitions import (
    PrizeTerms,
    close_competition,
    create_competition,
    end_competition,
    open_competition,
)
from actions.rules.deeds import cancel_action, record_action
from actions.rules.people import create_performer, find_performer
from actions.rules.rewards import create_rule
from actions.rules.teams import create_team, join_team
from actions.rules.transactions import create_transaction
from actions.rules.types import find_or_make_type

ACTOR = System("demo")
FRIENDS = [
    ("Nadia", "Frei", "CH"),
    ("Tomás", "Ibarra", "ES"),
    ("Yuki", "Tanaka", "JP"),
]
TEAMS = {"Ridge": ["Bruno", "Chiara", "David", "Nadia"], "Valley": ["Ada", "Elif", "Finn", "Tomás", "Yuki"]}
WARES = [("Rope, 60 m", 189), ("Avalanche transceiver", 349), ("Head torch", 79), ("Carabiners, six", 54), ("Map", 19)]
TALKS = ["Talk at the school in Grindel", "Evening for new volunteers", "Open day at the base"]
Kind = RuleVersion.Kind
ORDERS, DAYS = 24, 75
# Paid before anything earns by them: incidents come later.
RULES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("incident-action", "Something done in an incident", "incident-action-completed", {"amount": 10 * UNIT}),
    ("follow-up", "A follow-up done", "incident-follow-up-completed", {"amount": 25 * UNIT}),
    ("order", "Five points for each hundred", "transaction", {"kind": Kind.PERCENTAGE, "percent": 5 * UNIT}),
    ("referral", "A fifth for whoever referred it", "transaction", {
        "kind": Kind.REFERRER_SHARE, "percent": 20 * UNIT, "basis": RuleVersion.Basis.EARNED,
    }),
    ("talk", "A talk, twice a month at most", "event", {
        "amount": 40 * UNIT, "cap_count": 2, "cap_period": RuleVersion.Period.MONTH,
    }),
]  # fmt: skip


def load(world: Any) -> None:
    """Tell it, once."""
    if not Action.objects.of(world.workspace).exists():
        Story(world).tell()


class Story:
    """One telling: the same people, orders and endings each time."""

    def __init__(self, world: Any) -> None:
        self.workspace, self.members = world.workspace, world.members
        self.end: datetime = world.at - timedelta(minutes=30)
        self.start: datetime = world.at - timedelta(days=365)
        self.random = Random(11)  # noqa: S311
        self.people: dict[str, Performer] = {}

    def tell(self) -> None:
        """First the rules of the game, then what people do."""
        self.meet()
        self.rule()
        self.rank()
        past = self.compete()
        orders = self.order()
        self.speak()
        self.regret(orders)
        self.decide(past)

    def meet(self) -> None:
        """Friends outside, the rescuers themselves, and who goes with whom."""
        for first, last, country in FRIENDS:
            self.people[first] = create_performer(
                self.workspace,
                email=f"{first.lower().replace('á', 'a')}@friends.example",
                country=country,
                first_name=first,
                last_name=last,
                active=True,
                password=get_random_string(20),
                referrer=self.people.get("Nadia"),
                actor=ACTOR,
                at=self.start,
            )
        for first, member in self.members.items():
            self.people[first] = find_performer(self.workspace, email=member.email)
        for name, names in TEAMS.items():
            team = create_team(self.workspace, name=name, at=self.start)
            for first in names:
                join_team(self.people[first], team, at=self.start)

    def rule(self) -> None:
        """What earns what."""
        for slug, name, type, says in RULES:
            its = find_or_make_type(self.workspace.pk, type, [], at=self.start)
            facts: dict[str, Any] = {"kind": Kind.FIXED, "type": ActionType.objects.get(pk=its)} | says
            create_rule(self.workspace, slug, name, actor=ACTOR, at=self.start, **facts)

    def rank(self) -> None:
        """Boards beside the one that every workspace has."""
        create_board(self.workspace, slug="week", name="Heroes of the week", window="week", at=self.start)
        create_board(self.workspace, slug="teams", name="Teams", window="quarter", subject="team", at=self.start)
        facts: dict[str, Any] = {"metric": "value", "types": ["transaction"], "window": "month"}
        create_board(self.workspace, slug="shop", name="Shop", at=self.start, **facts)

    def compete(self) -> Competition:
        """One race over what the shop sells, which is over; and one over everything, which is on."""
        shop: dict[str, Any] = {"metric": "value", "types": ["transaction"]}
        prizes = [PrizeTerms(1, 1, 100 * UNIT), PrizeTerms(2, 2, 50 * UNIT), PrizeTerms(3, 3, 25 * UNIT)]
        past = self.race("Autumn fair", 60, 30, prizes=prizes, **shop)
        self.race("Ready for winter", 20, -10, prizes=[PrizeTerms(1, 3, 150 * UNIT)], grace_days=2)
        return past

    def race(self, name: str, begin: int, end: int, **says: Any) -> Competition:
        """From so many days ago until so many."""
        starts_at, ends_at = self.ago(begin), self.ago(end)
        made = create_competition(
            self.workspace, name=name, starts_at=starts_at, ends_at=ends_at, at=self.start, **says
        )
        return open_competition(made, at=starts_at)

    def decide(self, past: Competition) -> None:
        """The race that is over gets its result and its prizes."""
        end_competition(past, at=past.ends_at)
        close_competition(past, actor=ACTOR, at=self.end)

    def order(self) -> list[Action]:
        """What the shop's own system told, some of it referred by a friend, the last by nobody known."""
        buyers = [self.people[first] for first, *_ in FRIENDS]
        orders = [self.sell(number, self.random.choice(buyers)) for number in range(ORDERS)]
        self.sell(ORDERS, None, ordered_by="somebody.new@example.org")
        return orders

    def sell(self, number: int, buyer: Performer | None, **meta: str) -> Action:
        """One order."""
        name, price = self.random.choice(WARES)
        many = self.random.randint(1, 3)
        at = self.ago(DAYS - DAYS / ORDERS * number)
        return self.record(
            "transaction",
            f"{many} × {name}",
            buyer,
            at,
            referrer=buyer.enroller if buyer and number % 3 == 0 else None,
            params={"value": many * price * UNIT},
            source="shop",
            external_id=f"order-{1001 + number}",
            meta=meta,
        )

    def speak(self) -> None:
        """Talks, and an award for who does most of them."""
        for number, title in enumerate(TALKS * 2):
            who = self.people[self.random.choice(["Ada", "Chiara", "Elif", "Nadia"])]
            self.record("event", title, who, self.ago(64 - 12 * number))
        points = {"points": 100 * UNIT}
        self.record("award", "Volunteer of the year", self.people["Chiara"], self.ago(5), params=points)

    def regret(self, orders: list[Action]) -> None:
        """Two orders are sent back, and somebody wants to be paid."""
        for order in orders[7::12]:
            cancel_action(order, actor=ACTOR, at=self.end, reason="sent back")
        wish: dict[str, Any] = {"description": "Voucher for the hut", "realized": False, "actor": ACTOR, "at": self.end}
        create_transaction(self.people["Chiara"], "sub", 60 * UNIT, **wish)

    def record(self, type: str, title: str, who: Performer | None, at: datetime, **facts: Any) -> Action:
        """Something that was done, and recorded soon after."""
        its = ActionType.objects.of(self.workspace).get(slug=type)
        return record_action(self.workspace, its, title=title, actor=ACTOR, at=at, performer=who, **facts)

    def ago(self, days: float) -> datetime:
        """So many days before all this is told; nothing in a demo happens in the future."""
        return self.end - timedelta(days=days)
