"""Action types that people declare; a change never re-prices what was done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.callers import Actor
from accounts.errors import Conflict
from accounts.models import Workspace
from actions.models import ActionType
from actions.rules.faults import Faults
from actions.rules.numbers import hold_numbers

LONGEST_SLUG, LONGEST_NAME = 100, 200
MOST_PARAMS = 50
_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_PARAM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")


@transaction.atomic
def create_type(
    workspace: Workspace, *, slug: str, name: str, actor: Actor, at: datetime, params: Iterable[str] = ()
) -> ActionType:
    """A kind of action that clients may record from now on."""
    faults, params = Faults(), list(params)
    faults.text("slug", slug, LONGEST_SLUG)
    if "slug" not in faults.by_name and not _SLUG.fullmatch(slug):
        faults.add("slug", "Small letters and digits, with hyphens between them.")
    _check(name, params, faults)
    faults.refuse()
    # Verbs make their types under the same lock.
    hold_numbers(workspace.pk)
    if ActionType.objects.of(workspace).filter(slug=slug).exists():
        raise Conflict("duplicate_slug", "There is an action type of this slug.")
    made = ActionType(workspace=workspace, slug=slug, name=name, params=params, created_at=at)
    made.save(force_insert=True)
    return made


@transaction.atomic
def change_type(row: ActionType, *, actor: Actor, at: datetime, **says: Any) -> ActionType:
    """Another name, other parameters, open to clients or closed; its slug stays for ever."""
    row = ActionType.objects.select_for_update().get(pk=row.pk)
    for name, value in says.items():
        setattr(row, name, list(value) if name == "params" else value)
    faults = Faults()
    _check(row.name, row.params, faults)
    faults.refuse()
    row.save(update_fields=list(says))
    return row


def _check(name: str, params: list[Any], faults: Faults) -> None:
    faults.text("name", name, LONGEST_NAME)
    if len(params) > MOST_PARAMS:
        faults.add("params", f"At most {MOST_PARAMS} parameters.")
    for param in params:
        if not isinstance(param, str) or not _PARAM.fullmatch(param):
            faults.add("params", f"“{param}” is no name of a parameter: letters, digits and underscores.")
    if len(set(map(str, params))) < len(params):
        faults.add("params", "A parameter is declared once.")
