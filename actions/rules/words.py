"""The words that facts are told with: found in an index, whatever the number of facts."""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.models import Workspace
from actions.models import Action

MOST_CHOICES = 60


def used(workspace: Workspace, name: str) -> list[str]:
    """The words there are in an indexed column of the facts, each found by one step through the index."""
    field: Any = Action._meta.get_field(name)
    table, column = Action._meta.db_table, field.column
    least = f"SELECT MIN({column}) FROM {table} WHERE workspace_id = %s"  # noqa: S608
    statement = f"""
        WITH RECURSIVE found(word) AS (
            {least} UNION ALL SELECT ({least} AND {column} > found.word) FROM found WHERE found.word IS NOT NULL
        ) SELECT word FROM found WHERE word IS NOT NULL LIMIT {MOST_CHOICES}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [workspace.pk, workspace.pk])
        return [word for (word,) in cursor.fetchall()]
