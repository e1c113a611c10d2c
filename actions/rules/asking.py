"""What a client may ask to be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.callers import Actor
from accounts.models import Key, Workspace
from actions.amounts import check_amount, kept
from actions.ledger.verbs import reserved_sources
from actions.models import ActionType, Performer
from actions.models.facts import SOURCE_LENGTH, TEXT_LENGTH
from actions.rules.faults import Faults, is_kept
from actions.verbs import OURS, RECORDED

# Clocks differ; what is further ahead has not happened.
AHEAD = timedelta(minutes=5)
# Nothing was done before; and days of the year 1 have no yesterday.
FIRST = datetime(1900, 1, 1, tzinfo=UTC)
AMOUNTS = ("value", "points")
LONGEST_NAME = 100


class Asked(NamedTuple):
    """What somebody wants recorded."""

    workspace: Workspace
    type: ActionType
    title: str
    at: datetime
    performer: Performer | None
    referrer: Performer | None
    taken_at: datetime
    params: dict[str, Any]
    source: str
    external_id: str | None


def check_asked(asked: Asked, actor: Actor) -> dict[str, Any]:
    """The parameters as they are kept; everything that is wrong is raised together."""
    faults = Faults()
    faults.text("title", asked.title, TEXT_LENGTH)
    if asked.external_id is not None:
        faults.text("external_id", asked.external_id, TEXT_LENGTH)
    if not asked.type.active:
        faults.add("type", f"“{asked.type.slug}” is not recorded any more.", "action_type_inactive")
    _check_time(asked, faults)
    _check_people(asked, faults)
    _check_source(asked.source, actor, faults)
    params = _check_params(asked.type, asked.params, faults)
    faults.refuse()
    return params


def _check_time(asked: Asked, faults: Faults) -> None:
    if asked.taken_at > asked.at + AHEAD:
        faults.add("taken_at", "This is yet to happen.")
    elif asked.taken_at < FIRST:
        faults.add("taken_at", f"Nothing is recorded from before {FIRST.year}.")


def _check_people(asked: Asked, faults: Faults) -> None:
    """Rows of this workspace, and nobody refers herself."""
    here = asked.workspace.pk
    rows = {"type": asked.type, "performer": asked.performer, "referrer": asked.referrer}
    for name, row in rows.items():
        if row is not None and row.workspace_id != here:
            faults.add(name, "There is no such row.", "invalid_value")
    if asked.referrer is not None and asked.referrer == asked.performer:
        faults.add("referrer", "Nobody refers herself.")


def _check_source(source: str, actor: Actor, faults: Faults) -> None:
    """A source of our own is told by our own code alone."""
    faults.text("source", source, SOURCE_LENGTH)
    ours = RECORDED.source if isinstance(actor, Key) else OURS
    if source != RECORDED.source and source in reserved_sources() and source not in ours:
        faults.add("source", f"“{source}” is one of our own sources.", "reserved")


def _check_params(type: ActionType, params: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in params.items():
        label = f"params.{name}"
        if name not in type.params:
            faults.add(label, f"“{type.slug}” declares no such parameter.", "parameter_not_declared")
        elif name in AMOUNTS:
            with faults.of("params."):
                found[name] = check_amount(value, name)
        elif is_json(value):
            found[name] = kept(value)
        else:
            faults.add(label, "This cannot be kept exactly.")
    return found


def is_json(value: object) -> bool:
    """Whether a value is kept by both databases as it is: no floats, no text they cannot write."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and is_json(key) and is_json(one) for key, one in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_json, value))
    if isinstance(value, str):
        return is_kept(value)
    return value is None or isinstance(value, bool | int) or (isinstance(value, Decimal) and value.is_finite())
