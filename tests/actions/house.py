"""What the house tests need to know of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.models import Member
from actions import ledger
from actions.models import Action, ActionType, Competition, Entry, Leaderboard, Performer, Team
from actions.rules.banning import tag_performer
from actions.rules.people import add_identity
from tests.actions.api.caller import resource
from tests.actions.api.world import make_things
from tests.actions.boards import make_games
from tests.actions.factories import GREETED, make_performer
from tests.factories import NOON
from tests.strangers import World, wire_id

PLACES: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "actions.views.facts.fact": lambda world: [{"ulid": wire_id(world.first(world.alice, Action))}],
    "actions.views.boards.leaderboard": lambda world: [{"slug": hers(world, Leaderboard).slug}],
    "actions.views.boards.competition": lambda world: [{"pk": hers(world, Competition).pk}],
    # A token is whoever's who has it; Charlie has none of Alice's.
    "actions.views.welcome.welcome": lambda world: [],
    "actions.views.performers.performer": lambda world: [{"pk": world.first(world.alice, Performer).pk}],
    "actions.views.performers.team": lambda world: [{"pk": world.first(world.alice, Team).pk}],
}
BODIES: dict[str, Callable[[World], list[tuple[dict[str, Any], set[str]]]]] = {}


def hers(world: World, noun: type[Model]) -> Any:
    """A row of Alice's."""
    return world.first(world.alice, noun)


@transaction.atomic
def furnish(member: Member, word: str, *, rows: int) -> None:
    """Teams, boards, competitions, deeds, and points from an account that names what paid them."""
    performer = make_performer(member)
    add_identity(performer, "crm", word, trust="admin", actor=member, at=NOON)
    tag_performer(performer, word, actor=member, at=NOON)
    for number in range(rows):
        make_games(member, f"{word} {number}")
        # Its address is repeated by a page that does not find it, and is no mark.
        board = Leaderboard.objects.of(member.workspace).public().latest("pk")
        Leaderboard.objects.filter(pk=board.pk).update(slug=f"{member.workspace.slug}-board-{number}")
        ledger.record(GREETED, member, occurrence=number, title=f"{word} deed", actor=member, performer=member, at=NOON)
        ledger.post(member, "PTS", 5_000_000, account=f"issued:{word}", actor=member, at=NOON, reason=f"{word} reason")


def action_of(world: World) -> list[dict[str, Any]]:
    """Her action, as Igni's clients write it."""
    return [{"pk": str(hers(world, Action).pk)}]


def row_of(noun: type[Model]) -> Callable[[World], list[dict[str, Any]]]:
    """A row of hers that has a number."""
    return lambda world: [{"pk": str(hers(world, noun).pk)}]


def board_of(world: World) -> list[dict[str, Any]]:
    """The last board of hers that is not a competition's."""
    return [{"slug": Leaderboard.objects.of(world.alice.workspace).public().latest("pk").slug}]


VIEWS = "actions.api.views"
PLACES |= {
    f"{VIEWS}.actions.ActionViewSet": action_of,
    **{f"{VIEWS}.related.{name}ViewSet": action_of for name in ("Related", "Linkage", "Moves", "MovesLinkage")},
    f"{VIEWS}.people.UserViewSet": row_of(Performer),
    f"{VIEWS}.people.TeamViewSet": row_of(Team),
    f"{VIEWS}.wallets.WalletViewSet": row_of(Performer),
    f"{VIEWS}.wallets.TransactionViewSet": row_of(Entry),
    f"{VIEWS}.settings.ActionTypeViewSet": row_of(ActionType),
    f"{VIEWS}.settings.CompetitionViewSet": row_of(Competition),
    f"{VIEWS}.settings.CompetitionStandingViewSet": row_of(Competition),
    f"{VIEWS}.settings.StandingViewSet": board_of,
}


def her_names(world: World) -> list[dict[str, Any]]:
    """Every way to name her in a document."""
    her = make_performer(world.alice)
    return [{"id": her.pk}, {"email": her.email}, {"referralCode": her.referral_code}]


