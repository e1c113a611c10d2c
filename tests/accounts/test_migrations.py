"""First migrations make tables whole, so that an empty installation is ready soon."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import models
from django.db.migrations.operations import AddField, AddIndex, CreateModel, DeleteModel
from django.db.migrations.operations.base import Operation

from accounts.management.autodetector import made_whole

KEY = ("id", models.BigAutoField(primary_key=True))


def to(name: str) -> Any:
    """A column that points to a table."""
    return models.ForeignKey(f"shop.{name}", models.CASCADE)


def index(table: str) -> AddIndex:
    """An index on a table."""
    return AddIndex(table, models.Index(fields=["id"], name=f"{table}_id"))


def lines(operations: list[Operation]) -> list[str]:
    """Each operation in a line."""
    return [operation.describe() for operation in operations]


@pytest.mark.parametrize("app", ["accounts", "actions", "analytics", "incidents"])
def test_nothing_is_added_to_a_table_after_it_was_made(app: str):
    migration = import_module(f"{app}.migrations.0001_initial").Migration
    assert {type(one) for one in migration.operations} == {CreateModel}


def test_what_is_added_later_is_there_from_the_start_and_in_order():
    orders, people = CreateModel("Order", [KEY]), CreateModel("Person", [KEY])
    old = index("old")
    made = made_whole([orders, people, AddField("order", "buyer", to("Person")), index("order"), old], "shop")
    assert lines(made[:2]) == ["Create model Person", "Create model Order"]
    assert made[2:] == [old]
    assert isinstance(made[1], CreateModel)
    assert [name for name, _ in made[1].fields] == ["id", "buyer"]
    assert [one.name for one in made[1].options["indexes"]] == ["order_id"]


@pytest.mark.parametrize(
    "last", [AddField("person", "order", to("Order")), DeleteModel("Old")], ids=["a circle", "one that goes"]
)
def test_what_cannot_be_put_in_order_stays_as_it_was(last: Operation):
    orders, people = CreateModel("Order", [KEY, ("buyer", to("Person"))]), CreateModel("Person", [KEY])
    operations = [people, orders, last]
    assert made_whole(operations, "shop") == operations
