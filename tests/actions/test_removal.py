"""Workspaces go wholly, and nothing else goes with them."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Counter, Key, Member, User, Workspace
from accounts.rules import create_login
from actions.models import Action, ActionType, Entry, Seal
from actions.rules import passing
from actions.rules.proofs import prove
from actions.rules.removal import tenant_models
from tests.actions.factories import make_fact, pay, take_back
from tests.factories import make_key


def run(command: str, *arguments: str) -> str:
    """What a command says."""
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@transaction.atomic
def fill(member: Member) -> None:
    """Some of everything the ledger keeps."""
    fact = make_fact(member)
    pay(member, 5, member, action=fact)
    take_back(member)
    pay(member, 1, member, pending=True)
    make_key(member.workspace)


def counts(workspace: int) -> dict[str, int]:
    """Rows of a workspace, table by table."""
    rows = {model.__name__: model._base_manager.filter(workspace=workspace).count() for model in tenant_models()}
    return {name: count for name, count in rows.items() if count}


def columns(table: str) -> set[str]:
    """The columns of a table as the database knows them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        return {column[0] for column in cursor.description}


def test_every_table_with_a_workspace_column_is_known(db: None):
    tables = {table for table in connection.introspection.table_names() if "workspace_id" in columns(table)}
    assert tables == {model._meta.db_table for model in tenant_models()}


def test_rows_go_before_the_rows_they_point_to():
    order = tenant_models()
    assert order.index(Entry) < order.index(Action) < order.index(ActionType)
    assert order.index(Key) < order.index(Member)


def test_a_deleted_workspace_leaves_nothing(alice: Member, charlie: Member):
    for member in (alice, charlie):
        fill(member)
    gone, kept = alice.workspace_id, counts(charlie.workspace_id)
    said = run("deleteworkspace", "wonderland", "--yes")
    assert "1 actions\n" in said
    assert "2 keys\n" not in said
    assert said.endswith("Deleted the workspace wonderland.\n")
    assert counts(gone) == {}
    assert not Workspace.objects.filter(pk=gone).exists()
    assert counts(charlie.workspace_id) == kept
    assert prove(charlie.workspace).faults == []


def test_a_deletion_is_on_record(alice: Member):
    run("deleteworkspace", "wonderland", "--yes")
    seal = Seal.objects.get()
    assert (seal.reason, seal.actor_kind) == ("deleteworkspace wonderland", "system")


def test_logins_that_lead_nowhere_else_go_too(alice: Member, bob: Member, charlie: Member):
    create_login(alice, password=None)
    create_login(bob, password=None)
    charlie.user = bob.user
    charlie.save()
    operator = User.objects.create_superuser("root@example.org")
    Member.objects.filter(pk=alice.pk).update(email="root@example.org")
    assert "1 logins" in run("deleteworkspace", "wonderland", "--yes")
    assert set(User.objects.all()) == {bob.user, operator}


def test_a_reset_workspace_is_as_new_with_its_members_and_keys(alice: Member, bob: Member, charlie: Member):
    fill(alice)
    run("resetworkspace", "wonderland", "--yes")
    assert {alice, bob} <= set(Member.objects.all())
    assert Key.objects.of(alice.workspace).count() == 1
    fresh = counts(charlie.workspace_id)
    assert counts(alice.workspace_id) == fresh | {"Member": 2, "Key": 1}
    assert not Counter.objects.filter(name="ledger", value__gt=0).exists()
    assert make_fact(alice).seq == 1


@pytest.mark.parametrize("command", ["deleteworkspace", "resetworkspace"])
def test_both_want_to_hear_yes_and_a_name_that_is_there(alice: Member, command: str):
    with pytest.raises(CommandError, match="add --yes"):
        run(command, "wonderland")
    with pytest.raises(CommandError, match="no workspace nowhere"):
        run(command, "nowhere", "--yes")
    assert Member.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_the_same_with_foreign_keys_eased(alice: Member, charlie: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passing, "WORTHWHILE", -1)
    for member in (alice, charlie):
        fill(member)
    run("deleteworkspace", "wonderland", "--yes")
    run("resetworkspace", "elsewhere", "--yes")
    assert counts(alice.workspace_id) == {}
    connection.check_constraints()
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Action._meta.db_table)
    assert not [name for name in indexes if name.startswith("passing")]