def naming_her(type_: str, member: str, **facts: Any) -> Callable[[World], list[tuple[dict[str, Any], set[str]]]]:
    """Documents that name her, as an attribute and as a relationship."""

    def bodies(world: World) -> list[tuple[dict[str, Any], set[str]]]:
        sent = [resource(type_, **facts, **{member: name}) for name in her_names(world)]
        linked = {member: {"data": {"type": "user", "id": str(make_performer(world.alice).pk)}}}
        return [(body, {member}) for body in [*sent, resource(type_, None, linked, **facts)]]

    return bodies


def changing(type_: str, noun: type[Model], **facts: Any) -> Callable[[World], list[tuple[dict[str, Any], set[str]]]]:
    """A document that would change hers if the address could."""
    return lambda world: [(resource(type_, str(hers(world, noun).pk), **facts), set())]


def token_form(world: World) -> list[tuple[dict[str, Any], set[str]]]:
    """No document at all."""
    return [({"grant_type": "client_credentials"}, set())]


BODIES |= {
    "createAction": naming_her("action", "performer", actionType="event", title="x"),
    "createTransaction": naming_her("transaction", "user", type="add", amount=1),
    "createUser": lambda world: [
        (resource("user", email="x@y.example", country="PL", referrer=name), {"referrer"}) for name in her_names(world)
    ],
    **{f"{verb}Action": changing("action", Action, cancelled=True) for verb in ("cancel", "patch")},
    **{f"{verb}Transaction": changing("transaction", Entry, realized=True) for verb in ("update", "patch")},
    **{
        f"patchAction{name}Linkage": lambda world: [({"data": None}, set())]
        for name in ("Performer", "Referrer", "ActionType", "Team", "Transactions")
    },
    "issueToken": token_form,
}

Query = dict[str, str]
Lines = dict[str, list[Query]]
ORDERS = {"sort"}
NOBODYS: set[str] = set()
ELSEWHERE: set[str] = set()
# Lists whose parameters ask a board another question; `tests/actions/api/test_standings.py` proves those.
QUESTIONS = {"listLeaderboardStandings", "listCompetitionStandings"}
BESIDE: dict[str, Query] = {}
ROOT = "/api/v1"
# Where lists are whose addresses leave something open.
PATHS: dict[str, Callable[[Member], str]] = {
    "listLeaderboardStandings": lambda member: "/leaderboards/things/standings",
    "listCompetitionStandings": lambda member: f"/competitions/{race_of(member).pk}/standings",
}
PAGES: Lines = {
    "page[number]": [{"page[size]": "1", "page[number]": "2"}],
    "page[size]": [{"page[size]": "1"}],
}


def race_of(member: Member) -> Competition:
    """The competition that runs."""
    found: Competition = Competition.objects.of(member.workspace).order_by("pk").first()  # type: ignore[assignment]
    return found


def lines(words: dict[str, str], sort: str, *, after: str = "", **more: str) -> Lines:
    """Filters with a value each, an order, and pages."""
    found: Lines = {f"filter[{name}]": [{f"filter[{name}]": value}] for name, value in (words | more).items()}
    if sort:
        found["sort"] = [{"sort": sort}]
    if after:
        found |= {f"page[{word}]": [{f"page[{word}]": after}] for word in ("after", "before")}
    return found | PAGES


