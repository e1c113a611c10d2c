"""Action types are made when they are first needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from actions.models import ActionType


def find_or_make_type(workspace: int, slug: str, params: Iterable[str], *, at: datetime) -> int:
    """The key of an action type; two at once make one."""
    name = slug.replace("-", " ").capitalize()
    made = ActionType(workspace_id=workspace, slug=slug, name=name, params=list(params), created_at=at)
    ActionType.objects.bulk_create([made], ignore_conflicts=True)
    return int(ActionType.objects.filter(workspace=workspace, slug=slug).values_list("pk", flat=True).get())
