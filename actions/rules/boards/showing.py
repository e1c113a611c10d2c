"""Whoever is banned, erased or a machine is on no board, and keeps a score."""

# ruff: noqa: S608 - table names are ours, values are parameters

from __future__ import annotations

from django.db import connection, transaction

from actions.models import Performer, Standing
from actions.rules.boards.adding import PERFORMER, SHOWN
from actions.rules.numbers import hold_numbers

STANDING = Standing._meta.db_table


@transaction.atomic
def show_or_hide(performer: Performer) -> None:
    """Called when that may have changed: show somebody on boards, or do not."""
    hold_numbers(performer.workspace_id)
    shown = f"(SELECT {SHOWN} FROM {PERFORMER} WHERE id = %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {STANDING} SET shown = {shown} WHERE workspace_id = %s AND performer_id = %s",
            [performer.pk, performer.workspace_id, performer.pk],
        )