def narrowing(member: Member) -> dict[str, Lines]:
    """By list and parameter: queries that keep some of the rows and drop some."""
    things = make_things(member)
    later = "2026-03-03T12:00:00Z"
    ada, deed = str(things.ada.pk), things.deeds[1]
    between = {f"{name}AtGreaterEqual": later for name in ("taken", "created")}
    between |= {f"{name}AtLessEqual": later for name in ("taken", "created")}
    cancelled = {"cancelledAtGreaterEqual": "2026-03-07 12:00:00", "cancelledAtLessEqual": "2026-03-07 12:00:00"}
    people = {"performer": ada, "referrer": str(things.bea.pk), "team": str(things.team.pk)}
    told = {"source": "shop", "sourceId": "order-2", "externalId": "order-1,order-2", "title": "DEED 1"}
    worth = {"paramsValueGreaterEqual": "2", "paramsValueLessEqual": "2"}
    actions = {"id": f"{deed.pk}", "cancelled": "1", "performerEmail": "BEA@y.example", "type": "event"}
    board = {"user": str(things.bea.pk), "team": str(things.team.pk), "subject": "team", "actionType": "event"}
    spans = {"window": "today", "from": later, "to": later, "zero": "1"}
    return {
        "listActions": lines(actions | between | cancelled | people | told | worth, "takenAt", after=str(deed.pk)),
        "listUsers": of_users(things, later),
        "listWallets": of_wallets(things),
        "listTransactions": of_transactions(things, later),
        "listActionTypes": lines({"slug": "event", "active": "0"}, "-slug", after=str(things.types["event"].pk)),
        "listTeams": lines({"name": "Red"}, "-name", after=str(things.team.pk)),
        "listCompetitions": lines({"status": "open"}, "startsAt", after=str(race_of(member).pk)),
        "listLeaderboardStandings": lines(board | spans, "", currency="PTS"),
        "listCompetitionStandings": lines(board | spans, "", currency="PTS"),
    }


def of_users(things: Any, later: str) -> Lines:
    """One in the team, one banned and never active."""
    bea = things.bea
    words = {"id": f"{things.ada.pk},{bea.pk}", "email": "Bea@y.example", "nameDisplay": "Bea", "countryId": "pl"}
    words |= {"referralCode": bea.referral_code, "active": "0", "banned": "true", "team": str(things.team.pk)}
    times = {"createdFrom": later, "createdTo": "2026-03-02T12:00:00Z", "bannedFrom": later, "bannedTo": later}
    times |= {"activatedFrom": later, "activatedTo": "2026-03-02T12:00:00Z"}
    return lines(words | times, "-id", after=str(bea.pk), tag="vip")


def of_wallets(things: Any) -> Lines:
    """Points, money and experience."""
    words = {"id": f"{things.ada.pk},{things.bea.pk}-XP", "currency": "EUR,XP", "user": str(things.bea.pk)}
    bounds = {f"balance{name}GreaterEqual": "7" for name in ("Current", "Accounting")}
    bounds |= {f"balance{name}LessEqual": "6.999999" for name in ("Current", "Accounting")}
    return lines(words | bounds, "-id")


def of_transactions(things: Any, later: str) -> Lines:
    """Movements in every state."""
    words = {"id": str(things.moves[0].pk), "cancelled": "1", "realized": "0", "type": "sub", "currency": "EUR,XP"}
    words |= {"amount": "20,7", "addedAtGreaterEqual": later, "addedAtLessEqual": later, "user": str(things.bea.pk)}
    return lines(words | {"action": str(things.paid)}, "-id", after=str(things.moves[1].pk))


DOINGS: dict[str, Any] = {}


def named_rows(member: Member) -> dict[str, list[str]]:
    """By path and by field of a document: the ids of rows that are there."""
    things = make_things(member)
    nouns: dict[str, Any] = {
        "/actions": Action,
        "/users": Performer,
        "/users/wallets/transactions": Entry,
        "/teams": Team,
        "/action-types": ActionType,
        "/competitions": Competition,
    }
    rows = {path: [wire_id(row) for row in noun.objects.of(member.workspace)] for path, noun in nouns.items()}
    boards = Leaderboard.objects.of(member.workspace).public()
    return rows | {
        "/leaderboards": [board.slug for board in boards],
        "email": [things.ada.email, things.bea.email],
        "referralCode": [things.bea.referral_code],
        "actionType": list(things.types),
        "currency": ["PTS", "EUR", "XP.knowledge"],
    }
