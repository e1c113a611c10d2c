"""The database itself refuses to forget; one audited door lets a transaction through."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from accounts.clock import real_now
from accounts.models import Member
from actions import ledger, triggers
from actions.checks import check_triggers
from actions.models import Action, Entry, Performer, Seal
from tests.actions.factories import make_fact, make_performer, pay, take_back
from tests.actions.threads import at_once
from tests.factories import NOON

FIXED = [f.name for f in Action._meta.concrete_fields if f.name not in (*Action.ASSIGNED_ONCE, *Action.CANCELLED_ONCE)]
FIXED_ENTRY = [f.name for f in Entry._meta.concrete_fields if f.name not in Entry.SETTLED_ONCE]


def run(sql: str) -> None:
    """One raw statement, in a savepoint of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def other(field: Any, value: Any) -> Any:
    """A value that is not the one there is; whether it fits elsewhere is for later."""
    if isinstance(field.target_field if field.is_relation else field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.DateTimeField):
        return (value or NOON) + timedelta(days=1)
    if isinstance(field, models.DateField):
        return date(2000, 1, 1)
    if isinstance(field, models.JSONField):
        return {"another": "thing"}
    if isinstance(field, models.CharField):
        return "other"
    return 1 if value is None else value + 1


def change(row: models.Model, name: str) -> None:
    """Try to change one column of a row."""
    field: Any = row._meta.get_field(name)
    changed = other(field, getattr(row, field.attname))
    with transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**{name: changed})


@pytest.fixture
def fact(alice: Member) -> Action:
    """Something that was done."""
    return make_fact(alice)


@pytest.fixture
def entry(alice: Member, fact: Action) -> Entry:
    """Something that was paid for it."""
    return pay(alice, 5, alice, action=fact, key="k")


@pytest.mark.parametrize("name", FIXED)
def test_no_column_of_a_fact_changes(fact: Action, name: str):
    with pytest.raises(IntegrityError, match="a fact never changes"):
        change(fact, name)


@pytest.mark.parametrize("name", FIXED_ENTRY)
def test_no_column_of_an_entry_changes(entry: Entry, name: str):
    with pytest.raises(IntegrityError, match="an entry never changes"):
        change(entry, name)


@pytest.mark.parametrize("name", Action.ASSIGNED_ONCE)
def test_a_fact_is_assigned_once(alice: Member, bob: Member, name: str):
    make_fact(alice, performer=None)
    one, two = make_performer(alice), make_performer(bob)
    Action.objects.update(**{name: one})
    Action.objects.update(**{name: one})
    for another in (two, None):
        with pytest.raises(IntegrityError, match="assigned once"), transaction.atomic():
            Action.objects.update(**{name: another})


@pytest.mark.parametrize("name", Action.CANCELLED_ONCE)
def test_a_cancelled_fact_stays_cancelled_as_it_was(alice: Member, fact: Action, name: str):
    with transaction.atomic():
        take_back(alice)
    fact.refresh_from_db()
    with pytest.raises(IntegrityError):
        change(fact, name)
    with pytest.raises(IntegrityError, match="cancelled once"), transaction.atomic():
        Action.objects.update(**dict.fromkeys(Action.CANCELLED_ONCE))


def test_a_fact_is_cancelled_wholly_or_not(fact: Action, noon: datetime):
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.update(cancelled_at=noon)


@pytest.mark.parametrize("status", ["posted", "voided"])
def test_what_waits_is_settled_once(alice: Member, noon: datetime, status: str):
    entry = pay(alice, 5, alice, pending=True)
    Entry.objects.update(status=status, settled_at=noon)
    for another in {"pending", "posted", "voided"} - {status}:
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.update(status=another, settled_at=None)
    with pytest.raises(IntegrityError):
        change(entry, "settled_at")


@pytest.mark.parametrize("table", ["actions_action", "actions_entry"])
def test_neither_facts_nor_entries_are_deleted(entry: Entry, table: str):
    with pytest.raises(IntegrityError, match="never deleted"):
        run(f"DELETE FROM {table}")


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["actions_action", "actions_entry", "actions_seal"])
@pytest.mark.django_db(transaction=True)
def test_nor_truncated(table: str):
    with pytest.raises(IntegrityError, match="never deleted"):
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.usefixtures("sqlite")
def test_nor_replaced(entry: Entry):
    for table in ("actions_action", "actions_entry"):
        with pytest.raises(IntegrityError, match="never deleted"):
            run(f"REPLACE INTO {table} SELECT * FROM {table}")


