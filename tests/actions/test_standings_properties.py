"""Whatever was done, a board says what a look at every fact and every entry would say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Member, Workspace
from actions.models import Action, Entry, Leaderboard, Performer, Standing, TeamMembership
from actions.rules.boards import recount, standings
from actions.rules.boards.windows import windows_of
from actions.rules.proofs import boards as proofs
from tests.actions import naive
from tests.actions.boards import (
    count_entries,
    count_fact,
    make_board,
    make_stranger,
    make_team,
    take_back,
    write_entry,
    write_fact,
)

ZONES = ["UTC", "Europe/Zurich", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe", "America/Havana"]
# New Year in a year of 53 weeks, clocks put forward and back, a leap day, the end of a quarter.
NOWS = [
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2021, 1, 3, 23, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2026, 7, 1, 0, 0, tzinfo=UTC),
]
# A story that fails is short enough; making it shorter takes minutes.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
KINDS = ["today", "week", "month", "quarter", "year", "all"]
people, teams = st.integers(0, 3), st.integers(0, 1)
hours = st.integers(-90, 3) | st.integers(-9000, 0)
steps = st.one_of(
    st.tuples(st.just("fact"), people, st.sampled_from(["a", "b"]), st.none() | st.integers(-2, 3), hours),
    st.tuples(st.just("entry"), people, st.integers(-3, 4).filter(bool), st.none() | st.integers(0, 5), hours),
    st.tuples(st.just("money"), people, st.integers(1, 3), st.integers(0, 5)),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
)
stays = st.lists(st.tuples(people, teams, st.integers(-200, 0)), max_size=5, unique_by=lambda one: (one[0], one[2]))


class Story:
    """A workspace in which things are done."""

    def __init__(self, owner: Member, now: datetime, stays: list[tuple[int, int, int]]) -> None:
        self.owner, self.now = owner, now
        self.people = [make_stranger(owner, name) for name in ("Ann", "Ben", "Cem", "Dov")]
        Performer.objects.filter(pk=self.people[3].pk).update(service=True)
        self.teams = [make_team(owner, "Reds"), make_team(owner, "Blues")]
        for person in range(4):
            hers = sorted((since, team) for who, team, since in stays if who == person)
            for (since, team), following in zip(hers, [*hers[1:], None], strict=False):
                TeamMembership.objects.create(
                    workspace=owner.workspace,
                    team=self.teams[team],
                    performer=self.people[person],
                    since=now + timedelta(hours=since),
                    until=now + timedelta(hours=following[0]) if following else None,
                )
        self.boards = [
            make_board(owner, "pts"),
            make_board(owner, "count", metric="count"),
            make_board(owner, "value", metric="value", types=["a"]),
            make_board(owner, "reds"),
        ]
        self.boards[3].teams.create(workspace=owner.workspace, team=self.teams[0])

    def fact(self, who: int, type: str, value: int | None, hours: int) -> None:
        """Somebody does something."""
        at = self.now + timedelta(hours=hours)
        key = naive.team_at(self.people[who].pk, at)
        team = next((team for team in self.teams if team.pk == key), None)
        count_fact(write_fact(self.owner, self.people[who], at=at, type=type, value=value, team=team))

    def entry(self, who: int, points: int, fact: int | None, hours: int, **facts: Any) -> None:
        """Somebody gets something, perhaps for what another did."""
        at = None if self._fact(fact) else self.now + timedelta(hours=hours)
        count_entries(write_entry(self.people[who], points, fact=self._fact(fact), at=at, **facts))

    def money(self, who: int, amount: int, fact: int) -> None:
        """Somebody earns money."""
        self.entry(who, amount, fact, 0, currency="EUR")

    def cancel(self, number: int) -> None:
        """Something is taken back with all it moved."""
        fact = self._fact(number)
        if fact and not fact.is_cancelled:
            its = list(Entry.objects.filter(action=fact, reverses=None))
            contrary = [entry.opposite(at=self.now, reason="").act(self.owner) for entry in its]
            Entry.objects.bulk_create(contrary)
            count_fact(take_back(fact), sign=-1)
            if contrary:
                count_entries(*contrary)

    def _fact(self, number: int | None) -> Action | None:
        found = list(Action.objects.of(self.owner.workspace).order_by("seq"))
        return found[number] if number is not None and number < len(found) else None


def check(board: Leaderboard, inside: Any, subject: str, now: datetime, **asked: Any) -> None:
    """In one page, in pages of two, and one by one."""
    filters = {name: asked[name] for name in ("types", "team", "currency", "zero") if name in asked}
    expected = naive.lines(board, inside, subject, **filters)
    its = standings(board, now=now, subject=subject, **asked)
    page = its.page(1, 50)
    assert [line._replace(previous_rank=None) for line in page.lines] == expected
    assert not page.more
    pages = [its.page(number, 2) for number in range(1, len(expected) // 2 + 2)]
    assert [line._replace(previous_rank=None) for page in pages for line in page.lines] == expected
    assert its.count() == len(expected)
    for number, line in enumerate(expected):
        around = its.around(line.subject, 1)
        assert around
        found = [one.subject for one in [*around.above, around.line, *around.below]]
        assert found == [one.subject for one in expected[max(number - 1, 0) : number + 2]]
        assert around.line._replace(previous_rank=None) == line
    absent = set(naive.subjects(board, subject)) - {line.subject for line in expected}
    assert all(its.around(subject) is None for subject in absent)


@given(
    zone=st.sampled_from(ZONES), now=st.sampled_from(NOWS), stays=stays, story=st.lists(steps, min_size=1, max_size=12)
)
@settings(max_examples=8, phases=PHASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_board_says_what_a_look_at_everything_says(
    alice: Member, zone: str, now: datetime, stays: list[tuple[int, int, int]], story: list[tuple[Any, ...]]
):
    with transaction.atomic():
        Workspace.objects.filter(pk=alice.workspace_id).update(time_zone=zone)
        alice.workspace.refresh_from_db()
        told = Story(alice, now, stays)
        for deed, *facts in story:
            getattr(told, deed)(*facts)
        today = now.astimezone(alice.workspace.zone).date()
        for board in told.boards:
            for subject in ("user", "team"):
                for word in KINDS:
                    name = windows_of(today)[["all", "year", "quarter", "month", "week", "today"].index(word)]
                    check(board, in_window(name), subject, now, window=word, zero=word in ("week", "all"))
        check_narrowed(told, now)
        assert_in_order(alice.workspace, told.boards)
        transaction.set_rollback(True)


def assert_in_order(workspace: Workspace, boards: list[Leaderboard]) -> None:
    """The proofs find nothing, and counting everything again changes nothing."""
    with connection.cursor() as cursor:
        for proof in proofs.proofs():
            cursor.execute(proof.sql, {"workspace": workspace.pk})
            assert cursor.fetchall() == [], proof.code
    columns = "board", "window", "performer", "team", "score", "actions", "attained_at", "shown"
    before = set(Standing.objects.values_list(*columns))
    for board in boards:
        recount(board, at=NOWS[0])
    assert set(Standing.objects.values_list(*columns)) == before


def in_window(name: str) -> Any:
    """Whether a thing lies in a window."""
    return lambda thing: name in windows_of(thing.day)


def check_narrowed(told: Story, now: datetime) -> None:
    """Some types, a team, another currency, a span of one's own."""
    points, counted = told.boards[:2]
    today = in_window("all")
    for subject in ("user", "team"):
        check(points, today, subject, now, types=["a", "c"], window="all")
        check(points, today, subject, now, currency="EUR", window="all", zero=True)
        check(counted, today, subject, now, team=told.teams[0].pk, window="all")
        since, until = now - timedelta(hours=77, minutes=30), now - timedelta(minutes=30)
        for ends in ((since, until), (since, None), (None, until), (until - timedelta(minutes=45), until)):
            for board in told.boards:
                cut = in_span(*ends)
                check(board, cut, subject, now, window="custom", since=ends[0], until=ends[1], zero=ends[1] is None)


def in_span(since: datetime | None, until: datetime | None) -> Any:
    """Whether a thing lies in a span."""
    return lambda thing: (since is None or since <= thing.at) and (until is None or thing.at < until)
