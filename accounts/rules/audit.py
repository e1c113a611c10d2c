"""Changes by people are written down here, with what stood there before."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime

from django.db.models import Model

from accounts.middleware import current_request_id
from accounts.models import AuditEntry, Member, Workspace
from accounts.models.audit import LABEL_LENGTH

# What opens something is never written down, neither before nor after.
SECRETS = frozenset({"password", "digest", "grace_digest", "locked_secret", "old_secret", "prefix", "secret", "token"})
ALWAYS_MOVE = frozenset({"updated_at", "last_activity_at"})
LONGEST = 500
HIDDEN = "(hidden)"
Change = tuple[str, str, str]


def short(value: object, length: int) -> str:
    """Text that fits, with an ellipsis where it was cut."""
    text = str(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def as_read(value: object) -> str:
    """A value as people read it; nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | set | frozenset):
        return short(", ".join(map(str, value)), LONGEST)
    return short(value, LONGEST)


def difference(name: str, before: object, after: object) -> Change:
    """One change; of a secret only that there was one."""
    return (name, HIDDEN, HIDDEN) if name in SECRETS else (name, as_read(before), as_read(after))


def as_it_was(row: Model) -> Model:
    """A copy to compare with, whatever a rule does to the row."""
    return copy(row)


def differences(before: Model, after: Model) -> list[Change]:
    """What a rule changed of a row, without the times that always move."""
    moved = [
        field.name
        for field in before._meta.concrete_fields
        if field.name not in ALWAYS_MOVE and getattr(before, field.attname) != getattr(after, field.attname)
    ]
    # What was erased is not kept here either.
    if "erased_at" in moved:
        return [(name, HIDDEN, HIDDEN) for name in moved]
    return [difference(name, getattr(before, name), getattr(after, name)) for name in moved]


def forget_words(row: Model) -> None:
    """Who is erased leaves no words in the audit: that something was changed stays, what it was does not."""
    entries = AuditEntry.objects.of(row.workspace_id).about(row)  # type: ignore[attr-defined]
    entries.update(row=short(row, LABEL_LENGTH), changes=[])


def note_change(
    workspace: Workspace,
    noun: str,
    row: object,
    deed: str,
    *,
    login: str,
    member: Member | None,
    at: datetime,
    row_id: str = "",
    changes: Iterable[Change] = (),
    address: str | None = None,
) -> AuditEntry:
    """Write down who did what to which row, in the transaction that did it; `at` is the real time."""
    entry: AuditEntry = AuditEntry.objects.create(
        workspace=workspace,
        at=at,
        member=member,
        login=login,
        noun=noun,
        row_id=short(row_id, 100),
        row=short(row, LABEL_LENGTH),
        deed=short(deed, LABEL_LENGTH),
        changes=[list(change) for change in changes],
        address=address or None,
        request_id=current_request_id().strip("-"),
    )
    return entry
