"""Recording: once, whole, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.callers import System
from accounts.models import Counter, Member
from actions import ledger
from actions.models import Action, ActionType, Detail, Performer, Tally, Team, TeamMembership
from tests.actions.factories import GREETED, SOLD, make_fact, make_performer, pay, take_back


def test_a_fact_says_who_did_what_when_and_who_said_so(alice: Member, bob: Member, noon: datetime):
    fact = make_fact(alice, bob, at=noon, performer=bob)
    fact.refresh_from_db()
    assert (fact.seq, fact.verb, fact.source) == (1, "tests.member.greeted", "tests")
    assert fact.source_id == f"member:{bob.ulid}:greeted:1"
    assert (fact.taken_at, fact.created_at) == (noon, noon)
    assert fact.performer is not None
    assert fact.performer.member == bob
    assert (fact.actor_kind, fact.actor_id, fact.actor_label) == ("member", alice.uid, "Alice")
    assert fact.type.slug == "tests-member-greeted"


def test_what_people_read_stands_beside_the_fact(alice: Member, bob: Member):
    detail = make_fact(alice, bob, meta={"mood": "good"}).detail
    assert (detail.title, detail.subject, detail.meta) == ("greeted Bob", "Bob", {"mood": "good"})
    assert (detail.subject_type, detail.subject_id) == ("accounts.member", bob.ulid)


def test_a_title_of_ones_own_is_cut_to_what_fits(alice: Member):
    assert make_fact(alice, title="Hello").detail.title == "Hello"
    assert make_fact(alice, title="x" * 300, occurrence=2).detail.title == "x" * 254 + "…"


def test_a_repeat_returns_the_first_row_and_writes_nothing(alice: Member, bob: Member):
    first = make_fact(alice, title="first")
    again = make_fact(alice, title="second", performer=bob)
    assert again == first
    assert (again.performer_id, again.detail.title) == (first.performer_id, "first")
    assert Action.objects.count() == Detail.objects.count() == 1
    assert Counter.objects.get(name="ledger").value == 1


def test_each_occurrence_and_each_subject_is_a_fact_of_its_own(alice: Member, bob: Member):
    facts = [make_fact(alice), make_fact(alice, occurrence=2), make_fact(alice, bob)]
    assert [fact.seq for fact in facts] == [1, 2, 3]


def test_the_time_of_recording_rises_with_the_number_whatever_the_clock_says(alice: Member, noon: datetime):
    facts = [make_fact(alice, at=noon - timedelta(hours=n), occurrence=n + 1) for n in range(3)]
    times = [fact.created_at for fact in facts]
    assert times == sorted(set(times))
    assert [fact.taken_at for fact in facts] == [noon - timedelta(hours=n) for n in range(3)]
    assert [fact.pk for fact in facts] == sorted(fact.pk for fact in facts)


def test_a_late_fact_keeps_the_time_it_happened(alice: Member, noon: datetime):
    fact = make_fact(alice, at=noon, taken_at=noon - timedelta(days=9))
    assert (fact.taken_at, fact.created_at) == (noon - timedelta(days=9), noon)


def test_each_workspace_counts_for_itself(alice: Member, charlie: Member):
    assert [make_fact(alice).seq, make_fact(charlie).seq, make_fact(alice, occurrence=2).seq] == [1, 1, 2]


def test_nobody_is_a_performer_too_and_the_fact_waits_to_be_assigned(alice: Member):
    fact = make_fact(alice, performer=None)
    assert list(Action.objects.unassigned()) == [fact]
    assert not Performer.objects.exists()


def test_a_machine_may_say_so(alice: Member, noon: datetime):
    fact = ledger.record(GREETED, alice, actor=System("the timer"), performer=alice, at=noon)
    assert (fact.actor_kind, fact.actor_label) == ("system", "the timer")
    assert fact.actor_id is None


def test_a_performer_of_another_workspace_does_not_exist(alice: Member, charlie: Member):
    for stranger in (charlie, make_performer(charlie)):
        with pytest.raises(ValidationError, match="no such performer"):
            make_fact(alice, performer=stranger)
    assert not Action.objects.exists()


def test_a_value_is_kept_in_millionths_to_the_last(alice: Member):
    fact = make_fact(alice, verb=SOLD, params={"value": 9_000_000_000_000_999_999})
    fact.refresh_from_db()
    assert fact.value == fact.params["value"] == 9_000_000_000_000_999_999
    assert fact.type.params == ["value"]


@pytest.mark.parametrize(
    "params",
    [{"value": 0.1}, {"value": True}, {"value": "1"}, {"value": 2**63}, {"points": -(2**63)}, {"a": [{"b": 1.5}]}],
)
def test_floats_and_what_63_bits_cannot_hold_are_refused(alice: Member, params: dict[str, object]):
    with pytest.raises(ValidationError):
        make_fact(alice, params=params)
    assert not Action.objects.exists()


def test_a_type_that_is_there_is_used_and_stays_as_it_is(alice: Member, noon: datetime):
    ActionType.objects.create(workspace=alice.workspace, slug="tests-sale", name="Deals", active=False, created_at=noon)
    assert make_fact(alice, verb=SOLD).type.name == "Deals"
    assert ActionType.objects.filter(slug="tests-sale").count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_written(alice: Member):
    for write in (make_fact, take_back, lambda member: pay(member, 1, member)):
        with pytest.raises(transaction.TransactionManagementError, match="inside a transaction"):
            write(alice)


def test_recording_costs_nine_statements(alice: Member):
    make_fact(alice)
    with CaptureQueriesContext(connection) as queries:
        make_fact(alice, occurrence=2)
    # 1 whether it is recorded, its type, its performer; 2 the counter; 3 when the last was recorded, whether this one
    # was while we waited for the counter, whose team it was; 4 the fact; 5 what people read of it; 6 its tally; 7 its
    # day, 8 the boards it counts for, and 9 where she stands on them.
    assert len(queries) == 9, queries.captured_queries


def test_a_repeat_costs_two_statements(alice: Member):
    make_fact(alice)
    with CaptureQueriesContext(connection) as queries:
        make_fact(alice)
    # 1 whether it is recorded; 2 the row.
    assert len(queries) == 2, queries.captured_queries


def test_a_fact_belongs_to_the_team_she_was_in_when_it_happened(alice: Member, noon: datetime):
    performer, day = make_performer(alice), timedelta(days=1)
    first, second = (
        Team.objects.create(workspace=alice.workspace, name=name, created_at=noon) for name in ("First", "Second")
    )
    hers = {"workspace": alice.workspace, "performer": performer}
    TeamMembership.objects.create(**hers, team=first, since=noon - 3 * day, until=noon - 2 * day)
    TeamMembership.objects.create(**hers, team=second, since=noon - day)
    taken = [noon - timedelta(days=days) for days in (4, 3, 2, 1, 0)]
    facts = [make_fact(alice, taken_at=at, occurrence=n) for n, at in enumerate(taken)]
    teams = dict(Tally.objects.values_list("action", "team"))
    assert [teams[fact.pk] for fact in facts] == [None, first.pk, None, second.pk, second.pk]


def test_what_is_yet_to_happen_is_done_for_the_team_she_is_in_now(alice: Member, noon: datetime):
    team = Team.objects.create(workspace=alice.workspace, name="Team", created_at=noon)
    later = noon + timedelta(minutes=4)
    hers = {"workspace": alice.workspace, "performer": make_performer(alice), "team": team}
    TeamMembership.objects.create(**hers, since=noon, until=later)
    assert make_fact(alice, at=noon, taken_at=later).tally.team == team


def test_a_tally_says_what_a_fact_is_sorted_by(alice: Member):
    assert make_fact(alice, verb=SOLD, params={"value": 7}).tally.worth == 7
    assert make_fact(alice).tally.worth == -(2**63)


def test_a_verb_is_registered_once():
    with pytest.raises(ValueError, match="registered already"):
        ledger.verb("tests.member.greeted", "again")


def test_a_verb_has_an_app_a_noun_and_a_deed():
    with pytest.raises(ValueError, match=r"app\.noun\.deed"):
        ledger.verb("tests.greeted", "again")
