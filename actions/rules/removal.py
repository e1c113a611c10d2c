"""Workspaces deleted or emptied, table by table, under a lifted seal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from graphlib import TopologicalSorter

from django.apps import apps

from accounts.callers import Actor
from accounts.models import Key, Member, User, Workspace, WorkspaceModel
from accounts.rules.workspaces import rooms
from actions.rules.passing import eased_foreign_keys
from actions.rules.seals import unsealed

KEPT_BY_RESET = (Member, Key)


def tenant_models() -> list[type[WorkspaceModel]]:
    """Every table with a workspace column, those that point to others before those."""
    tables = [model for model in apps.get_models() if issubclass(model, WorkspaceModel) and not model._meta.proxy]
    sorter = TopologicalSorter({model: [parent for parent in tables if _points(model, parent)] for model in tables})
    return list(sorter.static_order())[::-1]


def _points(model: type[WorkspaceModel], parent: type[WorkspaceModel]) -> bool:
    """Whether rows of one table point to rows of another; pointing to itself needs no order."""
    return model is not parent and any(field.related_model is parent for field in model._meta.concrete_fields)


def delete_workspace(workspace: Workspace, *, actor: Actor) -> dict[str, int]:
    """Delete a workspace, all that is in it, and logins that lead nowhere else; says what and how much."""
    with eased_foreign_keys(tenant_models()), unsealed(f"deleteworkspace {workspace.slug}", actor):
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        logins = _logins_of_nothing_else(workspace)
        deleted = _empty(workspace, tenant_models())
        deleted["logins"] = User.objects.filter(pk__in=logins).delete()[1].get("accounts.User", 0)
        Workspace.objects.filter(pk=workspace.pk).delete()
    return {name: count for name, count in deleted.items() if count}


def reset_workspace(workspace: Workspace, *, actor: Actor, at: datetime) -> dict[str, int]:
    """Empty a workspace down to its members and keys, and give it the defaults of a new one."""
    with eased_foreign_keys(tenant_models()), unsealed(f"resetworkspace {workspace.slug}", actor):
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        deleted = _empty(workspace, [model for model in tenant_models() if model not in KEPT_BY_RESET])
        for room in rooms("defaults"):
            room.create_defaults(workspace, at=at)  # type: ignore[attr-defined]
    return {name: count for name, count in deleted.items() if count}


def _empty(workspace: Workspace, models: Iterable[type[WorkspaceModel]]) -> dict[str, int]:
    """Delete by the workspace column alone: nothing is read, and no cascade is followed."""
    return {
        str(model._meta.verbose_name_plural): model._base_manager.filter(workspace=workspace)._raw_delete(
            using="default"
        )
        for model in models
    }


def _logins_of_nothing_else(workspace: Workspace) -> list[int]:
    members = Member.objects.exclude(workspace=workspace).filter(user__isnull=False)
    here = User.objects.filter(members__workspace=workspace, is_superuser=False)
    return list(here.exclude(pk__in=members.values("user")).values_list("pk", flat=True))
