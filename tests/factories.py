"""The least a test needs, made through the rules: `make_*(**facts)`."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from accounts.callers import System
from accounts.models import Key, Member, Workspace
from accounts.rules import create_key, create_member, create_workspace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_numbers = count(1)


def make_workspace(slug: str = "", *, at: datetime = NOON, **facts: Any) -> Workspace:
    """A workspace with every app's defaults."""
    return create_workspace(slug or f"workspace-{next(_numbers)}", at=at, **facts)


def make_member(workspace: Workspace, name: str = "", *, at: datetime = NOON, **facts: Any) -> Member:
    """A member; her e-mail follows from her name."""
    name = name or f"Member {next(_numbers)}"
    facts.setdefault("email", f"{name.lower().replace(' ', '.')}@{workspace.slug}.example")
    return create_member(workspace, name=name, actor=System(), at=at, **facts)


def make_key(
    workspace: Workspace, app: str = "incidents", *words: str, at: datetime = NOON, **facts: Any
) -> tuple[Key, str]:
    """A key of an app and its token."""
    facts.setdefault("name", f"Key {next(_numbers)}")
    return create_key(workspace, app, words=words, at=at, **facts)
