"""New workspaces, with what every app starts them with."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from django.apps import apps
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from accounts.models import Workspace


def rooms(name: str) -> list[object]:
    """The modules called `name` of all apps, lowest layer first."""
    configs = [config for config in apps.get_app_configs() if module_has_submodule(config.module, name)]
    return [import_module(f"{config.name}.{name}") for config in configs]


@transaction.atomic
def create_workspace(slug: str, *, name: str = "", at: datetime, time_zone: str = "UTC") -> Workspace:
    """A new, empty workspace in which every app has its defaults."""
    workspace = Workspace(slug=slug, name=name or slug.replace("-", " ").title(), time_zone=time_zone, created_at=at)
    workspace.full_clean()
    workspace.save()
    for room in rooms("defaults"):
        room.create_defaults(workspace, at=at)  # type: ignore[attr-defined]
    return workspace