def test_what_people_read_may_be_erased(fact: Action, noon: datetime):
    fact.detail.title, fact.detail.erased_at = "", noon
    fact.detail.save()
    fact.detail.delete()
    assert Action.objects.filter(detail=None).exists()


def test_one_door_lifts_the_seal_and_writes_down_who_and_why(alice: Member, fact: Action):
    with ledger.unsealed("erasure of a label", alice) as seal:
        Action.objects.update(actor_label="somebody")
        assert Seal.objects.get(closed_at=None) == seal
    assert Action.objects.get().actor_label == "somebody"
    seal = Seal.objects.get()
    assert (seal.reason, seal.actor_kind, seal.actor_id) == ("erasure of a label", "member", alice.uid)
    assert seal.closed_at is not None
    with pytest.raises(IntegrityError):
        change(fact, "actor_label")


def test_what_fails_under_a_lifted_seal_is_undone_and_the_seal_is_back(alice: Member, fact: Action):
    def fail() -> None:
        with ledger.unsealed("a mistake", alice):
            run("UPDATE actions_action SET verb = 'x'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    fact.refresh_from_db()
    assert fact.verb == "tests.member.greeted"
    assert not Seal.objects.exists()
    with pytest.raises(IntegrityError):
        change(fact, "verb")


def test_a_seal_is_only_ever_closed(alice: Member):
    with ledger.unsealed("a reason", alice) as seal:
        pass
    for name in ("reason", "actor_label", "closed_at", "latch"):
        with pytest.raises(IntegrityError):
            change(seal, name)
    with pytest.raises(IntegrityError, match="never deleted"):
        run("DELETE FROM actions_seal")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_seal_is_lifted_for_nobody_else(alice: Member):
    with transaction.atomic():
        fact = make_fact(alice)
    with ledger.unsealed("mine alone", alice):
        (outcome,) = at_once([lambda: change(fact, "verb")])
    assert "a fact never changes" in str(outcome)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_can_leave_a_seal_open(alice: Member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal(reason="forgotten", opened_at=real_now(), latch_id=0).act(alice).save()
    with pytest.raises(IntegrityError):
        run(
            "INSERT INTO actions_seal (reason, opened_at, actor_kind, actor_label, request_id) "
            "VALUES ('no latch', '2026-01-01', 'member', '', '')"
        )
    assert not Seal.objects.exists()


def test_the_triggers_are_there_after_every_migration(db: None):
    assert triggers.missing(connection) == []
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_the_check_names_what_is_missing_and_migrate_heals_it(db: None):
    triggers.drop(connection)
    (warning,) = check_triggers(databases=["default"])
    assert "acta_fact_delete, acta_fact_" in warning.msg
    assert "acta_seal_update" in warning.msg
    call_command("migrate", verbosity=0)
    assert list(check_triggers(databases=["default"])) == []


@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE actions_action DISABLE TRIGGER acta_fact_delete",
        "CREATE OR REPLACE FUNCTION acta_fact_delete() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "DROP TRIGGER acta_fact_delete ON actions_action",
    ],
)
@pytest.mark.postgres
def test_a_trigger_that_is_off_or_hollow_is_missing(db: None, damage: str):
    run(damage)
    assert triggers.missing(connection) == ["acta_fact_delete"]


@pytest.mark.usefixtures("sqlite")
def test_a_trigger_that_was_changed_is_missing(db: None):
    run("DROP TRIGGER acta_fact_delete")
    run("CREATE TRIGGER acta_fact_delete BEFORE DELETE ON actions_action BEGIN SELECT 1; END")
    assert triggers.missing(connection) == ["acta_fact_delete"]


def test_nobody_is_asked_when_no_database_is_checked():
    assert list(check_triggers(databases=None)) == []


@pytest.mark.django_db(transaction=True)
def test_performers_are_ordinary_rows(alice: Member):
    make_performer(alice).delete()
    assert not Performer.objects.exists()
