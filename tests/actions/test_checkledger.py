"""`checkledger` finds every kind of damage, names it, and repairs what is only a cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.callers import System
from accounts.models import Counter, Member
from actions import ledger, triggers
from actions.amounts import LARGEST
from actions.models import Action, ActionType, Entry, Performer, Tally, Team, TeamMembership, Wallet
from actions.rules.proofs import prove
from actions.rules.proofs.repairs import rebuild
from tests.actions.factories import make_fact, pay, take_back
from tests.factories import NOON


@pytest.fixture
def books(alice: Member, bob: Member) -> Member:
    """A ledger in which something of everything happened; Alice's."""
    for number in range(1, 5):
        fact = make_fact(alice, bob, occurrence=number)
        pay(alice, 10 * number, alice, action=fact)
        pay(bob, number, alice, action=fact, pending=True)
        pay(bob, number, alice, action=fact, currency="KEYS")
    take_back(alice, bob, occurrence=3)
    pay(alice, -5, alice, account="redeemed:mug")
    pay(bob, -1, alice, pending=True, account="redeemed:mug")
    pay(alice, 3, alice, account="adjustment", reason="a gift")
    make_fact(alice, occurrence=9, performer=None)
    return alice


def run(*arguments: str) -> tuple[int, str]:
    """The command's exit code and what it says."""
    out = StringIO()
    try:
        call_command("checkledger", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def codes(member: Member) -> set[str]:
    """What is wrong in her workspace."""
    return {fault.code for fault in prove(member.workspace).faults}


def test_what_went_through_the_door_is_in_order(books: Member):
    code, text = run("--workspace", books.workspace.slug)
    assert (code, text) == (0, "wonderland: 5 facts (1 cancelled), 17 entries, 3 wallets, all in order.\n")


def test_an_empty_ledger_is_in_order(charlie: Member):
    assert run() == (0, "elsewhere: 0 facts (0 cancelled), 0 entries, 0 wallets, all in order.\n")


def test_a_workspace_that_is_not_there_is_named(db: None):
    with pytest.raises(CommandError, match="no workspace nowhere"):
        run("--workspace", "nowhere")


def lose_a_fact() -> None:
    fact = Action.objects.unassigned().get()
    fact.detail.delete()
    fact.tally.delete()
    Action.objects.filter(pk=fact.pk)._raw_delete("default")


def move(balance: str) -> Callable[[], object]:
    return lambda: Wallet.objects.filter(currency="PTS").update(**{balance: 77_000_000})


def first_posted() -> Entry:
    first: Entry = Entry.objects.posted().order_by("pk")[0]
    return first


def forget_a_reversal() -> None:
    Entry.objects.filter(reverses__isnull=False, currency="KEYS").delete()


def change_a_reversal(**facts: object) -> Callable[[], object]:
    return lambda: Entry.objects.filter(reverses__isnull=False, currency="PTS").update(**facts)


def change_currency() -> None:
    Entry.objects.filter(pk=first_posted().pk).update(currency="EUR")


def forget_the_tally() -> None:
    Tally.objects.all()[:1].get().delete()


def join_a_team() -> None:
    somebody = Performer.objects.all()[:1].get()
    team = Team.objects.create(workspace=somebody.workspace, name="Late", created_at=NOON)
    hers = {"workspace": somebody.workspace, "performer": somebody, "team": team}
    TeamMembership.objects.create(**hers, since=NOON - timedelta(days=1))


def give_to_somebody_else() -> None:
    entry = first_posted()
    other = Performer.objects.exclude(pk=entry.performer_id)[:1].get()
    Entry.objects.filter(pk=entry.pk).update(performer=other)


def leave_something_waiting() -> None:
    Entry.objects.filter(status="voided").update(status="pending", settled_at=None)


def use_a_number_twice() -> None:
    Action.objects.cancelled().update(cancelled_seq=4)


def rows_of_another_workspace() -> None:
    from tests.factories import make_member, make_workspace

    stranger = make_member(make_workspace("far"), "Stranger")
    make_fact(stranger)
    Action.objects.exclude(workspace=stranger.workspace).update(
        type=ActionType.objects.get(workspace=stranger.workspace, slug="tests-member-greeted"),
        performer=Performer.objects.get(workspace=stranger.workspace),
    )


DAMAGES = [
    (lambda: Counter.objects.filter(name="ledger").update(value=9), {"numbers"}),
    (lambda: Counter.objects.filter(name="ledger").delete(), {"numbers"}),
    (lose_a_fact, {"numbers"}),
    (lambda: Action.objects.unassigned().update(seq=60), {"numbers"}),
    (use_a_number_twice, {"numbers"}),
    (move("posted"), {"balance", "zero"}),
    (move("incoming"), {"balance"}),
    (move("outgoing"), {"balance"}),
    (lambda: Entry.objects.filter(pk=first_posted().pk).update(amount=1), {"balance", "day", "points", "zero"}),
    (lambda: Entry.objects.filter(key=None, reason="a gift").delete(), {"balance", "day", "zero"}),
    (change_currency, {"currency", "day", "points", "zero"}),
    (forget_a_reversal, {"balance", "cancelled", "day", "zero"}),
    (change_a_reversal(day="2020-01-01"), {"day", "reversal"}),
    (change_a_reversal(amount=-1), {"reversal", "balance", "day", "points", "zero"}),
    (change_a_reversal(action=None), {"day", "reversal", "points"}),
    (leave_something_waiting, {"balance", "cancelled"}),
    (forget_the_tally, {"untallied"}),
    (lambda: Tally.objects.update(points=1), {"points"}),
    (lambda: Tally.objects.update(worth=1), {"worth"}),
    (join_a_team, {"day", "team"}),
    (give_to_somebody_else, {"day", "owner"}),
    (rows_of_another_workspace, {"day", "stranger"}),
]


@pytest.mark.parametrize(("damage", "found"), DAMAGES)
def test_every_damage_is_found(books: Member, damage: Callable[[], object], found: set[str]):
    with ledger.unsealed("damage", System()):
        damage()
    assert codes(books) == found
    code, text = run("--workspace", "wonderland")
    assert code == 1
    assert "not in order:" in text


def test_sentences_say_what_is_wrong(books: Member):
    Wallet.objects.filter(currency="KEYS").update(posted=1_500_000)
    wallet = Wallet.objects.get(currency="KEYS")
    assert run("--workspace", "wonderland") == (
        1,
        "wonderland: 5 facts (1 cancelled), 17 entries, 3 wallets, not in order:\n"
        f"  Wallet {wallet.pk} says 1.5 KEYS posted, 0 coming, 0 going; its entries say otherwise.\n"
        "  Wallets and counter accounts do not add up to zero in KEYS.\n",
    )


def test_only_the_first_few_of_many_are_named(books: Member):
    for number in range(20, 28):
        pay(books, 1, books, action=make_fact(books, occurrence=number))
    Tally.objects.update(points=7)
    assert "… and 8 more like these." in run()[1]


def test_damage_stays_in_its_workspace(books: Member, charlie: Member):
    make_fact(charlie)
    Tally.objects.of(books.workspace).update(points=1)
    assert codes(charlie) == set()
    code, text = run("--workspace", charlie.workspace.slug)
    assert code == 0
    assert "1 fact " in text


def test_caches_are_repaired_and_facts_are_not(books: Member):
    Wallet.objects.update(posted=1, incoming=2, outgoing=3)
    Tally.objects.update(points=1)
    Tally.objects.order_by("action")[:1].get().delete()
    Counter.objects.filter(name="ledger").update(value=70)
    before = list(Entry.objects.values()), list(Action.objects.values())
    code, text = run("--repair", "--workspace", "wonderland")
    assert code == 1
    assert text.startswith(
        "wonderland: rebuilt the balances of 3 wallets, the points of 5 facts, 0 daily totals and 0 standings.\n"
    )
    assert codes(books) == {"numbers"}
    assert (list(Entry.objects.values()), list(Action.objects.values())) == before


def test_teams_and_values_are_repaired_too(books: Member):
    join_a_team()
    Tally.objects.update(worth=5)
    assert codes(books) == {"day", "team", "worth"}
    rebuild(books.workspace)
    assert codes(books) == set()


def test_nothing_is_rebuilt_where_all_is_in_order(books: Member):
    assert rebuild(books.workspace) == {"wallets": 0, "points": 0, "days": 0, "standings": 0}


def test_programs_read_json(books: Member):
    Tally.objects.update(points=1)
    code, text = run("--json", "--repair")
    report = json.loads(text)
    assert (code, report["in_order"]) == (0, True)
    assert report["rebuilt"] == {"wonderland": {"wallets": 0, "points": 5, "days": 0, "standings": 0}}
    Tally.objects.update(points=1)
    report = json.loads(run("--json")[1])
    (fault,) = report["workspaces"][0]["faults"]
    assert (report["in_order"], fault["code"], fault["count"]) == (False, "points", 5)


@pytest.fixture
def unguarded() -> Iterator[None]:
    """A database whose triggers are gone."""
    triggers.drop(connection)
    yield
    triggers.install(connection)


def test_missing_triggers_are_found(books: Member, unguarded: None):
    code, text = run()
    assert code == 1
    assert "The trigger acta_fact_delete is missing, switched off or changed; `manage.py migrate` heals it." in text


def test_sums_are_exact_beyond_63_bits(alice: Member, bob: Member):
    for who in (alice, bob):
        fact = make_fact(who)
        pay(who, 0, alice, amount=LARGEST, action=fact)
        for day, amount in enumerate([-LARGEST, -LARGEST, LARGEST - 1]):
            pay(who, 0, alice, amount=amount, at=NOON + timedelta(days=day))
    assert codes(alice) == set()
    Wallet.objects.filter(performer__member=bob).update(posted=0)
    assert codes(alice) == {"balance", "zero"}
    assert rebuild(alice.workspace)["wallets"] == 1
    assert codes(alice) == set()
