"""A row belongs to one workspace, points to nothing of another, and no caller sees two."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from accounts.callers import Caller
from accounts.models import Counter, Member, Workspace, WorkspaceModel, WorkspaceQuerySet
from incidents.models import Action, Incident, Severity
from incidents.rules import open_incident
from tests.factories import make_member, make_workspace
from tests.incidents.factories import make_action, make_incident
from tests.threads import at_once

NOUNS = [model for model in apps.get_models() if issubclass(model, WorkspaceModel)]
HERE, ELSEWHERE = 1, 2


def parents(noun: type[models.Model]) -> list[Any]:
    """The foreign keys of a noun to rows that belong to a workspace themselves."""
    fields: list[Any] = [field for field in noun._meta.concrete_fields if field.is_relation]
    return [field for field in fields if issubclass(field.related_model, WorkspaceModel)]


def unsaved(noun: type[Any], workspace: int) -> Any:
    """A row of a workspace that was never written, with an id as the database would give."""
    is_uuid = isinstance(noun._meta.pk, models.UUIDField)
    return noun(pk=uuid4() if is_uuid else 1, workspace_id=workspace)


def with_parents_here(noun: type[Any]) -> Any:
    """An unsaved row whose parents are all of its own workspace."""
    row = unsaved(noun, HERE)
    for field in parents(noun):
        setattr(row, field.name, unsaved(field.related_model, HERE))
    return row


KEYS = [pytest.param(noun, field, id=f"{noun.__name__}.{field.name}") for noun in NOUNS for field in parents(noun)]


@pytest.mark.parametrize(("noun", "field"), KEYS)
def test_saving_refuses_a_parent_of_another_workspace(noun: type[Any], field: Any) -> None:
    row = with_parents_here(noun)
    setattr(row, field.name, unsaved(field.related_model, ELSEWHERE))
    with pytest.raises(ValidationError) as refused:
        row.save()
    assert [fault.code for fault in refused.value.error_dict[field.name]] == ["invalid_value"]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_parents_of_the_same_workspace_are_welcome(noun: type[Any]) -> None:
    with_parents_here(noun).refuse_strangers()


@pytest.mark.parametrize(
    "names", [["assignee"], ["assignee_id"], {"workspace"}, {"workspace_id"}, ["status", "assignee"]]
)
def test_saving_some_fields_refuses_a_stranger_among_them(names: Any) -> None:
    action = with_parents_here(Action)
    action.assignee = unsaved(Member, ELSEWHERE)
    with pytest.raises(ValidationError):
        action.save(update_fields=names)


def test_saving_other_fields_does_not_look_up_parents(alice: Member, django_assert_num_queries: Any) -> None:
    action = Action.objects.get(pk=make_action(alice, assignee=alice).pk)
    with django_assert_num_queries(1):  # The update.
        action.save(update_fields=["description"])


def test_a_refused_row_is_not_written(alice: Member, charlie: Member) -> None:
    action = make_action(alice)
    action.assignee = charlie
    with pytest.raises(ValidationError):
        action.save()
    action.refresh_from_db()
    assert action.assignee is None


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_every_noun_asks_its_questions_inside_one_workspace(noun: type[Any]) -> None:
    assert isinstance(noun._default_manager.all(), WorkspaceQuerySet)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_no_caller_sees_rows_of_another_workspace(alice: Member, charlie: Member, noun: type[Any]) -> None:
    for owner in (alice, charlie):
        make_action(owner, make_incident(owner, visibility="private"))
    mighty = Caller(alice.workspace, "incidents", member=alice, roles=frozenset({"global_access"}))
    seen = set(noun._default_manager.visible_to(mighty).values_list("workspace", flat=True))
    assert seen <= {alice.workspace.pk}
    assert seen == set(noun._default_manager.of(alice.workspace).values_list("workspace", flat=True))


def test_a_caller_without_global_access_sees_no_private_rows(alice: Member) -> None:
    make_action(alice, make_incident(alice, visibility="private"))
    caller = Caller(alice.workspace, "incidents", member=alice)
    for noun in (Incident, Action):
        assert noun.objects.exists()
        assert not noun.objects.visible_to(caller).exists()


def test_a_counter_counts_from_one_by_one(alice: Member) -> None:
    assert [Counter.draw(alice.workspace, "x") for _ in range(3)] == [1, 2, 3]


def test_a_counter_is_one_workspaces_and_one_names(alice: Member, charlie: Member) -> None:
    Counter.draw(alice.workspace, "x")
    assert Counter.draw(charlie.workspace, "x") == 1
    assert Counter.draw(alice.workspace, "y") == 1
    assert Counter.draw(alice.workspace.pk, "x") == 2


def test_locking_a_counter_tells_the_last_number_and_draws_none(alice: Member) -> None:
    assert Counter.lock(alice.workspace, "x") == 0
    assert Counter.draw(alice.workspace, "x") == 1
    assert Counter.lock(alice.workspace, "x") == 1
    assert Counter.draw(alice.workspace, "x") == 2


def test_a_number_drawn_in_vain_is_drawn_again(alice: Member) -> None:
    Counter.draw(alice.workspace, "x")
    with transaction.atomic():
        Counter.draw(alice.workspace, "x")
        transaction.set_rollback(True)
    assert Counter.draw(alice.workspace, "x") == 2


def test_drawing_is_two_queries(alice: Member, django_assert_num_queries: Any) -> None:
    Counter.draw(alice.workspace, "x")
    with django_assert_num_queries(2):  # The update that locks, and its value.
        Counter.draw(alice.workspace, "x")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_transaction", [True, False])
def test_threads_draw_every_number_once(in_transaction: bool) -> None:
    workspace = make_workspace()

    def draw(number: int) -> list[int]:
        if not in_transaction:
            return [Counter.draw(workspace, "x") for _ in range(5)]
        with transaction.atomic():
            return [Counter.draw(workspace, "x") for _ in range(5)]

    drawn = at_once(8, draw)
    assert sorted(number for some in drawn for number in some) == list(range(1, 41))
    assert not in_transaction or all(some == list(range(some[0], some[0] + 5)) for some in drawn)


@pytest.mark.django_db(transaction=True)
def test_nobody_draws_from_a_locked_counter() -> None:
    workspace = make_workspace()
    drawn: list[int] = []
    done = Event()

    def draw() -> None:
        drawn.append(Counter.draw(workspace, "x"))
        done.set()
        connection.close()

    other = Thread(target=draw)
    with transaction.atomic():
        assert Counter.lock(workspace, "x") == 0
        other.start()
        assert not done.wait(0.2)
        assert Counter.draw(workspace, "x") == 1
    other.join(timeout=20)
    assert drawn == [2]


def opened_by_threads(alice: Member, keys: list[str]) -> list[Incident]:
    """One incident per key, all asked for at once."""
    minor = Severity.objects.of(alice.workspace).get(name="Minor")
    return at_once(
        len(keys),
        lambda number: open_incident(
            alice.workspace,
            actor=alice,
            at=alice.workspace.tick(),
            name=f"Attempt {number}",
            severity=minor,
            idempotency_key=keys[number],
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_one_idempotency_key_from_many_threads_opens_one_incident() -> None:
    alice = make_member(make_workspace(), "Alice")
    opened = opened_by_threads(alice, ["once"] * 8)
    assert len({incident.pk for incident in opened}) == 1
    assert len({incident.name for incident in opened}) == 1
    assert Incident.objects.count() == 1
    assert make_incident(alice).number == 2


@pytest.mark.django_db(transaction=True)
def test_incidents_opened_at_once_are_numbered_without_a_gap() -> None:
    alice = make_member(make_workspace(), "Alice")
    opened = opened_by_threads(alice, [f"key {number}" for number in range(8)])
    assert sorted(incident.number for incident in opened) == list(range(1, 9))


def test_an_idempotency_key_is_one_workspaces_own(alice: Member, charlie: Member) -> None:
    hers = make_incident(alice, idempotency_key="once")
    other = make_incident(charlie, idempotency_key="once", name="Another")
    assert other.workspace == charlie.workspace
    assert other.pk != hers.pk
    assert make_incident(alice, idempotency_key="once", name="Ignored") == hers


def test_without_a_key_every_incident_is_its_own(alice: Member) -> None:
    assert make_incident(alice) != make_incident(alice)


def test_a_workspace_with_rows_is_not_deleted_by_accident(alice: Member) -> None:
    with pytest.raises(models.ProtectedError):
        alice.workspace.delete()
    assert Workspace.objects.filter(pk=alice.workspace.pk).exists()
