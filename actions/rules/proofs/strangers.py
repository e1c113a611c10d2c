"""No row of a ledger points to a row of another workspace."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from accounts.models import WorkspaceModel
from actions.rules.proofs.statements import HERE, Proof


def strangers() -> Iterator[Proof]:
    """One for each key of the ledger's nouns."""
    for model in apps.get_app_config("actions").get_models():
        for field in model._meta.concrete_fields:
            parent = field.related_model
            if issubclass(model, WorkspaceModel) and isinstance(parent, type) and issubclass(parent, WorkspaceModel):
                yield _stranger(model, field, parent)


def _stranger(model: type[WorkspaceModel], field: models.Field[object, object], parent: type[WorkspaceModel]) -> Proof:
    child, key = model._meta.db_table, model._meta.pk.column
    table, its_key = parent._meta.db_table, parent._meta.pk.column
    return Proof(
        "stranger",
        f"{model._meta.verbose_name.capitalize()} {{key}} points to a {field.name} of another workspace.",  # type: ignore[union-attr]
        f"""
        SELECT c.{key} AS key FROM {child} c JOIN {table} p ON p.{its_key} = c.{field.column}
        WHERE c.{HERE} AND p.workspace_id <> c.workspace_id
        """,
    )
